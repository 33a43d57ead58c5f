//! When a SKU runs low, and how many to order then.

use super::Stock;
use super::change::named_once;
use super::work::Work;
use crate::domain::ON_HAND_MAX;
use crate::{Error, store};
use ::store::Scope;
use kernel::{Ctx, Cursor, Page, PageLimit, ProductId, SkuId, TenantId};
use std::sync::Arc;

/// A SKU runs low below so many available units, over all warehouses, and is then ordered up to so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReorderPoint {
    pub sku: SkuId,
    pub product: ProductId,
    pub low_below: i64,
    /// Twice the reorder point if absent.
    pub order_up_to: Option<i64>,
}

/// A SKU that runs low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ReorderProposal {
    pub sku: SkuId,
    pub product: ProductId,
    pub available: i64,
    pub incoming: i64,
    pub low_below: i64,
    pub order_up_to: Option<i64>,
}

impl ReorderProposal {
    /// Units to order: up to the target, less what is there and what is on its way.
    #[must_use]
    pub fn proposed(&self) -> i64 {
        let target = self.order_up_to.unwrap_or(self.low_below * 2);
        (target - self.available - self.incoming).max(0)
    }
}

impl Stock {
    /// Sets reorder points: all of them, or none.
    pub async fn set_reorder_points(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        points: &[ReorderPoint],
    ) -> Result<(), Error> {
        named_once(points.iter().map(|point| point.sku), "points")?;
        for (i, point) in points.iter().enumerate() {
            let up_to = point.order_up_to.unwrap_or(point.low_below);
            if !(0..=ON_HAND_MAX).contains(&point.low_below) {
                return Err(Error::OutOfRange {
                    pointer: format!("/points/{i}/low_below"),
                });
            }
            if !(point.low_below..=ON_HAND_MAX).contains(&up_to) {
                return Err(Error::OrderUpTo {
                    pointer: format!("/points/{i}/order_up_to"),
                    low_below: point.low_below,
                });
            }
        }
        let (ctx, points): (_, Arc<[ReorderPoint]>) = (ctx.clone(), points.into());
        self.db()
            .run_tx("inventory_reorder_points", Scope::Tenant(tenant), move |tx| {
                let (ctx, points) = (ctx.clone(), Arc::clone(&points));
                Box::pin(async move {
                    let goods: Vec<_> = points.iter().map(|p| (p.sku, p.product)).collect();
                    store::warehouses::ensure_default(tx, tenant).await?;
                    // Locked as everybody locks them, so that nobody waits in a circle.
                    Work::begin(tx, &ctx, tenant, &goods, &[]).await?;
                    store::reorder::set(tx, tenant, &points).await?;
                    Ok(())
                })
            })
            .await
    }

    /// The SKUs that run low, by SKU, with what to order of them.
    pub async fn reorder_proposals(
        &self,
        tenant: TenantId,
        after: Option<SkuId>,
        limit: PageLimit,
    ) -> Result<Page<ReorderProposal>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let mut items = store::reorder::proposals(&mut tx, tenant, after, limit).await?;
        tx.commit().await?;
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = items.last().filter(|_| more).map(|p| Cursor(p.sku.to_string()));
        Ok(Page { items, next })
    }
}
