//! What became of a product: its versions, how it was in one of them, and how it becomes that again.

use super::edit::{OwnProduct, contents_of, draft_again, write_one};
use super::upsert::Source;
use super::{Products, Tree};
use crate::domain::change::{Content, is_deletion, taken_back};
use crate::error::Error;
use crate::store::history::{self, Version};
use crate::store::upsert;
use ::store::{Scope, Tx};
use contracts::Reply;
use contracts::catalog::Listing;
use contracts::catalog::history::{
    FieldChange, History, PastProduct, PastVariant, ProductVersion, UndoReport, VersionCause,
};
use kernel::{Actor, Ctx, Cursor, Fault, ImportId, Kind, Page, PageLimit, ProductId, TenantId, UserId};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// A product as one of its versions had it.
struct Past {
    /// Its present version.
    current: i64,
    key: String,
    content: Content,
    version: Version,
}

impl Products {
    /// A page of a product's versions, newest first. Deleted products have theirs as well.
    pub async fn versions(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ProductId,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Result<Page<ProductVersion>, Error> {
        let before: Option<i64> = after.map(|c| c.0.parse()).transpose().map_err(|_| {
            let detail = "`after` must be the `next` of an earlier page.";
            Fault::field("cursor_invalid", "after", detail)
        })?;
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        history::present(&mut tx, tenant, id)
            .await?
            .ok_or(Error::NotFound("product"))?;
        let mut rows = history::page(&mut tx, tenant, id, before, limit.plus_one()).await?;
        tx.commit().await?;
        let has_more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let names = self.names(ctx, rows.iter().map(|row| &row.actor.0)).await;
        let tree = self.tree(ctx).await?;
        let next = rows.last().filter(|_| has_more);
        let next = next.map(|row| Cursor(row.version.to_string()));
        Ok(Page {
            items: rows.into_iter().map(|row| told(row, &names, &tree)).collect(),
            next,
        })
    }

    /// A product as it was in one of its versions.
    pub async fn as_of(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ProductId,
        version: i64,
    ) -> Result<PastProduct, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        // Nobody writes while it is read in pieces.
        upsert::lock_shop(&mut tx, tenant).await?;
        let past = past(&mut tx, tenant, id, version).await?;
        tx.commit().await?;
        let names = self.names(ctx, std::iter::once(&past.version.actor.0)).await;
        let tree = self.tree(ctx).await?;
        let Past { content, version, .. } = past;
        let deleted = is_deletion(&version.change);
        let version = told(version, &names, &tree);
        Ok(PastProduct {
            id,
            version: version.version,
            at: version.at,
            who: version.who,
            deleted,
            status: content.status,
            title: content.title,
            description: content.description,
            brand: content.brand,
            category: content.category.and_then(|c| tree.by_id(c)).map(|c| c.path),
            attributes: content.attributes,
            tags: content.tags,
            tax_category: content.tax_category,
            images: content.images,
            variants: content
                .variants
                .into_iter()
                .map(|kept| PastVariant {
                    sku: kept.sku,
                    code: kept.code,
                    options: kept.options,
                    price: kept.price,
                    compare_at: kept.compare_at,
                    sale: kept.sale,
                    breaks: kept.breaks,
                    dimensions: kept.dimensions,
                    weight_g: kept.weight_g,
                    gtin: kept.gtin,
                })
                .collect(),
        })
    }

    /// Writes a product as it was in `version`, which makes a new version; the caller saw version `seen`. Variants come
    /// back under their SKUs, and no stock is touched. A deleted product is there again.
    pub async fn restore(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ProductId,
        seen: i64,
        version: i64,
    ) -> Result<OwnProduct, Error> {
        let tree = self.tree(ctx).await?;
        let shared_ctx = ctx.clone();
        let (written, own) = self
            .db
            .run_tx("catalog.restore", Scope::Tenant(tenant), move |tx| {
                let (ctx, tree) = (shared_ctx.clone(), Arc::clone(&tree));
                Box::pin(async move {
                    upsert::lock_shop(tx, tenant).await?;
                    let past = past(tx, tenant, id, version).await?;
                    if past.current != seen {
                        return Err(Error::VersionChanged {
                            current: past.current,
                        });
                    }
                    if is_deletion(&past.version.change) {
                        return Err(was_deleted(version));
                    }
                    let draft = draft_again(past.key, past.content, &tree)?;
                    write_one(tx, &ctx, tenant, &tree, &draft, Source::Restore(version)).await
                })
            })
            .await?;
        self.finish(ctx, tenant, written, own).await
    }

