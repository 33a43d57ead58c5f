//! Writing a list of categories: those that are missing are made, as uploads of products make them, and those that are
//! there stay as they are.

use super::batch::{Batch, Failure};
use super::platform::ListedCategory;
use super::row::RowError;
use super::run::{ERRORS_KEPT_MAX, read_elsewhere};
use crate::Products;
use crate::app::{add_categories, refuse_undone};
use crate::domain::category::CategoryPath;
use crate::domain::limits::CATEGORY_DEPTH_MAX;
use crate::domain::slug::slug;
use crate::error::Error;
use crate::store::category::{self, NewCategory};
use crate::store::import::{self, Progress};
use crate::store::upsert;
use ::store::{Scope, Tx};
use kernel::{CategoryId, Ctx, ImportId, TenantId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Where the reader of an upload stands.
#[derive(Clone, Copy)]
pub(super) struct Stand {
    pub tenant: TenantId,
    pub import: ImportId,
    pub rows_done: i64,
    pub errors_kept: i64,
}

/// What a list does to a tree.
#[derive(Default)]
struct Placed {
    /// Those that are missing, with their names.
    new: BTreeMap<CategoryPath, String>,
    /// Where each row lies.
    rows: Vec<CategoryPath>,
    failures: Vec<Failure>,
}

impl Products {
    /// Writes a list with the count of its rows, in one transaction: rows name each other. Gives how many errors of the
    /// upload are kept then.
    pub(super) async fn write_list(&self, ctx: &Ctx, at: Stand, batch: Arc<Batch>) -> Result<i64, Error> {
        let (ctx, creates) = (ctx.clone(), self.settings.creates_categories);
        let kept = self
            .db
            .run_tx("catalog.import_categories", Scope::System, move |tx| {
                let (ctx, batch) = (ctx.clone(), Arc::clone(&batch));
                Box::pin(async move { write(tx, &ctx, at, &batch, creates).await })
            })
            .await?;
        self.forget_categories(false);
        ::store::log::wake();
        Ok(kept)
    }

    /// What writing a batch's list would do: how many categories it would make, and how many rows name one that is there.
    /// Rows that would be refused are put to the batch's.
    pub(super) async fn weigh_list(&self, ctx: &Ctx, batch: &mut Batch) -> Result<(u64, u64), Error> {
        if batch.categories.is_empty() {
            return Ok((0, 0));
        }
        let tree = self.tree(ctx).await?;
        let there: Vec<&str> = tree.categories.iter().map(|one| one.path.as_str()).collect();
        let placed = place(&there, self.settings.creates_categories, &batch.categories);
        let made: HashSet<&CategoryPath> = placed
            .rows
            .iter()
            .filter(|path| placed.new.contains_key(*path))
            .collect();
        let counts = (made.len() as u64, (placed.rows.len() - made.len()) as u64);
        batch.failures.extend(placed.failures);
        Ok(counts)
    }
}

async fn write(tx: &mut Tx, ctx: &Ctx, at: Stand, batch: &Batch, creates: bool) -> Result<i64, Error> {
    upsert::lock_shop(tx, at.tenant).await?;
    refuse_undone(tx, at.tenant, at.import).await?;
    let kept = category::all(&mut **tx).await?;
    let there: Vec<&str> = kept.iter().map(|one| one.category.path.as_str()).collect();
    let placed = place(&there, creates, &batch.categories);
    let new = |(path, name): (&CategoryPath, &String)| NewCategory {
        id: CategoryId::new(ctx.now),
        path: path.clone(),
        name: name.clone(),
        name_es: String::new(),
        position: 0,
        attributes: None,
    };
    let new: Vec<NewCategory> = placed.new.iter().map(new).collect();
    let added = add_categories(tx, ctx, &new, Some(at.import)).await?;
    let added: HashSet<&str> = added.iter().map(|one| one.path.as_str()).collect();
    let made: HashSet<&CategoryPath> = placed
        .rows
        .iter()
        .filter(|path| added.contains(path.as_str()))
        .collect();

    let mut failures: Vec<&Failure> = batch.failures.iter().chain(&placed.failures).collect();
    failures.sort_by_key(|failure| failure.first_row);
    let errors: Vec<RowError> = failures.iter().flat_map(|f| f.errors.clone()).collect();
    let room = usize::try_from(ERRORS_KEPT_MAX - at.errors_kept).unwrap_or(0);
    let shown = &errors[..errors.len().min(room)];
    import::add_errors(tx, at.tenant, at.import, at.errors_kept, shown).await?;
    let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let progress = Progress {
        rows_done: i64::try_from(batch.through_row).unwrap_or(i64::MAX),
        rows_failed: whole(failures.len()),
        created: whole(made.len()),
        updated: 0,
        unchanged: whole(placed.rows.len() - made.len()),
    };
    if !import::advance(tx, at.tenant, at.import, at.rows_done, progress, ctx.now).await? {
        return Err(read_elsewhere());
    }
    Ok(at.errors_kept + whole(shown.len()))
}

/// Where the rows of a list lie in a tree of these paths.
fn place(there: &[&str], creates: bool, listed: &[ListedCategory]) -> Placed {
    let known: HashSet<&str> = there.iter().copied().collect();
    let mut by_slug: HashMap<&str, Vec<&str>> = HashMap::new();
    for &path in there {
        let leaf = path.rsplit('/').next().unwrap_or(path);
        by_slug.entry(leaf).or_default().push(path);
    }
    let mut placed = Placed::default();
    for one in listed {
        let steps = within(&by_slug, one).and_then(|within| steps(within, one));
        let missing = |steps: &[CategoryPath]| steps.iter().any(|path| !known.contains(path.as_str()));
        let steps = match steps {
            Ok(steps) if !creates && missing(&steps) => Err(not_made_here(one)),
            steps => steps,
        };
        match steps {
            Ok(steps) => {
                placed.rows.extend(steps.last().cloned());
                let named = steps.into_iter().zip(&one.names);
                for (path, name) in named.filter(|(path, _)| !known.contains(path.as_str())) {
                    placed.new.entry(path).or_insert_with(|| name.clone());
                }
            }
            Err(error) => placed.failures.push(Failure {
                first_row: one.row,
                rows: 1,
                errors: vec![error],
            }),
        }
    }
    placed
}

/// The path of the marketplace's category that a row lies in, if it names one.
fn within<'t>(
    by_slug: &HashMap<&str, Vec<&'t str>>,
    one: &ListedCategory,
) -> Result<Option<&'t str>, RowError> {
    let Some(name) = &one.within else { return Ok(None) };
    let refused =
        |code: &str, said: String| Err(RowError::new(one.row, one.parent_column.to_string(), code, said));
    match by_slug.get(slug(name).as_str()).map(Vec::as_slice) {
        Some(&[path]) => Ok(Some(path)),
        None | Some([]) => {
            let said = format!(
                "There is no category `{name}`, neither in this file nor in the marketplace. Add its row, or name another."
            );
            refused("parent_unknown", said)
        }
        Some(_) => {
            let said = format!(
                "The marketplace has several categories `{name}`. Add the row of the one that is meant, and of what it lies in."
            );
            refused("parent_ambiguous", said)
        }
    }
}

/// The paths that lead from there to the row's own, which is the last.
fn steps(within: Option<&str>, one: &ListedCategory) -> Result<Vec<CategoryPath>, RowError> {
    let path = |end: usize| {
        let names = one.names[..end].iter().map(String::as_str);
        CategoryPath::of_names(within.into_iter().flat_map(|path| path.split('/')).chain(names))
    };
    let steps: Option<Vec<CategoryPath>> = (1..=one.names.len()).map(path).collect();
    steps.ok_or_else(|| {
        let said = format!("Categories lie at most {CATEGORY_DEPTH_MAX} deep. Choose one further up.");
        RowError::new(one.row, one.parent_column.to_string(), "category_too_deep", said)
    })
}

fn not_made_here(one: &ListedCategory) -> RowError {
    let name = one.names.last().map_or("", String::as_str);
    let said = format!(
        "There is no category `{name}` there, and this marketplace makes its categories itself. Choose one of the list at /v1/categories."
    );
    RowError::new(one.row, one.name_column.to_string(), "category_unknown", said)
}
