//! The category tree in memory, and how it grows.

use super::Products;
use crate::domain::Refusal;
use crate::domain::category::CategoryPath;
use crate::domain::limits::CATEGORY_NAME_CHARS_MAX;
use crate::domain::schema;
use crate::domain::slug::name_of_slug;
use crate::error::Error;
use crate::store;
use crate::store::category::{KeptCategory, NewCategory, PutCategory};
use ::store::{Scope, Tx, log};
use contracts::audit::{AuditSubject, Changed};
use contracts::catalog::{CategoriesChanged, Category, CategoryAttribute, CategoryDraft, CategoryRef};
use kernel::{CategoryId, Ctx, Fault, ImportId, Kind, TenantId, Timestamp};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

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
    /// Those that were removed: versions name them.
    gone: HashMap<CategoryId, CategoryRef>,
    /// Whoever writes a product into one of these brings it back.
    gone_at: HashMap<String, CategoryId>,
}

impl Tree {
    /// The tree of what is kept. Where somebody's attributes contradict what they inherit, which no change lets happen,
    /// what is inherited holds.
    fn new(kept: Vec<KeptCategory>, gone: Vec<CategoryRef>, brings_back: bool) -> Self {
        let mut tree = Self::default();
        for one in gone {
            if brings_back {
                tree.gone_at.insert(one.path.clone(), one.id);
            }
            tree.gone.insert(one.id, one);
        }
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

    /// What the products of a category say of themselves; nothing for an unknown one. In one that was removed holds what
    /// it would inherit.
    #[must_use]
    pub fn schema_at(&self, path: &str) -> &[CategoryAttribute] {
        match self.by_path.get(path) {
            Some(&i) => &self.schemas[i],
            None if self.gone_at.contains_key(path) => self.schema_at(super::tend::parent_of(path)),
            None => &[],
        }
    }

    /// Every category with what holds in it.
    pub fn with_schemas(&self) -> impl Iterator<Item = (&Category, &[CategoryAttribute])> {
        self.categories.iter().zip(self.schemas.iter().map(Vec::as_slice))
    }

    /// Also one that was removed, which comes back when something is written into it.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<CategoryRef> {
        match self.by_path.get(path) {
            Some(&i) => Some(reference(&self.categories[i])),
            None => self.gone.get(self.gone_at.get(path)?).cloned(),
        }
    }

    #[must_use]
    pub fn by_id(&self, id: CategoryId) -> Option<CategoryRef> {
        match self.by_id.get(&id) {
            Some(&i) => Some(reference(&self.categories[i])),
            None => self.gone.get(&id).cloned(),
        }
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
    /// Whoever began a little earlier than the tree was read may use it too: a long task would else read it each time, and so
    /// would everybody beside it.
    fn get(&self, now: Timestamp) -> Option<Arc<Tree>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let (read_at, tree) = kept.as_ref()?;
        let age_s = now.signed_duration_since(*read_at).num_seconds();
        (age_s.abs() < TREE_TTL_S).then(|| Arc::clone(tree))
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
            // Whoever began earlier has read it now all the same: it is not older to others for that.
            let at = kept.as_ref().map_or(now, |(before, _)| now.max(*before));
            *kept = Some((at, tree));
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
        // In this order, what goes between the two is in both of them.
        let kept = store::category::all(self.db.pool()).await?;
        let gone = store::category_removal::all(self.db.pool()).await?;
        let tree = Arc::new(Tree::new(kept, gone, self.settings.creates_categories));
        self.tree.keep(read_at, ctx.now, Arc::clone(&tree));
        Ok(tree)
    }