    /// The names of those who acted. A history without names is still one, so nothing fails for want of them.
    pub(super) async fn names(
        &self,
        ctx: &Ctx,
        actors: impl Iterator<Item = &Actor>,
    ) -> HashMap<UserId, String> {
        let mut ids: Vec<UserId> = actors.filter_map(user_of).collect();
        ids.sort_unstable();
        ids.dedup();
        let Some(people) = self.people.get().filter(|_| !ids.is_empty()) else {
            return HashMap::new();
        };
        let cards = people.users(ctx, ids).await.unwrap_or_default();
        cards.into_iter().map(|card| (card.id, card.name)).collect()
    }
}

/// The shop must be locked.
async fn past(tx: &mut Tx, tenant: TenantId, id: ProductId, version: i64) -> Result<Past, Error> {
    let (key, current, _) = history::present(tx, tenant, id)
        .await?
        .ok_or(Error::NotFound("product"))?;
    let present = contents_of(tx, tenant, &[id.0])
        .await?
        .remove(&id)
        .ok_or(Error::NotFound("product"))?;
    let mut later = history::since(tx, tenant, id, version).await?;
    let wanted = later
        .pop()
        .filter(|oldest| oldest.version == version)
        .ok_or(Error::NotFound("version"))?;
    let content =
        taken_back(&present, later.iter().map(|v| &v.change)).map_err(|e| Error::Unreadable("version", e))?;
    Ok(Past {
        current,
        key,
        content,
        version: wanted,
    })
}

fn told(row: Version, names: &HashMap<UserId, String>, tree: &Tree) -> ProductVersion {
    let cause = row.cause.map_or(VersionCause::Hand, |cause| cause.0);
    let person = user_of(&row.actor.0).and_then(|user| names.get(&user)).cloned();
    let who = who(&row.actor.0, names);
    ProductVersion {
        version: row.version,
        at: row.at,
        who: match cause {
            VersionCause::Schedule { .. } => format!("scheduled by {who}"),
            _ => who,
        },
        person,
        cause,
        deleted: is_deletion(&row.change),
        change: fields(&row.change, tree),
    }
}

/// Who acted, in words.
pub(super) fn who(actor: &Actor, names: &HashMap<UserId, String>) -> String {
    let name = user_of(actor).and_then(|user| names.get(&user));
    match (actor, name) {
        (Actor::Seller { .. }, Some(name)) => name.clone(),
        (Actor::Seller { .. }, None) => "somebody of the shop".to_owned(),
        (Actor::Operator { .. }, Some(name)) => format!("{name}, the marketplace"),
        (Actor::Operator { .. } | Actor::System { .. }, _) => "the marketplace".to_owned(),
        (Actor::Buyer { .. } | Actor::Anonymous | Actor::Partner { .. }, _) => "somebody".to_owned(),
    }
}

/// The sides of each field, categories by their paths.
pub(super) fn fields(change: &Value, tree: &Tree) -> Vec<FieldChange> {
    let side = |field: &str, value: Option<&Value>| {
        let value = value.cloned().unwrap_or(Value::Null);
        let category = (field == "category")
            .then(|| serde_json::from_value(value.clone()).ok())
            .flatten()
            .and_then(|id| tree.by_id(id));
        category.map_or(value, |category| Value::String(category.path))
    };
    let sides = |(field, sides): (&String, &Value)| {
        sides.is_object().then(|| FieldChange {
            field: field.clone(),
            from: side(field, sides.get("from")),
            to: side(field, sides.get("to")),
        })
    };
    let fields = change.as_object().into_iter().flatten();
    fields.filter_map(sides).collect()
}

fn user_of(actor: &Actor) -> Option<UserId> {
    match actor {
        Actor::Buyer { user } | Actor::Seller { user, .. } | Actor::Operator { user, .. } => Some(*user),
        Actor::Anonymous | Actor::Partner { .. } | Actor::System { .. } => None,
    }
}

fn was_deleted(version: i64) -> Error {
    let detail =
        format!("In version {version} the product was deleted. Restore the version before it, or delete it.");
    Fault::new(Kind::Conflict, "version_deleted", detail).into()
}

impl History for Products {
    fn versions<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: ProductId,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<ProductVersion>> {
        let limit = PageLimit::new(limit).unwrap_or_default();
        Box::pin(async move { Ok(Self::versions(self, ctx, tenant, id, after.as_ref(), limit).await?) })
    }

    fn restore<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: ProductId,
        seen: i64,
        version: i64,
    ) -> Reply<'a, Listing> {
        Box::pin(async move {
            let own = Self::restore(self, ctx, tenant, id, seen, version).await?;
            Ok(own.listing)
        })
    }

    fn undo_upload<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: ImportId) -> Reply<'a, UndoReport> {
        Box::pin(async move { Ok(self.undo_import(ctx, tenant, id).await?) })
    }

    fn undo_of<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, id: ImportId) -> Reply<'a, Option<UndoReport>> {
        Box::pin(async move { Ok(self.undo_report(tenant, id).await?) })
    }
}
