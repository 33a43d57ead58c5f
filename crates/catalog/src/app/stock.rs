//! Passing stated stock on to inventory, which is another context and not in our transaction. What is to be passed
//! on lies in `stock_to_count` until inventory has answered.

use super::Products;
use crate::error::Error;
use crate::store::{stock, upsert};
use ::store::Scope;
use contracts::inventory::StockCount;
use futures::future::BoxFuture;
use kernel::{Ctx, Fault, Kind, TenantId};
use std::collections::BTreeMap;
use std::time::Duration;

/// A count that inventory does not accept, for instance because more is reserved.
#[derive(Clone, Debug)]
pub struct RefusedCount {
    pub count: StockCount,
    pub fault: Fault,
}

/// Counts that inventory has not answered for so long have lost whoever was to pass them on.
pub(super) const OVERDUE: Duration = Duration::from_secs(10);
const OVERDUE_MAX: i64 = 5_000;

impl Products {
    /// Hands counts to inventory; returns those it refuses. What it cannot take at present is tried again by
    /// [`Products::pass_on_overdue`].
    pub(crate) async fn pass_on(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        counts: Vec<StockCount>,
    ) -> Vec<RefusedCount> {
        if counts.is_empty() {
            return Vec::new();
        }
        let mut refused = Vec::new();
        if let Err(error) = self.deliver(ctx, tenant, &counts, &mut refused).await {
            tracing::warn!(%error, tenant = %tenant, counts = counts.len(), "stock waits to be passed on");
        }
        refused
    }

    /// All at once; where some are refused, halves of them, down to the refused ones alone.
    fn deliver<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        counts: &'a [StockCount],
        refused: &'a mut Vec<RefusedCount>,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            match self.inventory.count(ctx, tenant, counts.to_vec()).await {
                Ok(()) => self.settle(tenant, counts).await,
                Err(fault) if !is_refusal(&fault) => Err(fault.into()),
                Err(fault) => match counts {
                    [] => Ok(()),
                    [count] => {
                        refused.push(RefusedCount { count: *count, fault });
                        self.take_back(tenant, count).await
                    }
                    _ => {
                        let (left, right) = counts.split_at(counts.len() / 2);
                        self.deliver(ctx, tenant, left, refused).await?;
                        self.deliver(ctx, tenant, right, refused).await
                    }
                },
            }
        })
    }

    async fn settle(&self, tenant: TenantId, counts: &[StockCount]) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        stock::settle(&mut tx, tenant, counts).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A refused count is as good as never stated: whoever states it again has it passed on again, and hears the refusal
    /// again.
    async fn take_back(&self, tenant: TenantId, count: &StockCount) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        upsert::lock_shop(&mut tx, tenant).await?;
        let forgotten = stock::settle(&mut tx, tenant, std::slice::from_ref(count)).await?;
        stock::take_back(&mut tx, tenant, &forgotten).await?;
        tx.commit().await?;
        metrics::counter!("catalog_stock_refused_total").increment(1);
        Ok(())
    }

    /// Passes on what a process left behind that died between its commit and inventory's answer.
    pub(crate) async fn pass_on_overdue(&self) -> Result<(), Error> {
        let ctx = Ctx::system("catalog.stock", self.clock.now());
        let mut tx = self.db.begin(Scope::System).await?;
        let overdue = stock::take_overdue(&mut tx, ctx.now, ctx.now + OVERDUE, OVERDUE_MAX).await?;
        tx.commit().await?;
        let mut by_shop: BTreeMap<TenantId, Vec<StockCount>> = BTreeMap::new();
        for (tenant, count) in overdue {
            by_shop.entry(tenant).or_default().push(count);
        }
        for (tenant, counts) in by_shop {
            for refused in self.pass_on(&ctx, tenant, counts).await {
                // Nobody waits for this answer; the next time the seller states the stock they hear it.
                tracing::warn!(
                    %tenant, sku = %refused.count.sku, on_hand = refused.count.on_hand, code = %refused.fault.code,
                    "stock stated earlier was refused"
                );
            }
        }
        Ok(())
    }
}

/// Whether asking again would be in vain.
fn is_refusal(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        Kind::Invalid | Kind::Conflict | Kind::Unprocessable | Kind::NotFound | Kind::Forbidden
    )
}
