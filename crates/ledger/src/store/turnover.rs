//! What was sold in a time, and what was posted about one order.

use super::days::Parts;
use contracts::ledger::Grain;
use kernel::Timestamp;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

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
    span: [Timestamp; 2],
    by: Grain,
) -> Result<Vec<TurnoverRow>, sqlx::Error> {
    let Parts { days, rest } = Parts::of(conn, span).await?;
    sqlx::query_as(
        "select date_trunc($5, m.day::timestamp)::date as day, m.currency::text as currency,
                coalesce(sum(m.amount) filter (where m.kind = 'sale' and m.account = any($6)), 0)::bigint as sold,
                coalesce(-sum(m.amount) filter (where m.kind = 'refund' and m.account = any($6)), 0)::bigint as refunded,
                coalesce(-sum(m.amount) filter (where m.account = 'commission_revenue'), 0)::bigint as commission
           from (select day, kind, account, currency, amount
                   from ledger.day_total
                  where day >= $1 and day < $2 and not is_reversal
                 union all
                 select (at at time zone 'UTC')::date, kind, account, currency, amount
                   from ledger.moved_between($3, $4)) m
          where m.kind in ('sale', 'refund')
          group by 1, m.currency
          order by 1, m.currency",
    )
    .bind(days[0])
    .bind(days[1])
    .bind(rest[0])
    .bind(rest[1])
    .bind(by.name())
    .bind(["provider_clearing", "gift_cards_outstanding", "store_credit_outstanding"])
    .persistent(false)
    .fetch_all(conn)
    .await
}

#[derive(sqlx::FromRow)]
pub struct EntryRow {
    pub kind: String,
    pub at: Timestamp,
    pub postings: Json<Vec<PostingRow>>,
}

/// Account, shop, currency, amount.
pub type PostingRow = (String, Option<Uuid>, String, i64);

/// The sale's id is known, those of sales by takes have holds; refunds have an index by order.
pub async fn of_order(
    conn: &mut PgConnection,
    sale: Uuid,
    order: Uuid,
) -> Result<Vec<EntryRow>, sqlx::Error> {
    sqlx::query_as(
        "select e.kind, e.at, p.postings
           from (select id, kind, at from ledger.entry where id = $1
                 union
                select id, kind, at from ledger.entry
                 where kind = 'sale' and id in (select h.entry_id from ledger.hold h where h.reference = $2)
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
