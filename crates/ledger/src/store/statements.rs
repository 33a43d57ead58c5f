//! What shops' statements are made of.

use crate::domain::Line;
use crate::store::BalanceRow;
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
    sqlx::query_scalar(
        "select coalesce(-sum(p.amount), 0)::bigint
           from ledger.posting p
           join ledger.entry e on e.id = p.entry_id
          where p.tenant_id = $1 and p.account = 'seller_payable' and p.currency = $2 and e.at < $3",
    )
    .bind(tenant)
    .bind(currency.code())
    .bind(at)
    .fetch_one(conn)
    .await
}

/// A shop's accounts as they stood at a past moment.
pub async fn balances_at(
    conn: &mut PgConnection,
    tenant: TenantId,
    at: Timestamp,
) -> Result<Vec<BalanceRow>, sqlx::Error> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "select p.account, p.currency, sum(p.amount)::bigint
           from ledger.posting p
           join ledger.entry e on e.id = p.entry_id
          where p.tenant_id = $1 and e.at <= $2
          group by p.account, p.currency
          order by p.account, p.currency",
    )
    .bind(tenant)
    .bind(at)
    .fetch_all(conn)
    .await?;
    let row = |(account, currency, balance)| BalanceRow {
        account,
        currency,
        balance,
    };
    Ok(rows.into_iter().map(row).collect())
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
           from (select e.id as entry, e.at, e.kind, e.reference,
                        coalesce(-sum(p.amount) filter (where p.account = 'seller_payable'), 0)::bigint as net,
                        coalesce(-sum(p.amount) filter (where p.account = 'commission_revenue'), 0)::bigint as commission,
                        coalesce(-sum(p.amount) filter (where p.account = 'tax_payable'), 0)::bigint as tax
                   from ledger.posting p
                   join ledger.entry e on e.id = p.entry_id
                  where p.tenant_id = $1 and p.currency = $2 and e.at >= $3 and e.at < $4
                    and p.account in ('seller_payable', 'commission_revenue', 'tax_payable')
                  group by e.id, e.at, e.kind, e.reference
                  order by e.at, e.id
                  limit $5) m
           left join ledger.entry o on m.kind = 'reversal' and o.id = m.reference
          order by m.at, m.entry",
    )
    .bind(tenant)
    .bind(currency.code())
    .bind(from)
    .bind(until)
    .bind(limit)
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
