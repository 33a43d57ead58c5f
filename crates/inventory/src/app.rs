//! One method per use case.

use crate::columns::{Movement, Movements};
use crate::domain::{Level, ON_HAND_MAX, Reason, Shelves};
use crate::{Error, publish, store};
use ::store::idempotency::{self, Claim};
use ::store::log::Outbox;
use ::store::{Db, Scope, Tx};
use contracts::Reply;
use contracts::inventory::{Availability, Inventory, StockCount};
use kernel::{Ctx, Fault, Page, PageLimit, ProductId, SkuId, TenantId, WarehouseId};
use moka::sync::Cache;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

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

/// Units to add to (or, negative, to take from) what a shop has of one SKU in its default warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    pub sku: SkuId,
    pub product: ProductId,
    pub delta: i64,
}

/// The key under which a call is answered once, and the hash of the call.
#[derive(Clone, Debug)]
pub struct Once {
    pub key: String,
    pub request_hash: Vec<u8>,
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
            let mut tx = self.0.db.begin(Scope::System).await?;
            let found: HashMap<SkuId, i64> = store::availability(&mut tx, &unknown)
                .await?
                .into_iter()
                .collect();
            tx.commit().await?;
            for sku in unknown.into_iter().map(SkuId) {
                let available = found.get(&sku).copied().unwrap_or(0);
                self.0.seen.insert(sku, available);
                known.insert(sku, available);
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

    /// A shop's levels, by SKU.
    pub async fn levels(
        &self,
        tenant: TenantId,
        after: Option<(SkuId, WarehouseId)>,
        below: Option<i64>,
        limit: PageLimit,
    ) -> Result<Page<Level>, Error> {
        let mut tx = self.0.db.begin(Scope::Tenant(tenant)).await?;
        let mut items = store::levels(&mut tx, tenant, after, below, limit).await?;
        tx.commit().await?;
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = items
            .last()
            .filter(|_| more)
            .map(|l| kernel::Cursor(format!("{}.{}", l.sku.0.simple(), l.warehouse.0.simple())));
        Ok(Page { items, next })
    }

    /// Sets what lies in the default warehouse; each difference becomes a movement. All counts hold, or none; a stated
    /// count that was applied before, or after which a later one was, is passed over.
    pub async fn count(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        counts: &[StockCount],
        note: Option<&str>,
    ) -> Result<Vec<Level>, Error> {
        check_counts(counts)?;
        let targets: Arc<[(SkuId, ProductId)]> = counts.iter().map(|c| (c.sku, c.product)).collect();
        let on_hand: Arc<[i64]> = counts.iter().map(|c| c.on_hand).collect();
        let stated = counts.iter().filter_map(|c| Some((c.sku, c.stated?))).collect();
        self.change(
            ctx,
            tenant,
            targets,
            note,
            Reason::Count,
            Guard::Stated(stated),
            move |i, level| {
                if on_hand[i] < level.reserved {
                    return Err(Error::BelowReserved {
                        pointer: format!("/counts/{i}/on_hand"),
                        sku: level.sku,
                        reserved: level.reserved,
                    });
                }
                Ok(on_hand[i])
            },
        )
        .await
    }

    /// Adds to what lies in the default warehouse. All adjustments hold, or none; the same key twice is once.
    pub async fn adjust(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        adjustments: &[Adjustment],
        note: Option<&str>,
        once: Once,
    ) -> Result<Vec<Level>, Error> {
        named_once(adjustments.iter().map(|a| a.sku), "adjustments")?;
        let targets: Arc<[(SkuId, ProductId)]> = adjustments.iter().map(|a| (a.sku, a.product)).collect();
        let deltas: Arc<[i64]> = adjustments.iter().map(|a| a.delta).collect();
        self.change(
            ctx,
            tenant,
            targets,
            note,
            Reason::Adjustment,
            Guard::Once(once),
            move |i, level| {
                let pointer = || format!("/adjustments/{i}/delta");
                let on_hand = level
                    .on_hand
                    .checked_add(deltas[i])
                    .filter(|n| *n <= ON_HAND_MAX)
                    .ok_or_else(|| Error::OutOfRange { pointer: pointer() })?;
                if on_hand < level.reserved {
                    return Err(Error::Insufficient {
                        pointer: pointer(),
                        sku: level.sku,
                        available: level.available(),
                    });
                }
                Ok(on_hand)
            },
        )
        .await
    }

    /// Locks the levels of `targets`, gives each the on hand that `decide` says, and returns them as they are then.
    #[allow(clippy::too_many_arguments, reason = "one private path for two use cases")]
    async fn change(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        targets: Arc<[(SkuId, ProductId)]>,
        note: Option<&str>,
        reason: Reason,
        guard: Guard,
        decide: impl Fn(usize, &Level) -> Result<i64, Error> + Send + Sync + 'static,
    ) -> Result<Vec<Level>, Error> {
        let change = Arc::new(Change {
            ctx: ctx.clone(),
            tenant,
            targets,
            note: note.map(str::to_owned),
            reason,
            guard,
            decide,
        });
        let shared = Arc::clone(&change);
        let levels = self
            .0
            .db
            .run_tx("inventory_change", Scope::Tenant(tenant), move |tx| {
                let change = Arc::clone(&shared);
                Box::pin(async move { change.run(tx).await })
            })
            .await?;
        for (sku, _) in change.targets.iter() {
            self.0.seen.invalidate(sku);
        }
        ::store::log::wake();
        Ok(levels)
    }
}

/// What keeps a call that comes twice from being done twice.
enum Guard {
    Once(Once),
    /// The numbers of counts that were stated elsewhere, by SKU.
    Stated(HashMap<SkuId, i64>),
}

/// One seller's change of on hand, whatever its reason.
struct Change<F> {
    ctx: Ctx,
    tenant: TenantId,
    targets: Arc<[(SkuId, ProductId)]>,
    note: Option<String>,
    reason: Reason,
    guard: Guard,
    decide: F,
}

impl<F: Fn(usize, &Level) -> Result<i64, Error>> Change<F> {
    async fn run(&self, tx: &mut Tx) -> Result<Vec<Level>, Error> {
        if let Guard::Once(once) = &self.guard {
            let scope = format!("inventory.{}/{}", self.reason.as_str(), self.tenant);
            match idempotency::claim(tx, &scope, &once.key, &once.request_hash, self.ctx.now).await? {
                Claim::New => {}
                Claim::Mismatch => return Err(Error::KeyReused),
                // What was done is not done again; the answer is the levels as they are now.
                Claim::Replay { .. } => {
                    let shelves = self.lock(tx).await?;
                    return Ok(self.levels(&shelves));
                }
            }
            idempotency::record(tx, &scope, &once.key, 200, &serde_json::Value::Null).await?;
        }
        let shelves = self.lock(tx).await?;
        let passed_over = self.passed_over(tx).await?;
        self.apply(tx, shelves, &passed_over).await
    }

