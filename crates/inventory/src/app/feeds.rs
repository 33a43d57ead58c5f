//! Reconciliation: what a warehouse says it has, against what we say.

use super::Stock;
use super::work::{Good, Told, Work, hold_open};
use crate::domain::{FeedError, FeedFile, ON_HAND_MAX, Reason, Units};
use crate::{Error, store};
use ::store::{Scope, Tx};
use contracts::catalog::Catalog;
use contracts::digital::is_unlimited;
use kernel::{Ctx, Cursor, Page, PageLimit, ProductId, SkuId, StockFeedId, TenantId, Timestamp, WarehouseId};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Codes or SKUs that the catalogue is asked about at once.
const CATALOG_BATCH: usize = 1_000;
/// Lines that are adjusted in one transaction.
const ADJUSTED_AT_ONCE: i64 = 500;
/// Refusals that an answer names; where there are more, the first ones tell enough.
const REFUSALS_TOLD: usize = 100;

/// A comparison, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    pub id: StockFeedId,
    pub warehouse: WarehouseId,
    pub file_name: String,
    pub created_at: Timestamp,
    /// Of the file, without its header.
    pub rows: i64,
    /// That could not be read, or stand there twice.
    pub failed: i64,
    pub matching: i64,
    pub differing: i64,
    /// Codes that are none of the shop's.
    pub unknown: i64,
    /// SKUs that lie there by our books and that the file does not name.
    pub missing: i64,
    /// The first of what could not be read.
    pub errors: Vec<FeedError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum MismatchKind {
    /// Both know it, in other numbers.
    Differs,
    /// The code is none of the shop's.
    Unknown,
    /// The file does not name it.
    Missing,
}

/// One line that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FeedLine {
    pub position: i64,
    pub kind: MismatchKind,
    pub row: Option<i64>,
    pub code: String,
    pub sku: Option<SkuId>,
    pub product: Option<ProductId>,
    /// Units on hand by our books when the file was read.
    pub ours: Option<i64>,
    /// Units by the file.
    pub theirs: Option<i64>,
    pub adjusted_at: Option<Timestamp>,
}

impl FeedLine {
    /// What is to be added to our books so that they agree; `None` where they know nothing of it. What the file does not
    /// name is not there.
    #[must_use]
    pub fn difference(&self) -> Option<i64> {
        Some(self.theirs.unwrap_or(0) - self.ours?)
    }
}

/// Which lines to believe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    Skus(Vec<SkuId>),
    Kinds(Vec<MismatchKind>),
}

/// What became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjusted {
    pub adjusted: u64,
    pub refused: u64,
    /// The first of the refused.
    pub refusals: Vec<AdjustmentRefusal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjustmentRefusal {
    pub sku: SkuId,
    pub code: String,
    pub why: WhyNot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// It was counted, adjusted or reconciled since the file was read: the difference is another one now.
    CountedSince,
    /// Fewer would be left than are reserved for orders, or more than can be.
    OutOfRange,
}

