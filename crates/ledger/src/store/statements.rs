//! What shops' statements are made of.

use crate::domain::Line;
use crate::store::days::Parts;
use kernel::{Currency, DateTime, TenantId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a shop was owed just before `at`, reserves apart.
pub async fn owed_before(
    conn: &mut PgConnection,
    tenant: TenantId,
    currency: Currency,
    at: Timestamp,
) -> Result<i64, sqlx::Error> {
    let Parts { days, rest } = Parts::before(conn, at).await?;
    sqlx::query_scalar(
        "select coalesce(-sum(amount), 0)::bigint
           from (select amount from ledger.day_sum where tenant_id = $1 and account = 'seller_payable' and currency = $2 and day < $3
                 union all
                 select amount from ledger.moved_between($4, $5)
                  where tenant_id = $1 and account = 'seller_payable' and currency = $2) m",
    )
    .bind(tenant)
    .bind(currency.code())
    .bind(days[1])
    .bind(rest[0])
    .bind(rest[1])
    .persistent(false)
    .fetch_one(conn)
    .await
}

#[derive(sqlx::FromRow)]
struct LineRow {
    entry: Uuid,
    at: DateTime,
    kind: String,
    reversal: bool,
    reference: Uuid,
    net: i64,
    commission: i64,
    tax: i64,
}

/// What moved between two moments, the first included, in order; at most `limit`. A reversal is shown as what it
/// reverses.
pub async fn lines(
    conn: &mut PgConnection,
    tenant: TenantId,
    currency: Currency,
    [from, until]: [Timestamp; 2],
    limit: i64,
) -> Result<Vec<Line>, sqlx::Error> {
    let rows: Vec<LineRow> = sqlx::query_as(
        "select m.entry, m.at, coalesce(o.kind, m.kind) as kind, o.id is not null as reversal,
                coalesce(o.reference, m.reference) as reference, m.net, m.commission, m.tax
           from (select p.entry_id as entry, p.at, p.kind, p.reference,
                        coalesce(-sum(p.amount) filter (where p.account = 'seller_payable'), 0)::bigint as net,
                        coalesce(-sum(p.amount) filter (where p.account = 'commission_revenue'), 0)::bigint as commission,
                        coalesce(-sum(p.amount) filter (where p.account = 'tax_payable'), 0)::bigint as tax
                   from ledger.moved_between($3, $4) p
                  where p.tenant_id = $1 and p.currency = $2
                    and p.account in ('seller_payable', 'commission_revenue', 'tax_payable')
                  group by p.entry_id, p.at, p.kind, p.reference
                  order by p.at, p.entry_id
                  limit $5) m
           left join ledger.entry o on o.id = case m.kind when 'reversal' then m.reference end
          order by m.at, m.entry",
    )
    .bind(tenant)
    .bind(currency.code())
    .bind(from)
    .bind(until)
    .bind(limit)
    .persistent(false)
    .fetch_all(conn)
    .await?;
    let line = |row: LineRow| Line {
        entry: row.entry,
        at: row.at,
        kind: row.kind,
        reversal: row.reversal,
        reference: row.reference,
        net: row.net,
        commission: row.commission,
        tax: row.tax,
    };
    Ok(rows.into_iter().map(line).collect())
}
