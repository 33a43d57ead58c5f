//! What the operator does with the category tree, one change after the other.

use super::Products;
use crate::domain::Refusal;
use crate::domain::category::CategoryPath;
use crate::domain::limits::{CATEGORY_DEPTH_MAX, CATEGORY_NAME_CHARS_MAX};
use crate::domain::schema;
use crate::domain::slug::slug;
use crate::error::Error;
use crate::store;
use crate::store::category::KeptCategory;
use ::store::{Scope, Tx, log};
use contracts::audit::{AuditSubject, Changed};
use contracts::catalog::{
    CategoriesChanged, CategoryAttribute, CategoryDesk, CategoryDossier, CategoryPatch, ItemProposal,
    NewCategory, TendedCategory,
};
use contracts::{Reply, reply};
use kernel::{CategoryId, Ctx, ProductId};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};

/// Changes that a category's dossier shows.
const CHANGES_SHOWN: i64 = 50;

/// Refuses a tree in which a category contradicts one above it.
pub(super) fn check(kept: &[KeptCategory]) -> Result<(), Error> {
    let mut holds: HashMap<&str, Vec<CategoryAttribute>> = HashMap::with_capacity(kept.len());
    for one in kept {
        let path = one.category.path.as_str();
        let parent = parent_of(path);
        let inherited = holds.get(parent).map_or(&[][..], Vec::as_slice);
        let here = schema::effective(inherited, parent, &one.attributes, path)?;
        holds.insert(path, here);
    }
    Ok(())
}

pub(super) fn parent_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// What is kept, with what holds in each.
fn tended(kept: Vec<KeptCategory>) -> Vec<TendedCategory> {
    let mut holds: HashMap<String, Vec<CategoryAttribute>> = HashMap::with_capacity(kept.len());
    let mut all = Vec::with_capacity(kept.len());
    for one in kept {
        let path = one.category.path.clone();
        let parent = parent_of(&path);
        let inherited = holds.get(parent).map_or(&[][..], Vec::as_slice);
        let attributes = schema::effective(inherited, parent, &one.attributes, &path)
            .unwrap_or_else(|_| inherited.to_vec());
        holds.insert(path, attributes.clone());
        all.push(TendedCategory {
            category: one.category,
            version: one.version,
            own_attributes: one.attributes,
            attributes,
        });
    }
    all
}

fn name(pointer: &str, text: &str) -> Result<String, Error> {
    Ok(httpkit::text::line(pointer, text, CATEGORY_NAME_CHARS_MAX)?)
}

fn name_es(text: &str) -> Result<String, Error> {
    Ok(httpkit::text::optional_line(
        "/name_es",
        text,
        CATEGORY_NAME_CHARS_MAX,
    )?)
}

/// The path of `slug` below `parent`, if there can be one.
fn path_below(parent: &str, slug: &str) -> Result<CategoryPath, Error> {
    if parent.split('/').filter(|part| !part.is_empty()).count() >= CATEGORY_DEPTH_MAX {
        let said = format!("Categories lie at most {CATEGORY_DEPTH_MAX} deep. Choose one further up.");
        return Err(Refusal::new("parent", "category_too_deep", said).into());
    }
    let parts = parent.split('/').filter(|part| !part.is_empty());
    CategoryPath::of_names(parts.chain([slug])).ok_or_else(|| {
        let said = "The name for addresses needs a letter or digit, such as `soup-bowls`.";
        Refusal::new("slug", "category_invalid", said).into()
    })
}

fn taken(path: &CategoryPath) -> Error {
    let said = format!(
        "There is a category at `{}` already. Change that one, or choose another name for addresses.",
        path.as_str()
    );
    Refusal::new("slug", "category_taken", said).into()
}

/// One change of the tree, in the transaction that holds it.
struct Change<'t> {
    tx: &'t mut Tx,
    kept: Vec<KeptCategory>,
    noted: Map<String, Value>,
    /// Those that read differently afterwards.
    renamed: Vec<CategoryId>,
}

