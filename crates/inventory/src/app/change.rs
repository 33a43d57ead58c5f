//! Counting and adjusting.

use super::Stock;
use super::work::{Good, Once, Told, Work, hold_open};
use crate::domain::{Level, ON_HAND_MAX, Reason, Shelves, Units, default_warehouse};
use crate::{Error, store};
use ::store::{Scope, Tx};
use contracts::inventory::StockCount;
use kernel::{Ctx, ProductId, SkuId, TenantId, WarehouseId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Units to add to (or, negative, to take from) what a shop has of one SKU in one warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    pub sku: SkuId,
    pub product: ProductId,
    pub delta: i64,
}

impl Stock {
    /// Sets what lies in the default warehouse; see [`Stock::count_in`].
    pub async fn count(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        counts: &[StockCount],
        note: Option<&str>,
    ) -> Result<Vec<Level>, Error> {
        self.count_in(ctx, tenant, default_warehouse(tenant), counts, note)
            .await
    }

    /// Sets what lies in a warehouse; each difference becomes a movement. All counts hold, or none; a stated count that
    /// was applied before, or after which a later one was, is passed over.
    pub async fn count_in(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        warehouse: WarehouseId,
        counts: &[StockCount],
        note: Option<&str>,
    ) -> Result<Vec<Level>, Error> {
        check_counts(counts)?;
        self.change(Change {
            ctx: ctx.clone(),
            tenant,
            warehouse,
            goods: counts.iter().map(|c| (c.sku, c.product)).collect(),
            note: note.map(str::to_owned),
            reason: Reason::Count,
            guard: Guard::Stated(counts.iter().filter_map(|c| Some((c.sku, c.stated?))).collect()),
            wanted: Wanted::OnHand(counts.iter().map(|c| c.on_hand).collect()),
        })
        .await
    }

    /// Adds to what lies in a warehouse. All adjustments hold, or none; the same key twice is once.
    pub async fn adjust(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        warehouse: WarehouseId,
        adjustments: &[Adjustment],
        note: Option<&str>,
        once: Once,
    ) -> Result<Vec<Level>, Error> {
        named_once(adjustments.iter().map(|a| a.sku), "adjustments")?;
        self.change(Change {
            ctx: ctx.clone(),
            tenant,
            warehouse,
            goods: adjustments.iter().map(|a| (a.sku, a.product)).collect(),
            note: note.map(str::to_owned),
            reason: Reason::Adjustment,
            guard: Guard::Once(once),
            wanted: Wanted::More(adjustments.iter().map(|a| a.delta).collect()),
        })
        .await
    }

    async fn change(&self, change: Change) -> Result<Vec<Level>, Error> {
        let change = Arc::new(change);
        let shared = Arc::clone(&change);
        let scope = Scope::Tenant(change.tenant);
        let levels = self
            .db()
            .run_tx("inventory_change", scope, move |tx| {
                let change = Arc::clone(&shared);
                Box::pin(async move { change.run(tx).await })
            })
            .await?;
        self.forget(change.goods.iter().map(|(sku, _)| *sku));
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

/// What each of the goods is to have, in their order.
enum Wanted {
    OnHand(Vec<i64>),
    More(Vec<i64>),
}

/// One seller's change of on hand, whatever its reason.
struct Change {
    ctx: Ctx,
    tenant: TenantId,
    warehouse: WarehouseId,
    goods: Vec<Good>,
    note: Option<String>,
    reason: Reason,
    guard: Guard,
    wanted: Wanted,
}

impl Change {
    async fn run(&self, tx: &mut Tx) -> Result<Vec<Level>, Error> {
        let is_closed = hold_open(tx, self.tenant, self.warehouse).await?;
        let mut done_before = false;
        if let Guard::Once(once) = &self.guard {
            let scope = format!("inventory.{}/{}", self.reason.as_str(), self.tenant);
            let answer = once
                .claim(tx, &self.ctx, &scope, &serde_json::Value::Null)
                .await?;
            done_before = answer.is_some();
        }
        let mut work = Work::begin(tx, &self.ctx, self.tenant, &self.goods, &[self.warehouse]).await?;
        // What was done is not done again; the answer is the levels as they are now.
        if done_before {
            return Ok(self.levels(&work.shelves));
        }
        let passed_over = self.passed_over(tx).await?;
        for (i, &(sku, _)) in self.goods.iter().enumerate() {
            if passed_over.contains(&sku) {
                continue;
            }
            let on_hand = self.added(i, work.level(sku, self.warehouse)?)?;
            if is_closed && on_hand > 0 {
                return Err(Error::WarehouseClosed(self.warehouse));
            }
            let told = Told {
                reason: self.reason,
                reference: None,
                note: self.note.as_deref(),
            };
            let added = Units {
                on_hand,
                ..Units::default()
            };
            work.add(sku, self.warehouse, added, told, || self.pointer(i))?;
        }
        let shelves = work.finish(tx).await?;
        Ok(self.levels(&shelves))
    }

    /// The SKUs whose statement is no news. The levels must be locked.
    async fn passed_over(&self, tx: &mut Tx) -> Result<HashSet<SkuId>, Error> {
        let stated = match &self.guard {
            Guard::Stated(stated) if !stated.is_empty() => stated,
            _ => return Ok(HashSet::new()),
        };
        let (skus, numbers): (Vec<Uuid>, Vec<i64>) =
            stated.iter().map(|(sku, number)| (sku.0, *number)).unzip();
        let news = store::take_statements(tx, self.tenant, self.warehouse, &skus, &numbers).await?;
        Ok(stated.keys().filter(|sku| !news.contains(sku)).copied().collect())
    }

    /// What is to be added to a level's units on hand.
    fn added(&self, i: usize, level: &Level) -> Result<i64, Error> {
        match &self.wanted {
            Wanted::More(deltas) => Ok(deltas[i]),
            Wanted::OnHand(counts) if counts[i] < level.reserved => Err(Error::BelowReserved {
                pointer: self.pointer(i),
                sku: level.sku,
                reserved: level.reserved,
            }),
            Wanted::OnHand(counts) => Ok(counts[i] - level.on_hand),
        }
    }

    fn pointer(&self, i: usize) -> String {
        match self.wanted {
            Wanted::OnHand(_) => format!("/counts/{i}/on_hand"),
            Wanted::More(_) => format!("/adjustments/{i}/delta"),
        }
    }

    fn levels(&self, shelves: &Shelves) -> Vec<Level> {
        self.goods
            .iter()
            .flat_map(|&(sku, _)| shelves.of(self.tenant, sku).iter().cloned())
            .collect()
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

pub(super) fn named_once(skus: impl Iterator<Item = SkuId>, list: &str) -> Result<(), Error> {
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
