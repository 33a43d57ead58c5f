//! Builds the read tables anew from the histories, as a shadow beside the live ones, and what was sold by day from these; and
//! compares the two: proof that nothing is in the tables that did not happen. Nothing is changed.

use crate::domain::{Event, evolve};
use crate::project::{LineRow, OrderRow, Rows, SubOrderRow, rows};
use crate::{Error, Orders, store};
use ::store::{Scope, Tx};
use chrono::NaiveDate;
use kernel::OrderId;
use serde::Serialize;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// Histories folded at once.
const BATCH: i64 = 500;
/// Differences named before a report stops; where there are more, the first ones tell enough.
const DIFFERENCES_MAX: i64 = 100;

/// What a replay did and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    pub orders: u64,
    pub events: u64,
    /// In order of orders; at most 100 of each table.
    pub differences: Vec<Difference>,
    /// Days on which something was sold, and that are summed up.
    pub days: u64,
    /// Of these, in order, those of whose orders something was told that is not summed up yet: they say nothing of either.
    pub left_out: Vec<NaiveDate>,
    /// At most 100, in order of table and day.
    pub sum_differences: Vec<SumDifference>,
}

/// A sum that is not what the histories add up to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SumDifference {
    /// `orders.sales_day` or `orders.sales_month`.
    pub table: String,
    /// Of a month its first.
    pub day: NaiveDate,
    /// What the table says, and what the histories do.
    pub what: String,
}

impl std::fmt::Display for SumDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.table, self.day, self.what)
    }
}

/// A row that is not as its history says.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Difference {
    pub order: OrderId,
    /// The table, such as `orders.line`.
    pub table: String,
    pub row: Uuid,
    /// `differs from what its history says`, `is missing` or `is in no history`.
    pub what: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            order,
            table,
            row,
            what,
        } = self;
        write!(f, "order {order}: {table} {row} {what}")
    }
}

/// Replays all histories in one snapshot, so that a running marketplace does not show as a difference, batch by batch,
/// and tells `progress` how many orders are behind it.
pub async fn replay(orders: &Orders, progress: impl FnMut(u64)) -> Result<Replayed, Error> {
    let mut tx = snapshot(orders).await?;
    let mut replayed = replay_tables(&mut tx, progress).await?;
    replayed.days = u64::try_from(store::shadow::sum_up(&mut tx).await?).unwrap_or_default();
    replayed.left_out = store::shadow::told(&mut tx).await?;
    replayed.sum_differences =
        store::shadow::sum_differences(&mut tx, &replayed.left_out, DIFFERENCES_MAX).await?;
    tx.rollback().await?;
    Ok(replayed)
}

async fn snapshot(orders: &Orders) -> Result<Tx, Error> {
    let mut tx = orders.db().begin(Scope::System).await?;
    sqlx::query("set transaction isolation level repeatable read")
        .execute(&mut *tx)
        .await?;
    Ok(tx)
}

/// The tables that follow each order.
async fn replay_tables(tx: &mut Tx, mut progress: impl FnMut(u64)) -> Result<Replayed, Error> {
    store::shadow::make(tx).await?;
    let mut replayed = Replayed::default();
    let mut after = None;
    while let Some(last) = replay_batch(tx, after, &mut replayed).await? {
        progress(replayed.orders);
        after = Some(last);
    }
    replayed.differences = store::shadow::differences(tx, DIFFERENCES_MAX).await?;
    Ok(replayed)
}

/// As findings in words, for those who check all the books.
pub async fn verify(orders: &Orders) -> Result<Vec<String>, Error> {
    let mut tx = snapshot(orders).await?;
    let replayed = replay_tables(&mut tx, |_| ()).await?;
    tx.rollback().await?;
    let mut findings: Vec<String> = replayed.differences.iter().map(Difference::to_string).collect();
    let mut tx = orders.db().begin(Scope::System).await?;
    findings.extend(store::wrong_credit_notes(&mut tx, DIFFERENCES_MAX).await?);
    findings.extend(store::sums::wrong(&mut tx, DIFFERENCES_MAX).await?);
    let gaps = store::invoices::gaps(&mut tx).await?;
    tx.rollback().await?;
    findings.extend(
        gaps.iter()
            .map(|shop| format!("shop {shop}: its invoices are not numbered without a gap")),
    );
    Ok(findings)
}

/// Replays the next histories above `after`; gives the last one's id, or `None` when there are no more.
async fn replay_batch(
    tx: &mut Tx,
    after: Option<Uuid>,
    replayed: &mut Replayed,
) -> Result<Option<Uuid>, Error> {
    let events = store::shadow::histories_after(tx, after, BATCH).await?;
    let Some(last) = events.last().map(|event| event.0) else {
        return Ok(None);
    };
    replayed.events += events.len() as u64;
    let mut orders = HashMap::new();
    for (stream, version, at, payload) in events {
        let id = OrderId(stream);
        let event: Event = serde_json::from_value(payload)?;
        if let Some(order) = evolve(orders.remove(&id), id, version, at, event) {
            orders.insert(id, order);
        }
    }
    replayed.orders += orders.len() as u64;
    let made = Made::of(orders.values().map(rows));
    store::shadow::fill(tx, "order", &Json(made.orders)).await?;
    store::shadow::fill(tx, "sub_order", &Json(made.sub_orders)).await?;
    store::shadow::fill(tx, "line", &Json(made.lines)).await?;
    Ok(Some(last))
}

/// The rows of a batch, table by table.
#[derive(Default, Serialize)]
struct Made {
    orders: Vec<OrderRow>,
    sub_orders: Vec<SubOrderRow>,
    lines: Vec<LineRow>,
}

impl Made {
    fn of(orders: impl Iterator<Item = Rows>) -> Self {
        orders.fold(Self::default(), |mut made, rows| {
            made.orders.push(rows.order);
            made.sub_orders.extend(rows.sub_orders);
            made.lines.extend(rows.lines);
            made
        })
    }
}