    /// A tree that has all of `paths`, if categories may be created on the way; otherwise the tree as it is.
    pub(crate) async fn tree_with<'a>(
        &self,
        ctx: &Ctx,
        paths: impl Iterator<Item = &'a CategoryPath> + Send,
    ) -> Result<Arc<Tree>, Error> {
        self.tree_having(ctx, paths, None).await
    }

    /// The same for an upload, with which the categories that it makes are noted.
    pub(crate) async fn tree_of_import<'a>(
        &self,
        ctx: &Ctx,
        by: (TenantId, ImportId),
        paths: impl Iterator<Item = &'a CategoryPath> + Send,
    ) -> Result<Arc<Tree>, Error> {
        self.tree_having(ctx, paths, Some(by)).await
    }

    async fn tree_having<'a>(
        &self,
        ctx: &Ctx,
        paths: impl Iterator<Item = &'a CategoryPath> + Send,
        by: Option<(TenantId, ImportId)>,
    ) -> Result<Arc<Tree>, Error> {
        let tree = self.tree(ctx).await?;
        // With all that leads to them: some of it may have been removed since the tree was read.
        let missing: BTreeSet<CategoryPath> = paths
            .filter(|path| !tree.by_path.contains_key(path.as_str()))
            .flat_map(CategoryPath::with_ancestors)
            .collect();
        if missing.is_empty() || !self.settings.creates_categories {
            return Ok(tree);
        }
        let new: Vec<NewCategory> = missing.into_iter().map(|path| unnamed(ctx, path)).collect();
        let mut tx = self.db.begin(Scope::System).await?;
        if let Some((tenant, import)) = by {
            // Whoever undoes the upload waits, or has begun: then nothing is made that nobody would take away.
            store::upsert::lock_shop(&mut tx, tenant).await?;
            super::undo::refuse_undone(&mut tx, tenant, import).await?;
        }
        add(&mut tx, ctx, &new, by.map(|(_, import)| import)).await?;
        tx.commit().await?;
        log::wake();
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
        let mut tx = self.db.begin(Scope::System).await?;
        write(&mut tx, ctx, &ancestors, &named, None).await?;
        tx.commit().await?;
        log::wake();
        // Listings show their category's name.
        self.read_tree(ctx).await?;
        self.listings.clear();
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

/// Adds what is missing; see [`store::category::add_missing`].
pub(crate) async fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    missing: &[NewCategory],
    import: Option<ImportId>,
) -> Result<Vec<PutCategory>, Error> {
    write(tx, ctx, missing, &[], import).await
}

/// Adds `missing`, adds or renames `named`, and tells the other instances, in the caller's transaction. Gives those of
/// `missing` that were.
async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    missing: &[NewCategory],
    named: &[NewCategory],
    import: Option<ImportId>,
) -> Result<Vec<PutCategory>, Error> {
    let before = match named {
        [] => Vec::new(),
        _ => {
            // Read as it is while nobody else changes it: the trail says what was before.
            store::category::lock(tx).await?;
            store::category::all(&mut **tx).await?
        }
    };
    let added = store::category::add_missing(tx, missing, import).await?;
    let put = match named {
        [] => Vec::new(),
        _ => store::category::put(tx, named).await?,
    };
    if !named.is_empty() {
        let after = store::category::all(&mut **tx).await?;
        if named.iter().any(|one| one.attributes.is_some()) {
            super::tend::check(&after)?;
        }
        tell(tx, ctx, &before, &after, added.iter().chain(&put)).await?;
    }
    let Some(category) = added.iter().chain(&put).map(|one| one.id).next() else {
        return Ok(added);
    };
    let renamed = put.iter().filter(|one| one.existed).map(|one| one.id);
    let event = CategoriesChanged {
        category,
        renamed: renamed.collect(),
    };
    log::append(tx, ctx, &event).await?;
    let by_path: HashMap<&str, &NewCategory> = missing
        .iter()
        .chain(named)
        .map(|one| (one.path.as_str(), one))
        .collect();
    let changes: Vec<_> = added
        .iter()
        .chain(&put)
        .map(|one| (one.id, one.version, put_as(by_path.get(one.path.as_str()))))
        .collect();
    store::category::note(tx, ctx.now, &ctx.actor, &changes).await?;
    Ok(added)
}