impl Stock {
    /// Compares a file with what lies in the warehouse by our books, and keeps what does not agree.
    pub async fn reconcile(
        &self,
        ctx: &Ctx,
        catalog: &dyn Catalog,
        tenant: TenantId,
        warehouse: WarehouseId,
        file_name: String,
        file: FeedFile,
    ) -> Result<Feed, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        hold_open(&mut tx, tenant, warehouse).await?;
        let ours = store::feeds::on_hand(&mut tx, tenant, warehouse).await?;
        tx.commit().await?;
        let known = codes(ctx, catalog, tenant, &file).await?;
        let (mut lines, matching) = compare(&file, &known, &ours);
        name_missing(ctx, catalog, &mut lines).await?;
        let of = |kind| lines.iter().filter(|line| line.kind == kind).count() as i64;
        let feed = Feed {
            id: StockFeedId::new(ctx.now),
            warehouse,
            file_name,
            created_at: ctx.now,
            rows: file.rows as i64,
            failed: file.failed as i64,
            matching,
            differing: of(MismatchKind::Differs),
            unknown: of(MismatchKind::Unknown),
            missing: of(MismatchKind::Missing),
            errors: file.errors,
        };
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        store::feeds::insert(&mut tx, tenant, &feed, &lines).await?;
        tx.commit().await?;
        Ok(feed)
    }

    pub async fn feed(&self, tenant: TenantId, id: StockFeedId) -> Result<Feed, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let feed = store::feeds::find(&mut tx, tenant, id).await?;
        tx.commit().await?;
        feed.ok_or(Error::NoSuchFeed(id))
    }

    /// With the kinds of which lines are left that may be believed.
    pub async fn feed_to_believe(
        &self,
        tenant: TenantId,
        id: StockFeedId,
    ) -> Result<(Feed, Vec<MismatchKind>), Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let feed = store::feeds::find(&mut tx, tenant, id).await?;
        let open = store::feeds::open_kinds(&mut tx, tenant, id).await?;
        tx.commit().await?;
        Ok((feed.ok_or(Error::NoSuchFeed(id))?, open))
    }

    /// Newest first.
    pub async fn feeds(
        &self,
        tenant: TenantId,
        before: Option<StockFeedId>,
        limit: PageLimit,
    ) -> Result<Page<Feed>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let mut items = store::feeds::list(&mut tx, tenant, before, limit).await?;
        tx.commit().await?;
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = items
            .last()
            .filter(|_| more)
            .map(|feed| Cursor(feed.id.to_string()));
        Ok(Page { items, next })
    }

    /// In the file's order, what it does not name at the end.
    pub async fn feed_lines(
        &self,
        tenant: TenantId,
        id: StockFeedId,
        kind: Option<MismatchKind>,
        after: Option<i64>,
        limit: PageLimit,
    ) -> Result<Page<FeedLine>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let feed = store::feeds::find(&mut tx, tenant, id).await?;
        let mut items = store::feeds::lines(&mut tx, tenant, id, kind, after, Some(limit.plus_one())).await?;
        tx.commit().await?;
        feed.ok_or(Error::NoSuchFeed(id))?;
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let next = items
            .last()
            .filter(|_| more)
            .map(|line| Cursor(line.position.to_string()));
        Ok(Page { items, next })
    }

    /// All of them, for a file.
    pub async fn all_feed_lines(&self, tenant: TenantId, id: StockFeedId) -> Result<Vec<FeedLine>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let feed = store::feeds::find(&mut tx, tenant, id).await?;
        let lines = store::feeds::lines(&mut tx, tenant, id, None, None, None).await?;
        tx.commit().await?;
        feed.ok_or(Error::NoSuchFeed(id))?;
        Ok(lines)
    }

    /// Believes the file about the chosen lines: each difference becomes a movement that refers to it. What was sold or
    /// received since the file was read stays counted. A line is adjusted once, however often it is chosen.
    pub async fn adjust_by_feed(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: StockFeedId,
        chosen: Chosen,
    ) -> Result<Adjusted, Error> {
        let feed = self.feed(tenant, id).await?;
        let (chosen, feed) = (Arc::new(chosen), Arc::new(feed));
        let mut outcome = Adjusted::default();
        let mut after = -1;
        loop {
            let batch = {
                let (ctx, chosen, feed) = (ctx.clone(), Arc::clone(&chosen), Arc::clone(&feed));
                self.db()
                    .run_tx("inventory_reconcile", Scope::Tenant(tenant), move |tx| {
                        let (ctx, chosen, feed) = (ctx.clone(), Arc::clone(&chosen), Arc::clone(&feed));
                        Box::pin(async move { adjust(tx, &ctx, tenant, &feed, &chosen, after).await })
                    })
                    .await?
            };
            let Some(last) = batch.last else { break };
            after = last;
            self.forget(batch.skus);
            outcome.adjusted += batch.outcome.adjusted;
            outcome.refused += batch.outcome.refused;
            outcome.refusals.extend(batch.outcome.refusals);
            outcome.refusals.truncate(REFUSALS_TOLD);
        }
        ::store::log::wake();
        Ok(outcome)
    }
}

/// What one transaction did; `last` is the position up to which it went.
struct Batch {
    last: Option<i64>,
    skus: Vec<SkuId>,
    outcome: Adjusted,
}

async fn adjust(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    feed: &Feed,
    chosen: &Chosen,
    after: i64,
) -> Result<Batch, Error> {
    let is_closed = hold_open(tx, tenant, feed.warehouse).await?;
    let lines = store::feeds::lock_open_lines(tx, tenant, feed.id, chosen, after, ADJUSTED_AT_ONCE).await?;
    let goods: Vec<Good> = lines
        .iter()
        .filter_map(|line| line.sku.zip(line.product))
        .collect();
    let skus: Vec<SkuId> = goods.iter().map(|(sku, _)| *sku).collect();
    let mut work = Work::begin(tx, ctx, tenant, &goods, &[feed.warehouse]).await?;
    let counted = store::feeds::counted_since(tx, tenant, feed.warehouse, feed.id, &skus).await?;
    let mut outcome = Adjusted::default();
    let mut done = Vec::new();
    for line in &lines {
        let (Some(sku), Some(difference)) = (line.sku, line.difference()) else {
            continue;
        };
        let level = work.level(sku, feed.warehouse)?;
        let on_hand = level.on_hand + difference;
        let why = if counted.contains(&sku) {
            Some(WhyNot::CountedSince)
        } else if on_hand < level.reserved || on_hand > ON_HAND_MAX || (is_closed && difference > 0) {
            Some(WhyNot::OutOfRange)
        } else {
            None
        };
        if let Some(why) = why {
            outcome.refused += 1;
            outcome.refusals.push(AdjustmentRefusal {
                sku,
                code: line.code.clone(),
                why,
            });
            continue;
        }
        let told = Told {
            reason: Reason::Reconciliation,
            reference: Some(feed.id.0),
            note: Some(&feed.file_name),
        };
        let added = Units {
            on_hand: difference,
            ..Units::default()
        };
        work.add(sku, feed.warehouse, added, told, String::new)?;
        done.push(line.position);
    }
    outcome.adjusted = done.len() as u64;
    store::feeds::mark(tx, tenant, feed.id, &done, ctx.now).await?;
    work.finish(tx).await?;
    Ok(Batch {
        last: lines.last().map(|line| line.position),
        skus,
        outcome,
    })
}

