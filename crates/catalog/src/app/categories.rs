//! The category tree in memory, and how it grows.

use super::Products;
use crate::domain::Refusal;
use crate::domain::category::CategoryPath;
use crate::domain::limits::CATEGORY_NAME_CHARS_MAX;
use crate::domain::schema;
use crate::domain::slug::name_of_slug;
use crate::error::Error;
use crate::store;
use crate::store::category::{KeptCategory, NewCategory};
use ::store::{Scope, log};
use contracts::catalog::{CategoriesChanged, Category, CategoryAttribute, CategoryDraft, CategoryRef};
use kernel::{CategoryId, Ctx, Timestamp};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Seconds after which the tree is read anew, should the log not have told of a change.
const TREE_TTL_S: i64 = 10;
/// Categories of one request.
const CATEGORIES_MAX: usize = 2_000;

/// The whole tree at one moment.
#[derive(Debug, Default)]
pub struct Tree {
    /// Parents before children.
    pub categories: Vec<Category>,
    /// What holds in each of them.
    schemas: Vec<Vec<CategoryAttribute>>,
    by_path: HashMap<String, usize>,
    by_id: HashMap<CategoryId, usize>,
}

impl Tree {
    /// The tree of what is kept. Where somebody's attributes contradict what they inherit, which no change lets happen,
    /// what is inherited holds.
    fn new(kept: Vec<KeptCategory>) -> Self {
        let mut tree = Self::default();
        for one in kept {
            let path = &one.category.path;
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let inherited = tree.schema_at(parent);
            let holds = schema::effective(inherited, parent, &one.attributes, path);
            let holds = holds.unwrap_or_else(|refusal| {
                tracing::error!(%refusal, "a category contradicts the one above it");
                inherited.to_vec()
            });
            tree.by_path.insert(path.clone(), tree.categories.len());
            tree.by_id.insert(one.category.id, tree.categories.len());
            tree.schemas.push(holds);
            tree.categories.push(one.category);
        }
        tree
    }

    /// What the products of a category say of themselves; nothing for an unknown one.
    #[must_use]
    pub fn schema_at(&self, path: &str) -> &[CategoryAttribute] {
        self.by_path.get(path).map_or(&[], |&i| &self.schemas[i])
    }

    /// Every category with what holds in it.
    pub fn with_schemas(&self) -> impl Iterator<Item = (&Category, &[CategoryAttribute])> {
        self.categories.iter().zip(self.schemas.iter().map(Vec::as_slice))
    }

    #[must_use]
    pub fn at(&self, path: &str) -> Option<CategoryRef> {
        self.by_path.get(path).map(|&i| reference(&self.categories[i]))
    }

    #[must_use]
    pub fn by_id(&self, id: CategoryId) -> Option<CategoryRef> {
        self.by_id.get(&id).map(|&i| reference(&self.categories[i]))
    }
}

fn reference(category: &Category) -> CategoryRef {
    CategoryRef {
        id: category.id,
        path: category.path.clone(),
        name: category.name.clone(),
    }
}

/// The tree as last read. A reading that began before it was last forgotten is not kept: it may be what was before.
#[derive(Default)]
pub struct TreeCache {
    kept: RwLock<Option<(Timestamp, Arc<Tree>)>>,
    changes: AtomicU64,
}

impl TreeCache {
    fn get(&self, now: Timestamp) -> Option<Arc<Tree>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let (read_at, tree) = kept.as_ref()?;
        let age_s = now.signed_duration_since(*read_at).num_seconds();
        (0..TREE_TTL_S).contains(&age_s).then(|| Arc::clone(tree))
    }

    fn forget(&self) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::SeqCst);
        *kept = None;
    }

    /// To be taken before reading what will be kept.
    fn reading(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    fn keep(&self, read_at: u64, now: Timestamp, tree: Arc<Tree>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if self.changes.load(Ordering::SeqCst) == read_at {
            *kept = Some((now, tree));
        }
    }
}

impl Products {
    pub async fn tree(&self, ctx: &Ctx) -> Result<Arc<Tree>, Error> {
        match self.tree.get(ctx.now) {
            Some(tree) => Ok(tree),
            None => self.read_tree(ctx).await,
        }
    }

    pub(super) async fn read_tree(&self, ctx: &Ctx) -> Result<Arc<Tree>, Error> {
        let read_at = self.tree.reading();
        let tree = Arc::new(Tree::new(store::category::all(self.db.pool()).await?));
        self.tree.keep(read_at, ctx.now, Arc::clone(&tree));
        Ok(tree)
    }