impl Change<'_> {
    fn at(&self, path: &str) -> Option<&KeptCategory> {
        self.kept.iter().find(|one| one.category.path == path)
    }

    fn known_parent(&self, path: &str) -> Result<(), Error> {
        if path.is_empty() || self.at(path).is_some() {
            return Ok(());
        }
        let said = format!("There is no category `{path}` to lie in. Choose one of the tree.");
        Err(Refusal::new("parent", "category_unknown", said).into())
    }

    /// Takes `one` elsewhere or gives it another name for addresses, with all that lies below it.
    async fn move_to(&mut self, one: &KeptCategory, parent: &str, slug: &str) -> Result<(), Error> {
        let path = &one.category.path;
        let to = path_below(parent, slug)?;
        if to.as_str() == path {
            return Ok(());
        }
        self.known_parent(parent)?;
        let is_below = |parent: &str| parent == path || parent.starts_with(&format!("{path}/"));
        if is_below(parent) {
            let said = "A category cannot lie in itself, nor in one below it. Choose another.";
            return Err(Refusal::new("parent", "category_in_itself", said).into());
        }
        if self.at(to.as_str()).is_some() {
            return Err(taken(&to));
        }
        let below = self.kept.iter().filter(|other| is_below(&other.category.path));
        let deepest = below
            .map(|other| other.category.depth)
            .max()
            .unwrap_or(one.category.depth);
        let depth = usize::from(deepest - one.category.depth) + to.as_str().split('/').count();
        if depth > CATEGORY_DEPTH_MAX {
            let said =
                format!("What lies below it would be {depth} deep; {CATEGORY_DEPTH_MAX} are possible.");
            return Err(Refusal::new("parent", "category_too_deep", said).into());
        }
        let from = CategoryPath::parse(path).ok_or(Error::NotFound("category"))?;
        self.renamed
            .extend(store::category::take_to(self.tx, &from, &to).await?);
        self.noted
            .insert("path".to_owned(), json!({"from": path, "to": to.as_str()}));
        Ok(())
    }

    /// Puts `id` at `place` among those that lie where it lies now.
    async fn place(&mut self, id: CategoryId, parent: &str, place: u16) -> Result<(), Error> {
        let siblings = self.kept.iter().map(|one| &one.category);
        let siblings = siblings.filter(|one| one.id != id && parent_of(&one.path) == parent);
        let mut order: Vec<CategoryId> = siblings.map(|one| one.id).collect();
        order.insert(usize::from(place).min(order.len()), id);
        store::category::number(self.tx, &order).await?;
        self.noted.insert("place".to_owned(), json!({"to": place}));
        Ok(())
    }

    /// The change of `id`, as the audit trail is told of it.
    fn as_told(&self, kept: &[KeptCategory], id: CategoryId, version: i64) -> Changed {
        let side = |name: &str| -> Map<String, Value> {
            let sides = self.noted.iter();
            sides
                .filter_map(|(field, change)| Some((field.clone(), change.get(name)?.clone())))
                .collect()
        };
        let now = kept.iter().find(|one| one.category.id == id);
        let label = now.map(|one| one.category.name.clone()).unwrap_or_default();
        let kind = match version {
            1 => "category.created",
            _ => "category.changed",
        };
        Changed::new(kind, AuditSubject::new("category", id, label))
            .before(Value::Object(side("from")))
            .after(Value::Object(side("to")))
    }

    /// Checks the tree as it is now, notes the change of `id` and tells everybody.
    async fn finish(self, ctx: &Ctx, id: CategoryId, version: i64) -> Result<TendedCategory, Error> {
        let kept = store::category::all(&mut **self.tx).await?;
        check(&kept)?;
        let told = self.as_told(&kept, id, version);
        let note = (id, version, Value::Object(self.noted));
        store::category::note(self.tx, ctx.now, &ctx.actor, &[note]).await?;
        let event = CategoriesChanged {
            category: id,
            renamed: self.renamed,
        };
        log::append(self.tx, ctx, &event).await?;
        log::append(self.tx, ctx, &told).await?;
        let mut all = tended(kept).into_iter();
        all.find(|one| one.category.id == id)
            .ok_or(Error::NotFound("category"))
    }
}

impl Products {
    async fn tended(&self) -> Result<Vec<TendedCategory>, Error> {
        Ok(tended(store::category::all(self.db.pool()).await?))
    }

    async fn dossier(&self, id: CategoryId) -> Result<CategoryDossier, Error> {
        let (all, changes) = futures::try_join!(self.tended(), async {
            Ok(store::category::changes(self.db.pool(), id, CHANGES_SHOWN).await?)
        },)?;
        let tended = all.into_iter().find(|one| one.category.id == id);
        Ok(CategoryDossier {
            tended: tended.ok_or(Error::NotFound("category"))?,
            changes,
        })
    }

    async fn add_category(&self, ctx: &Ctx, new: NewCategory) -> Result<TendedCategory, Error> {
        let named = if new.slug.trim().is_empty() {
            &new.name
        } else {
            &new.slug
        };
        let path = path_below(&new.parent, &slug(named))?;
        let category = store::category::NewCategory {
            id: CategoryId::new(ctx.now),
            name: name("/name", &new.name)?,
            name_es: name_es(&new.name_es)?,
            position: 0,
            attributes: Some(schema::parse(new.attributes)?),
            path,
        };
        let parent = new.parent;
        let ctx_shared = ctx.clone();
        let tended = self
            .db
            .run_tx("catalog.create_category", Scope::System, move |tx| {
                let (ctx, category, parent) = (ctx_shared.clone(), category.clone(), parent.clone());
                Box::pin(async move {
                    store::category::lock(tx).await?;
                    let kept = store::category::all(&mut **tx).await?;
                    let mut change = Change {
                        tx,
                        kept,
                        noted: Map::new(),
                        renamed: Vec::new(),
                    };
                    change.known_parent(&parent)?;
                    if !store::category::add(change.tx, &category).await? {
                        return Err(taken(&category.path));
                    }
                    // Behind those that are there.
                    change.place(category.id, &parent, u16::MAX).await?;
                    change.noted = Map::from_iter([
                        ("path".to_owned(), json!({"to": category.path.as_str()})),
                        ("name".to_owned(), json!({"to": category.name})),
                        ("attributes".to_owned(), json!({"to": category.attributes})),
                    ]);
                    change.finish(&ctx, category.id, 1).await
                })
            })
            .await?;
        self.heed(ctx, false).await?;
        Ok(tended)
    }

