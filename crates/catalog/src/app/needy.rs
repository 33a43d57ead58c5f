//! Products on sale whose category asks for more by now than they say.

use super::Products;
use crate::domain::schema;
use crate::error::Error;
use crate::store::needy::{self, Asked};
use ::store::Scope;
use contracts::catalog::{NeedyListing, NeedyListings};
use kernel::{Ctx, Cursor, Fault, FieldError, PageLimit, ProductId, TenantId};

impl Products {
    pub async fn needy(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Result<NeedyListings, Error> {
        let before: Option<ProductId> = after.map(|c| c.0.parse()).transpose().map_err(|_| {
            let said = "`after` must be the `next` of an earlier page.";
            Fault::field("cursor_invalid", "after", said)
        })?;
        let tree = self.tree(ctx).await?;
        let asked = Asked::of(
            tree.with_schemas()
                .map(|(category, schema)| (category.id, schema)),
        );
        if asked.is_empty() {
            return Ok(NeedyListings {
                total: 0,
                items: Vec::new(),
                next: None,
            });
        }
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let found = needy::of_shop(&mut tx, tenant, &asked, before, limit.plus_one()).await?;
        let total = match before {
            None => found.total,
            Some(_) => needy::of_shop(&mut tx, tenant, &asked, None, 0).await?.total,
        };
        tx.commit().await?;
        let has_more = found.ids.len() > limit.get();
        let ids: Vec<ProductId> = found.ids.into_iter().take(limit.get()).map(ProductId).collect();
        // Where nothing more was found, it goes on behind what was looked at.
        let last = match has_more {
            true => ids.last().copied(),
            false => found.looked_until.map(ProductId),
        };
        let next = last.map(|id| Cursor(id.to_string()));
        let mut items = Vec::with_capacity(ids.len());
        for cached in self.listings_by_id(ctx, &ids).await? {
            let listing = cached.listing().map_err(super::read::unreadable)?.clone();
            let path = listing.category.as_ref().map_or("", |c| c.path.as_str());
            let asked = tree.schema_at(path);
            let faults = schema::faults(asked, &listing.attributes);
            let named = |pointer: &str| {
                asked
                    .iter()
                    .find(|one| pointer.strip_prefix("attributes/") == Some(&one.key))
            };
            let attributes = faults
                .iter()
                .filter_map(|fault| named(&fault.pointer))
                .cloned()
                .collect();
            let faults = faults.into_iter().map(|fault| FieldError {
                pointer: format!("/{}", fault.pointer),
                detail: fault.message,
            });
            items.push(NeedyListing {
                faults: faults.collect(),
                attributes,
                listing,
            });
        }
        Ok(NeedyListings {
            total: u64::try_from(total).unwrap_or(0),
            items,
            next,
        })
    }
}
