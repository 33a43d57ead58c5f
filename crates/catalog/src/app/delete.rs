//! Deleting products.

use super::Products;
use super::moderation::show;
use super::plan::kept_of;
use super::upsert::{Source, Written, note_versions};
use crate::domain::change::KeptVariant;
use crate::error::Error;
use crate::store::rows::VersionRow;
use crate::store::{product, upsert};
use ::store::{Scope, Tx};
use contracts::catalog::{Listing, ProductStatus};
use kernel::{Ctx, ProductId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

impl Products {
    /// Deletes softly: buyers no longer see it, orders still know it, an upload with its key brings it back. Where the
    /// caller says which version they saw, it must be the present one.
    pub async fn delete(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ProductId,
        seen: Option<i64>,
    ) -> Result<(), Error> {
        let shared_ctx = ctx.clone();
        let changed = self
            .db
            .run_tx("catalog.delete", Scope::Tenant(tenant), move |tx| {
                let ctx = shared_ctx.clone();
                Box::pin(async move {
                    upsert::lock_shop(tx, tenant).await?;
                    let (_, current) = product::key_and_version(tx, tenant, id)
                        .await?
                        .ok_or(Error::NotFound("product"))?;
                    if seen.is_some_and(|seen| seen != current) {
                        return Err(Error::VersionChanged { current });
                    }
                    delete_all(tx, &ctx, tenant, &[id.0], Source::Hand).await
                })
            })
            .await?;
        self.announce(&Written {
            changed,
            ..Written::default()
        });
        Ok(())
    }
}

/// Deletes those that are not deleted, in the caller's transaction, which has locked the shop. Returns their new versions.
pub async fn delete_all(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    ids: &[Uuid],
    source: Source,
) -> Result<Vec<(ProductId, i64)>, Error> {
    let mut listings = product::live_listings(tx, tenant, ids).await?;
    if listings.is_empty() {
        return Ok(Vec::new());
    }
    let mut versions = Vec::with_capacity(listings.len());
    for listing in &mut listings {
        let change = deletion(listing);
        listing.version += 1;
        listing.status = ProductStatus::Archived;
        listing.updated_at = ctx.now;
        versions.push(VersionRow {
            product_id: listing.id,
            version: listing.version,
            change,
        });
    }
    let ids: Vec<Uuid> = listings.iter().map(|listing| listing.id.0).collect();
    product::delete(tx, tenant, &ids, ctx.now).await?;
    note_versions(tx, ctx, tenant, source, &versions).await?;
    show(tx, ctx, tenant, listings.iter().collect()).await
}

/// With what was sold, so that the versions before can be told.
fn deletion(listing: &Listing) -> Value {
    let sold: Vec<KeptVariant> = listing.variants.iter().map(kept_of).collect();
    let mut change = json!({"variants": {"from": sold, "to": []}, "deleted": true});
    if listing.status != ProductStatus::Archived {
        change["status"] = json!({"from": listing.status, "to": ProductStatus::Archived});
    }
    change
}