/// The shop's SKUs by the file's codes.
async fn codes(
    ctx: &Ctx,
    catalog: &dyn Catalog,
    tenant: TenantId,
    file: &FeedFile,
) -> Result<HashMap<String, Good>, Error> {
    let all: Vec<String> = file
        .items
        .iter()
        .map(|item| &item.code)
        .chain(&file.twice)
        .cloned()
        .collect();
    let mut known = HashMap::with_capacity(all.len());
    for batch in all.chunks(CATALOG_BATCH) {
        let found = catalog.skus_by_code(ctx, tenant, batch.to_vec()).await?;
        known.extend(found.into_iter().map(|s| (s.code, (s.sku, s.product))));
    }
    Ok(known)
}

/// What does not agree, in the file's order and then what it does not name; and how many lines do agree.
fn compare(
    file: &FeedFile,
    known: &HashMap<String, Good>,
    ours: &HashMap<SkuId, (ProductId, i64)>,
) -> (Vec<FeedLine>, i64) {
    let mut lines = Vec::new();
    let mut matching = 0;
    let twice = file.twice.iter().filter_map(|code| known.get(code));
    let mut named: HashSet<SkuId> = twice.map(|(sku, _)| *sku).collect();
    let blank = FeedLine {
        position: 0,
        kind: MismatchKind::Unknown,
        row: None,
        code: String::new(),
        sku: None,
        product: None,
        ours: None,
        theirs: None,
        adjusted_at: None,
    };
    for item in &file.items {
        let line = FeedLine {
            row: i64::try_from(item.row).ok(),
            code: item.code.clone(),
            theirs: Some(item.quantity),
            ..blank.clone()
        };
        let Some(&(sku, product)) = known.get(&item.code) else {
            lines.push(line);
            continue;
        };
        named.insert(sku);
        let on_hand = ours.get(&sku).map_or(0, |(_, on_hand)| *on_hand);
        // A list of goods does not limit what is downloaded: whoever wants that counts it.
        if on_hand == item.quantity || is_unlimited(on_hand) {
            matching += 1;
            continue;
        }
        lines.push(FeedLine {
            kind: MismatchKind::Differs,
            sku: Some(sku),
            product: Some(product),
            ours: Some(on_hand),
            ..line
        });
    }
    // Nor does it lie in any warehouse.
    let absent = ours
        .iter()
        .filter(|(sku, (_, on_hand))| *on_hand > 0 && !is_unlimited(*on_hand) && !named.contains(sku));
    let mut absent: Vec<_> = absent.collect();
    absent.sort_by_key(|(sku, _)| **sku);
    lines.extend(absent.into_iter().map(|(sku, (product, on_hand))| FeedLine {
        kind: MismatchKind::Missing,
        sku: Some(*sku),
        product: Some(*product),
        ours: Some(*on_hand),
        ..blank.clone()
    }));
    for (position, line) in (0..).zip(&mut lines) {
        line.position = position;
    }
    (lines, matching)
}

/// Gives the codes of SKUs that the file does not name; those that the catalogue has forgotten are told by their id.
async fn name_missing(ctx: &Ctx, catalog: &dyn Catalog, lines: &mut [FeedLine]) -> Result<(), Error> {
    let missing = |line: &&mut FeedLine| line.kind == MismatchKind::Missing;
    let mut missing: Vec<&mut FeedLine> = lines.iter_mut().filter(missing).collect();
    for batch in missing.chunks_mut(CATALOG_BATCH) {
        let skus: Vec<SkuId> = batch.iter().filter_map(|line| line.sku).collect();
        let offers = catalog.offers(ctx, skus).await?;
        let codes: HashMap<SkuId, String> = offers.into_iter().map(|o| (o.sku, o.code)).collect();
        for line in batch {
            let Some(sku) = line.sku else { continue };
            line.code = codes.get(&sku).cloned().unwrap_or_else(|| sku.to_string());
        }
    }
    Ok(())
}