    async fn change_tended(
        &self,
        ctx: &Ctx,
        id: CategoryId,
        version: i64,
        patch: CategoryPatch,
    ) -> Result<TendedCategory, Error> {
        let ctx_shared = ctx.clone();
        let tended = self
            .db
            .run_tx("catalog.change_category", Scope::System, move |tx| {
                let (ctx, patch) = (ctx_shared.clone(), patch.clone());
                Box::pin(async move {
                    store::category::lock(tx).await?;
                    let kept = store::category::all(&mut **tx).await?;
                    let one = kept.iter().find(|one| one.category.id == id).cloned();
                    let one = one.ok_or(Error::NotFound("category"))?;
                    if one.version != version {
                        return Err(Error::VersionChanged { current: one.version });
                    }
                    let change = Change {
                        tx,
                        kept,
                        noted: Map::new(),
                        renamed: Vec::new(),
                    };
                    change_one(change, &ctx, &one, patch).await
                })
            })
            .await?;
        self.heed(ctx, true).await?;
        Ok(tended)
    }

    /// After the commit: the tree is another one, and what shows names of it too.
    async fn heed(&self, ctx: &Ctx, renamed: bool) -> Result<(), Error> {
        log::wake();
        self.read_tree(ctx).await?;
        if renamed {
            self.listings.clear();
        }
        Ok(())
    }
}

/// Keys of attributes that are searched and not offered as facets.
fn not_filtered_by(attributes: &[CategoryAttribute]) -> BTreeSet<&str> {
    let hidden = attributes.iter().filter(|attribute| !attribute.facetable);
    hidden.map(|attribute| attribute.key.as_str()).collect()
}

async fn change_one(
    mut change: Change<'_>,
    ctx: &Ctx,
    one: &KeptCategory,
    patch: CategoryPatch,
) -> Result<TendedCategory, Error> {
    let known = &one.category;
    let name = patch.name.map(|text| name("/name", &text)).transpose()?;
    let name = name.unwrap_or_else(|| known.name.clone());
    let name_es = patch.name_es.map(|text| name_es(&text)).transpose()?;
    let name_es = name_es.unwrap_or_else(|| known.name_es.clone());
    let attributes = patch.attributes.map(schema::parse).transpose()?;
    let attributes = attributes.unwrap_or_else(|| one.attributes.clone());
    let is_renamed = (&name, &name_es) != (&known.name, &known.name_es);
    // What buyers filter by stands with each product in the index.
    if is_renamed || not_filtered_by(&attributes) != not_filtered_by(&one.attributes) {
        change.renamed.push(known.id);
    }
    let differing = [
        ("name", json!(known.name), json!(name)),
        ("name_es", json!(known.name_es), json!(name_es)),
        ("attributes", json!(one.attributes), json!(attributes)),
    ];
    for (field, from, to) in differing {
        if from != to {
            change
                .noted
                .insert(field.to_owned(), json!({"from": from, "to": to}));
        }
    }
    let parent = patch.parent.unwrap_or_else(|| parent_of(&known.path).to_owned());
    let own_slug = patch.slug.map_or_else(|| known.slug.clone(), |text| slug(&text));
    change.move_to(one, &parent, &own_slug).await?;
    if let Some(place) = patch.place {
        change.place(known.id, &parent, place).await?;
    }
    let version = store::category::rewrite(change.tx, known.id, &name, &name_es, &attributes).await?;
    change.finish(ctx, known.id, version).await
}

impl CategoryDesk for Products {
    fn tended_categories<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<TendedCategory>> {
        reply(self.tended())
    }

    fn tended_category<'a>(&'a self, _ctx: &'a Ctx, id: CategoryId) -> Reply<'a, CategoryDossier> {
        reply(self.dossier(id))
    }

    fn create_category<'a>(&'a self, ctx: &'a Ctx, new: NewCategory) -> Reply<'a, TendedCategory> {
        reply(self.add_category(ctx, new))
    }

    fn change_category<'a>(
        &'a self,
        ctx: &'a Ctx,
        id: CategoryId,
        version: i64,
        patch: CategoryPatch,
    ) -> Reply<'a, TendedCategory> {
        reply(self.change_tended(ctx, id, version, patch))
    }

    fn item_proposals<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<ItemProposal>> {
        reply(self.proposals())
    }

    fn match_item<'a>(
        &'a self,
        ctx: &'a Ctx,
        product: ProductId,
        same_as: Option<ProductId>,
    ) -> Reply<'a, ()> {
        reply(self.match_by_hand(ctx, product, same_as))
    }

    fn refuse_item_proposal<'a>(&'a self, ctx: &'a Ctx, product: ProductId) -> Reply<'a, ()> {
        reply(self.refuse_proposal(ctx, product))
    }
}
