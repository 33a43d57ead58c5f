//! A shop's own look at its stock.

use super::Stock;
use crate::domain::{default_warehouse, low_below};
use crate::{Error, store};
use ::store::Scope;
use contracts::inventory::{
    PlaceLevel, ShelfLevel, SkuStock, StockCount, StockPlace, StockQuery, StockRoom, StockTally,
};
use contracts::{Reply, reply};
use kernel::{Ctx, Cursor, Fault, Page, PageLimit, SkuId, TenantId, WarehouseId};

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

    async fn stock_tally(&self, tenant: TenantId) -> Result<StockTally, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let (skus, low) = store::tally(&mut tx, tenant).await?;
        tx.commit().await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(StockTally {
            skus: count(skus),
            low: count(low),
        })
    }

    async fn open_places(&self, tenant: TenantId) -> Result<Vec<StockPlace>, Error> {
        let all = self.warehouses(tenant).await?.warehouses;
        let open = all.into_iter().filter(|w| w.closed_at.is_none());
        Ok(open
            .map(|w| StockPlace {
                warehouse: w.id,
                name: w.name,
                is_default: w.id == default_warehouse(tenant),
            })
            .collect())
    }

    async fn by_sku(&self, tenant: TenantId, query: StockQuery) -> Result<Page<SkuStock>, Error> {
        let limit = PageLimit::new(query.limit).unwrap_or_default();
        let after = match &query.after {
            Some(cursor) => Some(cursor.0.parse::<SkuId>().map_err(|_| {
                let detail = "Pass `next` of the page before, unchanged.";
                Fault::field("cursor_invalid", "after", detail)
            })?),
            None => None,
        };
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let levels = store::by_sku(&mut tx, tenant, &query, after, limit).await?;
        tx.commit().await?;
        let same_sku = levels.chunk_by(|a, b| a.sku == b.sku);
        let mut items: Vec<SkuStock> = same_sku
            .map(|levels| SkuStock {
                sku: levels[0].sku,
                product: levels[0].product,
                low_below: low_below(levels),
                levels: levels
                    .iter()
                    .map(|l| PlaceLevel {
                        warehouse: l.warehouse,
                        on_hand: l.on_hand,
                        reserved: l.reserved,
                        incoming: l.incoming,
                    })
                    .collect(),
            })
            .collect();
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = items
            .last()
            .filter(|_| more)
            .map(|item| Cursor(item.sku.to_string()));
        Ok(Page { items, next })
    }
}

impl StockRoom for Stock {
    fn shelf<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, skus: Vec<SkuId>) -> Reply<'a, Vec<ShelfLevel>> {
        reply(async move { self.shelf_levels(tenant, &skus).await })
    }

    fn tally<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, StockTally> {
        reply(self.stock_tally(tenant))
    }

    fn places<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<StockPlace>> {
        reply(self.open_places(tenant))
    }

    fn stock<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, query: StockQuery) -> Reply<'a, Page<SkuStock>> {
        reply(self.by_sku(tenant, query))
    }

    fn count_in<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        warehouse: WarehouseId,
        counts: Vec<StockCount>,
        note: String,
    ) -> Reply<'a, ()> {
        Box::pin(async move {
            Stock::count_in(self, ctx, tenant, warehouse, &counts, Some(&note))
                .await
                .map(drop)
                .map_err(Fault::from)
        })
    }
}