    /// A tree that has all of `paths`, if categories may be created on the way; otherwise the tree as it is.
    pub(crate) async fn tree_with<'a>(
        &self,
        ctx: &Ctx,
        paths: impl Iterator<Item = &'a CategoryPath> + Send,
    ) -> Result<Arc<Tree>, Error> {
        let tree = self.tree(ctx).await?;
        let missing: BTreeSet<CategoryPath> = paths
            .filter(|path| !tree.by_path.contains_key(path.as_str()))
            .flat_map(CategoryPath::with_ancestors)
            .filter(|path| !tree.by_path.contains_key(path.as_str()))
            .collect();
        if missing.is_empty() || !self.settings.creates_categories {
            return Ok(tree);
        }
        let new: Vec<NewCategory> = missing.into_iter().map(|path| unnamed(ctx, path)).collect();
        self.write_categories(ctx, &new, &[]).await?;
        self.read_tree(ctx).await
    }

    /// Creates or renames categories; ancestors that are missing are created on the way.
    pub async fn put_categories(&self, ctx: &Ctx, drafts: Vec<CategoryDraft>) -> Result<(), Error> {
        if drafts.len() > CATEGORIES_MAX {
            return Err(Refusal::new(
                "categories",
                "too_many",
                format!("At most {CATEGORIES_MAX} categories at a time."),
            )
            .into());
        }
        let mut named: HashMap<CategoryPath, NewCategory> = HashMap::new();
        for (i, draft) in drafts.into_iter().enumerate() {
            let category = parse(ctx, i, &draft)?;
            named.insert(category.path.clone(), category);
        }
        let ancestors: BTreeSet<CategoryPath> = named
            .keys()
            .flat_map(CategoryPath::with_ancestors)
            .filter(|path| !named.contains_key(path))
            .collect();
        let ancestors: Vec<NewCategory> = ancestors.into_iter().map(|path| unnamed(ctx, path)).collect();
        let named: Vec<NewCategory> = named.into_values().collect();
        self.write_categories(ctx, &ancestors, &named).await?;
        // Listings show their category's name.
        self.read_tree(ctx).await?;
        self.listings.clear();
        Ok(())
    }

    /// Adds `missing`, adds or renames `named`, and tells the other instances, in one transaction.
    async fn write_categories(
        &self,
        ctx: &Ctx,
        missing: &[NewCategory],
        named: &[NewCategory],
    ) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let added = store::category::add_missing(&mut tx, missing).await?;
        let put = store::category::put(&mut tx, named).await?;
        if named.iter().any(|one| one.attributes.is_some()) {
            super::tend::check(&store::category::all(&mut *tx).await?)?;
        }
        let any = added.first().copied().or(put.first().map(|one| one.id));
        if let Some(category) = any {
            let renamed = put.iter().filter(|one| one.existed).map(|one| one.id);
            let event = CategoriesChanged {
                category,
                renamed: renamed.collect(),
            };
            log::append(&mut tx, ctx, &event).await?;
            let by_id: HashMap<_, _> = missing.iter().map(|one| (one.id, one)).collect();
            let by_path: HashMap<_, _> = named.iter().map(|one| (one.path.as_str(), one)).collect();
            let added = added.iter().map(|id| (*id, 1, put_as(by_id.get(id))));
            let changes: Vec<_> = added
                .chain(
                    put.iter()
                        .map(|one| (one.id, one.version, put_as(by_path.get(one.path.as_str())))),
                )
                .collect();
            store::category::note(&mut tx, ctx.now, &ctx.actor, &changes).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Another instance changed the tree.
    pub(crate) fn forget_categories(&self, renamed: bool) {
        self.tree.forget();
        if renamed {
            self.listings.clear();
        }
    }
}

/// What is noted of a category that was put there as it is.
fn put_as(category: Option<&&NewCategory>) -> serde_json::Value {
    let said = |one: &&NewCategory| {
        json!({
            "path": {"to": one.path.as_str()}, "name": {"to": one.name}, "name_es": {"to": one.name_es},
            "position": {"to": one.position},
        })
    };
    category.map_or_else(|| json!({}), said)
}

/// A category of which only the path is known.
fn unnamed(ctx: &Ctx, path: CategoryPath) -> NewCategory {
    NewCategory {
        id: CategoryId::new(ctx.now),
        name: name_of_slug(path.leaf()),
        name_es: String::new(),
        position: 0,
        attributes: None,
        path,
    }
}

fn parse(ctx: &Ctx, i: usize, draft: &CategoryDraft) -> Result<NewCategory, Error> {
    let at = |field: &str| format!("categories/{i}/{field}");
    let path = CategoryPath::parse(&draft.path).ok_or_else(|| {
        Refusal::new(
            at("path"),
            "category_invalid",
            "Write the path as at most 8 parts, such as `ceramics/bowls`.",
        )
    })?;
    let name = httpkit::text::line(&format!("/{}", at("name")), &draft.name, CATEGORY_NAME_CHARS_MAX)?;
    let name_es = httpkit::text::optional_line(
        &format!("/{}", at("name_es")),
        &draft.name_es,
        CATEGORY_NAME_CHARS_MAX,
    )?;
    let attributes = draft.attributes.clone().map(schema::parse).transpose();
    let attributes = attributes.map_err(|mut refusal| {
        refusal.pointer = at(&refusal.pointer);
        refusal
    })?;
    Ok(NewCategory {
        id: CategoryId::new(ctx.now),
        path,
        name,
        name_es,
        position: draft.position,
        attributes,
    })
}
