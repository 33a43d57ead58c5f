//! What was sold in a time, and what was posted about one order.

use contracts::ledger::Grain;
use kernel::{Timestamp, uuid_floor};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// An entry has the time of what it is about in its id: a sale that of its order, which is paid while its goods are held, or
/// soon after. So long before the time begins entries are looked for.
const PAID_WITHIN: chrono::TimeDelta = chrono::TimeDelta::days(62);

#[derive(sqlx::FromRow)]
pub struct TurnoverRow {
    pub day: chrono::NaiveDate,
    pub currency: String,
    pub sold: i64,
    pub refunded: i64,
    pub commission: i64,
}

pub async fn turnover(
    conn: &mut PgConnection,
    [from, until]: [Timestamp; 2],
    by: Grain,
) -> Result<Vec<TurnoverRow>, sqlx::Error> {
    sqlx::query_as(
        "select date_trunc($4, e.at at time zone 'UTC')::date as day, p.currency::text as currency,
                coalesce(sum(p.amount) filter (where e.kind = 'sale' and p.account = any($5)), 0)::bigint as sold,
                coalesce(-sum(p.amount) filter (where e.kind = 'refund' and p.account = any($5)), 0)::bigint as refunded,
                coalesce(-sum(p.amount) filter (where p.account = 'commission_revenue'), 0)::bigint as commission
           from ledger.entry e
           join ledger.posting p on p.entry_id = e.id
          where e.id >= $3 and p.entry_id >= $3 and e.at >= $1 and e.at < $2 and e.kind in ('sale', 'refund')
          group by 1, 2
          order by 1, 2",
    )
    .bind(from)
    .bind(until)
    .bind(uuid_floor(from - PAID_WITHIN))
    .bind(by.name())
    .bind(["provider_clearing", "gift_cards_outstanding", "store_credit_outstanding"])
    .fetch_all(conn)
    .await
}

#[derive(sqlx::FromRow)]
pub struct EntryRow {
    pub kind: String,
    pub at: Timestamp,
    /// Account, shop, currency, amount.
    pub postings: Json<Vec<(String, Option<Uuid>, String, i64)>>,
}

/// The sale's id is known; refunds have an index by order.
pub async fn of_order(
    conn: &mut PgConnection,
    sale: Uuid,
    order: Uuid,
) -> Result<Vec<EntryRow>, sqlx::Error> {
    sqlx::query_as(
        "select e.kind, e.at, p.postings
           from (select id, kind, at from ledger.entry where id = $1
                 union all
                 select id, kind, at from ledger.entry where reference = $2 and kind = 'refund') e
          cross join lateral (
                select jsonb_agg(jsonb_build_array(account, tenant_id, currency, amount) order by line) as postings
                  from ledger.posting where entry_id = e.id) p
          where p.postings is not null
          order by e.at, e.id",
    )
    .bind(sale)
    .bind(order)
    .fetch_all(conn)
    .await
}