    /// The SKUs whose statement is no news. The levels must be locked.
    async fn passed_over(&self, tx: &mut Tx) -> Result<HashSet<SkuId>, Error> {
        let stated = match &self.guard {
            Guard::Stated(stated) if !stated.is_empty() => stated,
            _ => return Ok(HashSet::new()),
        };
        let (skus, numbers): (Vec<Uuid>, Vec<i64>) =
            stated.iter().map(|(sku, number)| (sku.0, *number)).unzip();
        let news = store::take_statements(tx, self.tenant, self.warehouse(), &skus, &numbers).await?;
        Ok(stated.keys().filter(|sku| !news.contains(sku)).copied().collect())
    }

    async fn lock(&self, tx: &mut Tx) -> Result<Shelves, Error> {
        let (skus, products): (Vec<Uuid>, Vec<Uuid>) = self
            .targets
            .iter()
            .map(|(sku, product)| (sku.0, product.0))
            .unzip();
        store::ensure_default_warehouse(tx, self.tenant).await?;
        store::ensure_levels(tx, self.tenant, self.warehouse(), &skus, &products).await?;
        Ok(store::lock(tx, self.tenant, &skus).await?)
    }

    async fn apply(
        &self,
        tx: &mut Tx,
        mut shelves: Shelves,
        passed_over: &HashSet<SkuId>,
    ) -> Result<Vec<Level>, Error> {
        let mut movements = Movements::default();
        for (i, &(sku, _)) in self.targets.iter().enumerate() {
            if passed_over.contains(&sku) {
                continue;
            }
            let Some(level) = shelves.level_mut(self.tenant, sku, self.warehouse()) else {
                // Made a moment ago in this transaction.
                return Err(Error::Database(sqlx::Error::RowNotFound));
            };
            let on_hand = (self.decide)(i, level)?;
            let delta = on_hand - level.on_hand;
            if delta == 0 {
                continue;
            }
            level.on_hand = on_hand;
            movements.push(
                self.ctx.now,
                Movement {
                    tenant: self.tenant,
                    sku,
                    warehouse: self.warehouse(),
                    on_hand: delta,
                    reserved: 0,
                    reason: self.reason,
                    reference: None,
                    note: self.note.as_deref(),
                },
            );
        }
        store::write(tx, &shelves, &movements).await?;
        let mut outbox = Outbox::new();
        publish::crossings(&mut outbox, &self.ctx, &shelves.crossings())?;
        outbox.append(tx).await?;
        Ok(self.levels(&shelves))
    }

    fn levels(&self, shelves: &Shelves) -> Vec<Level> {
        self.targets
            .iter()
            .flat_map(|&(sku, _)| shelves.of(self.tenant, sku).iter().cloned())
            .collect()
    }

    /// The default warehouse carries its shop's id.
    fn warehouse(&self) -> WarehouseId {
        WarehouseId(self.tenant.0)
    }
}

fn check_counts(counts: &[StockCount]) -> Result<(), Error> {
    named_once(counts.iter().map(|c| c.sku), "counts")?;
    match counts
        .iter()
        .position(|c| !(0..=ON_HAND_MAX).contains(&c.on_hand))
    {
        Some(i) => Err(Error::OutOfRange {
            pointer: format!("/counts/{i}/on_hand"),
        }),
        None => Ok(()),
    }
}

fn named_once(skus: impl Iterator<Item = SkuId>, list: &str) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for (i, sku) in skus.enumerate() {
        if !seen.insert(sku) {
            return Err(Error::NamedTwice {
                pointer: format!("/{list}/{i}/sku"),
                sku,
            });
        }
    }
    Ok(())
}

impl Inventory for Stock {
    fn availability<'a>(&'a self, _ctx: &'a Ctx, skus: Vec<SkuId>) -> Reply<'a, Vec<Availability>> {
        Box::pin(async move { self.available(skus).await.map_err(Fault::from) })
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