/// Tells the audit trail of categories that were put into the tree or read differently now.
async fn tell<'p>(
    tx: &mut Tx,
    ctx: &Ctx,
    before: &[KeptCategory],
    after: &[KeptCategory],
    changed: impl Iterator<Item = &'p PutCategory>,
) -> Result<(), Error> {
    let by_id = |all: &[KeptCategory]| -> HashMap<CategoryId, serde_json::Value> {
        all.iter().map(|one| (one.category.id, face(one))).collect()
    };
    let (mut was, mut is) = (by_id(before), by_id(after));
    let mut outbox = log::Outbox::new();
    for one in changed {
        let about = AuditSubject::new("category", one.id, one.path.as_str());
        let told = match was.remove(&one.id) {
            Some(was) => Changed::new("category.changed", about).before(was),
            None => Changed::new("category.created", about),
        };
        let told = told.after(is.remove(&one.id).unwrap_or_default());
        let pushed = outbox.push(ctx, &told);
        pushed.map_err(|error| Error::from(sqlx::Error::Encode(Box::new(error))))?;
    }
    Ok(outbox.append(tx).await?)
}

/// What an auditor reads of a category.
fn face(one: &KeptCategory) -> serde_json::Value {
    json!({
        "path": one.category.path, "name": one.category.name, "name_es": one.category.name_es,
        "place": one.category.position, "attributes": one.attributes,
    })
}

/// Brings back those of `categories` that were removed since the writer's tree was read. The shop must be locked.
pub(super) async fn bring_back(
    tx: &mut Tx,
    ctx: &Ctx,
    categories: &[&CategoryRef],
    import: Option<ImportId>,
) -> Result<(), Error> {
    let paths: BTreeMap<CategoryId, &str> =
        categories.iter().map(|one| (one.id, one.path.as_str())).collect();
    if paths.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = paths.keys().map(|id| id.0).collect();
    let absent = store::category_removal::absent(tx, &ids).await?;
    if absent.is_empty() {
        return Ok(());
    }
    let missing: BTreeSet<CategoryPath> = absent
        .iter()
        .filter_map(|id| CategoryPath::parse(paths.get(id)?))
        .flat_map(|path| path.with_ancestors().collect::<Vec<_>>())
        .collect();
    let missing: Vec<NewCategory> = missing.into_iter().map(|path| unnamed(ctx, path)).collect();
    add(tx, ctx, &missing, import).await?;
    if store::category_removal::absent(tx, &ids).await?.is_empty() {
        return Ok(());
    }
    // Somebody made another one in its place a moment ago.
    let detail = "A category was removed and made anew in the meantime. Send it again.";
    Err(Fault::new(Kind::Conflict, "category_changed", detail).into())
}

/// Removes the categories that an upload made and that nobody needs; whether there were any.
pub(super) async fn remove_of_import(tx: &mut Tx, ctx: &Ctx, import: ImportId) -> Result<bool, Error> {
    store::category_removal::lock(tx).await?;
    store::category::lock(tx).await?;
    let removed = store::category_removal::remove_of(tx, import).await?;
    let Some(first) = removed.first() else {
        return Ok(false);
    };
    let event = CategoriesChanged {
        category: first.id,
        // Nothing lay in them that would read differently.
        renamed: Vec::new(),
    };
    log::append(tx, ctx, &event).await?;
    let changes: Vec<_> = removed
        .iter()
        .map(|one| {
            (
                one.id,
                one.version,
                json!({"path": {"from": one.path, "to": null}}),
            )
        })
        .collect();
    store::category::note(tx, ctx.now, &ctx.actor, &changes).await?;
    Ok(true)
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

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_tree_serves_who_began_a_little_earlier_as_well() {
        let (cache, read_at) = (TreeCache::default(), Timestamp::UNIX_EPOCH);
        cache.keep(cache.reading(), read_at, Arc::default());
        let ttl = TimeDelta::seconds(TREE_TTL_S);
        assert!(cache.get(read_at).is_some());
        assert!(cache.get(read_at - TimeDelta::seconds(2)).is_some());
        assert!(cache.get(read_at - ttl).is_none());
        assert!(cache.get(read_at + ttl).is_none());
        cache.keep(cache.reading(), read_at - ttl, Arc::default());
        assert!(cache.get(read_at).is_some());
    }
}
