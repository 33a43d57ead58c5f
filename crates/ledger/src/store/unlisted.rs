//! Sales and refunds of closed days that no file of their provider names. Noted when one of the three things happens that make
//! them so: a file comes, a day is closed, it becomes known who has a charge. Whoever notes holds the boundary meanwhile,
//! so that no day is closed between two of them.

use super::days::Parts;
use crate::domain::entry_id;
use chrono::NaiveDate;
use kernel::Timestamp;
use sqlx::PgConnection;
use std::sync::LazyLock;
use uuid::Uuid;

/// A statement in which `{missing}` asks whether the entry `m` is.
pub fn with_missing(sql: &str) -> String {
    sql.replace("{missing}", include_str!("../sql/missing.sql"))
}

/// The day before which all are closed, and stay the only ones that are until the transaction ends. One at a time: of two who
/// note at once neither would see what the other has just made known.
pub async fn hold_boundary(conn: &mut PgConnection) -> Result<NaiveDate, sqlx::Error> {
    sqlx::query_scalar("select closed_before from ledger.closed for no key update")
        .fetch_one(conn)
        .await
}

static NOTE_BETWEEN: LazyLock<String> = LazyLock::new(|| {
    with_missing(
        "insert into ledger.unlisted (entry_id, kind, order_id, currency, amount, at)
         select m.entry_id, m.kind, m.order_id, m.currency, m.amount, m.at
           from (select entry_id, kind, reference as order_id, currency, amount, at
                   from ledger.moved_between($1, $2)
                  where kind in ('sale', 'refund') and account = 'provider_clearing') m
          where {missing}
         on conflict do nothing",
    )
});

/// Notes those between two times, of days that are closed.
pub async fn note_between(conn: &mut PgConnection, [from, until]: [Timestamp; 2]) -> Result<(), sqlx::Error> {
    if from >= until {
        return Ok(());
    }
    sqlx::query(NOTE_BETWEEN.as_str())
        .bind(from)
        .bind(until)
        .persistent(false)
        .execute(conn)
        .await?;
    Ok(())
}

/// A file covers these days, the last included.
pub async fn note_of_file(conn: &mut PgConnection, [first, last]: [NaiveDate; 2]) -> Result<(), sqlx::Error> {
    let closed_before = hold_boundary(conn).await?;
    let span = Parts::whole_days([first, last.succ_opt().unwrap_or(last).min(closed_before)]);
    note_between(conn, span).await
}

static NOTE_OF_ORDERS: LazyLock<String> = LazyLock::new(|| {
    with_missing(
        "insert into ledger.unlisted (entry_id, kind, order_id, currency, amount, at)
         select m.entry_id, m.kind, m.order_id, m.currency, m.amount, m.at
           from (select e.id as entry_id, e.kind, e.reference as order_id, p.currency, p.amount, e.at
                   from (select id, kind, reference, at from ledger.entry where id = any($1)
                         union
                         select id, kind, reference, at from ledger.entry
                          where kind = 'sale' and id in (select h.entry_id from ledger.hold h where h.reference = any($2))
                         union all
                         select id, kind, reference, at from ledger.entry where kind = 'refund' and reference = any($2)) e
                   join ledger.posting p on p.entry_id = e.id and p.account = 'provider_clearing'
                  where e.at < $3) m
          where {missing}
         on conflict do nothing",
    )
});

/// It became known who has the charges of some orders.
pub async fn note_of_orders(conn: &mut PgConnection, orders: &[Uuid]) -> Result<(), sqlx::Error> {
    if orders.is_empty() {
        return Ok(());
    }
    let closed_before = hold_boundary(conn).await?;
    let [_, until] = Parts::whole_days([closed_before, closed_before]);
    sqlx::query(NOTE_OF_ORDERS.as_str())
        .bind(
            orders
                .iter()
                .map(|order| entry_id("sale", *order).0)
                .collect::<Vec<_>>(),
        )
        .bind(orders)
        .bind(until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Files name these entries now. One that stays nevertheless is seen to be named when it is read.
pub async fn forget(conn: &mut PgConnection, entries: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from ledger.unlisted where entry_id = any($1)")
        .bind(entries)
        .execute(conn)
        .await?;
    Ok(())
}

static UNNOTED: LazyLock<String> = LazyLock::new(|| with_missing(include_str!("../sql/verify_breaks.sql")));

/// What the list of disagreements would leave out, in words; at most `limit`.
pub async fn overlooked(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(UNNOTED.as_str())
        .bind(limit)
        .fetch_all(conn)
        .await
}
