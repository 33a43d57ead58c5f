//! One method per use case.

mod change;
mod desk;
mod feeds;
mod inbound;
mod reorder;
mod warehouses;
mod work;

use crate::domain::Level;
use crate::{Error, store};
use ::store::{Db, Scope};
use contracts::inventory::{Availability, Inventory, StockCount};
use contracts::{Reply, reply};
use kernel::{Ctx, Fault, Page, PageLimit, ProductId, SkuId, TenantId, WarehouseId};
use moka::sync::Cache;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

pub use change::Adjustment;
pub use feeds::{Adjusted, AdjustmentRefusal, Chosen, Feed, FeedLine, MismatchKind, WhyNot};
pub use inbound::{InboundQuery, NewInbound, Origin};
pub use reorder::{ReorderPoint, ReorderProposal};
pub use warehouses::{WAREHOUSES_MAX, Warehouse, WarehouseDraft, Warehouses};
pub use work::Once;

/// How long availability is remembered for pages. The till never asks here: it locks the levels themselves.
const AVAILABILITY_MEMORY: Duration = Duration::from_millis(250);
const AVAILABILITY_MEMORY_SKUS: u64 = 200_000;

/// The inventory context.
#[derive(Clone)]
pub struct Stock(Arc<Inner>);

struct Inner {
    db: Db,
    seen: Cache<SkuId, i64>,
}

/// Which of a shop's levels to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelQuery {
    pub after: Option<(SkuId, WarehouseId)>,
    pub warehouse: Option<WarehouseId>,
    pub sku: Option<SkuId>,
    /// Only levels with fewer units available.
    pub below: Option<i64>,
    /// Only SKUs that run low: fewer available over all warehouses than their reorder point.
    pub low: bool,
    pub limit: PageLimit,
}

impl Stock {
    #[must_use]
    pub fn new(db: Db) -> Self {
        let seen = Cache::builder()
            .max_capacity(AVAILABILITY_MEMORY_SKUS)
            .time_to_live(AVAILABILITY_MEMORY)
            .build();
        Self(Arc::new(Inner { db, seen }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// Available units by SKU, as of at most [`AVAILABILITY_MEMORY`] ago.
    async fn available(&self, skus: Vec<SkuId>) -> Result<Vec<Availability>, Error> {
        let mut known: HashMap<SkuId, i64> = HashMap::with_capacity(skus.len());
        let mut unknown: Vec<Uuid> = Vec::new();
        for &sku in &skus {
            match self.0.seen.get(&sku) {
                Some(available) => {
                    known.insert(sku, available);
                }
                None => unknown.push(sku.0),
            }
        }
        if !unknown.is_empty() {
            let found: HashMap<SkuId, i64> = store::availability(self.0.db.reads_of_all(), &unknown)
                .await?
                .into_iter()
                .collect();
            // What has no level yet is not remembered: its first count may be under way, by a process that cannot tell this one.
            for sku in unknown.into_iter().map(SkuId) {
                let counted = found.get(&sku).copied();
                if let Some(available) = counted {
                    self.0.seen.insert(sku, available);
                }
                known.insert(sku, counted.unwrap_or(0));
            }
        }
        Ok(skus
            .into_iter()
            .map(|sku| Availability {
                sku,
                available: known[&sku],
            })
            .collect())
    }

    pub async fn available_of_product(&self, product: ProductId) -> Result<Vec<Availability>, Error> {
        let mut tx = self.0.db.begin(Scope::System).await?;
        let rows = store::availability_of_product(&mut tx, product).await?;
        tx.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(sku, available)| Availability { sku, available })
            .collect())
    }

    /// A shop's levels, by SKU and warehouse.
    pub async fn levels(&self, tenant: TenantId, query: LevelQuery) -> Result<Page<Level>, Error> {
        let mut tx = self.0.db.begin(Scope::Tenant(tenant)).await?;
        let mut items = store::levels(&mut tx, tenant, query).await?;
        tx.commit().await?;
        let more = items.len() > query.limit.get();
        items.truncate(query.limit.get());
        let next = items
            .last()
            .filter(|_| more)
            .map(|l| kernel::Cursor(format!("{}.{}", l.sku.0.simple(), l.warehouse.0.simple())));
        Ok(Page { items, next })
    }

    /// Buyers on this process see a change at once.
    fn forget(&self, skus: impl IntoIterator<Item = SkuId>) {
        for sku in skus {
            self.0.seen.invalidate(&sku);
        }
    }
}

impl Inventory for Stock {
    fn availability<'a>(&'a self, _ctx: &'a Ctx, skus: Vec<SkuId>) -> Reply<'a, Vec<Availability>> {
        reply(self.available(skus))
    }

    fn count<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, counts: Vec<StockCount>) -> Reply<'a, ()> {
        Box::pin(async move {
            Stock::count(self, ctx, tenant, &counts, None)
                .await
                .map(drop)
                .map_err(Fault::from)
        })
    }
}
