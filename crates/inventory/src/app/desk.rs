//! A shop's own look at its stock.

use crate::{Error, Stock, store};
use ::store::Scope;
use contracts::Reply;
use contracts::inventory::{ShelfLevel, StockRoom};
use kernel::{Ctx, Fault, SkuId, TenantId};

/// SKUs asked for at once.
const SKUS_MAX: usize = 2_000;

impl Stock {
    async fn shelf_levels(&self, tenant: TenantId, skus: &[SkuId]) -> Result<Vec<ShelfLevel>, Error> {
        let skus: Vec<_> = skus.iter().take(SKUS_MAX).map(|sku| sku.0).collect();
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let levels = store::shelf(&mut tx, tenant, &skus).await?;
        tx.commit().await?;
        Ok(levels)
    }

    async fn count_low(&self, tenant: TenantId) -> Result<u64, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let low = store::count_low(&mut tx, tenant).await?;
        tx.commit().await?;
        Ok(u64::try_from(low).unwrap_or(0))
    }
}

impl StockRoom for Stock {
    fn shelf<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, skus: Vec<SkuId>) -> Reply<'a, Vec<ShelfLevel>> {
        Box::pin(async move { self.shelf_levels(tenant, &skus).await.map_err(Fault::from) })
    }

    fn low<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, u64> {
        Box::pin(async move { self.count_low(tenant).await.map_err(Fault::from) })
    }
}
