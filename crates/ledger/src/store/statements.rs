//! What shops' statements are made of.

use crate::domain::{Line, Place, Sums};
use crate::store::days::{Parts, just_after};
use chrono::NaiveDate;
use kernel::{Currency, DateTime, TenantId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a shop was owed up to a place, with the movement that stands there; reserves apart.
pub async fn owed_upto(
    conn: &mut PgConnection,
    tenant: TenantId,
    currency: Currency,
    place: Place,
) -> Result<i64, sqlx::Error> {
    let Parts { days, rest } = Parts::before(conn, place.at).await?;
    sqlx::query_scalar(
        "select coalesce(-sum(amount), 0)::bigint
           from (select amount from ledger.day_sum where tenant_id = $1 and account = 'seller_payable' and currency = $2 and day < $3
                 union all
                 select p.amount from ledger.moved_between($4, $5) p
                  where p.tenant_id = $1 and p.account = 'seller_payable' and p.currency = $2 and (p.at, p.entry_id) <= ($6, $7)) m",
    )
    .bind(tenant)
    .bind(currency.code())
    .bind(days[1])
    .bind(rest[0])
    .bind(just_after(place.at))
    .bind(place.at)
    .bind(place.entry)
    .persistent(false)
    .fetch_one(conn)
    .await
}

/// What all that moved between two moments comes to, the first included.
pub async fn sums(
    conn: &mut PgConnection,
    tenant: TenantId,
    currency: Currency,
    span: [Timestamp; 2],
) -> Result<Sums, sqlx::Error> {
    let Parts { days, rest } = Parts::of(conn, span).await?;
    let (net, commission, tax, payouts): (i64, i64, i64, i64) = sqlx::query_as(
        "select coalesce(-sum(amount) filter (where account = 'seller_payable'), 0)::bigint,
                coalesce(-sum(amount) filter (where account = 'commission_revenue'), 0)::bigint,
                coalesce(-sum(amount) filter (where account = 'tax_payable'), 0)::bigint,
                coalesce(sum(amount) filter (where account = 'seller_payable' and kind = 'payout'), 0)::bigint
           from (select account, kind, amount from ledger.day_sum
                  where tenant_id = $1 and account in ('seller_payable', 'commission_revenue', 'tax_payable') and currency = $2
                    and day >= $3 and day < $4
                 union all
                 select p.account, coalesce(o.kind, p.kind), p.amount
                   from ledger.moved_between($5, $6) p
                   left join lateral (select e.kind from ledger.entry e where p.kind = 'reversal' and e.id = p.reference limit 1) o on true
                  where p.tenant_id = $1 and p.account in ('seller_payable', 'commission_revenue', 'tax_payable') and p.currency = $2) m",
    )
    .bind(tenant)
    .bind(currency.code())
    .bind(days[0])
    .bind(days[1])
    .bind(rest[0])
    .bind(rest[1])
    .persistent(false)
    .fetch_one(conn)
    .await?;
    Ok(Sums {
        net,
        commission,
        tax,
        payouts,
    })
}

/// The next `wanted` movements behind a place and before `until`, fewer only where there are no more. What is read is the closed days in
/// which there are that many, and not all that are asked for.
pub async fn next_lines(
    conn: &mut PgConnection,
    tenant: TenantId,
    currency: Currency,
    [mut after, until]: [Place; 2],
    wanted: i64,
) -> Result<Vec<Line>, sqlx::Error> {
    let mut found = Vec::new();
    loop {
        let missing = wanted - i64::try_from(found.len()).unwrap_or(wanted);
        let enough = enough_before(conn, tenant, currency, [after.at, until.at], missing).await?;
        found.extend(lines(conn, tenant, currency, [after, Place::before(enough)], missing).await?);
        // Sums of days count entries that the lines leave out, if there are such: then there is more to read.
        if enough >= until.at || found.len() as i64 >= wanted {
            return Ok(found);
        }
        after = Place::before(enough);
    }
}

/// The end of the first closed day by which as many entries were posted from the first whole day on; `until` where there is none.
async fn enough_before(
    conn: &mut PgConnection,
    tenant: TenantId,
    currency: Currency,
    [from, until]: [Timestamp; 2],
    wanted: i64,
) -> Result<Timestamp, sqlx::Error> {
    let whole = Parts::first_whole_day(from);
    let [begins, _] = Parts::whole_days([whole, whole]);
    let Parts { days, .. } = Parts::of(conn, [begins, until]).await?;
    let day: Option<NaiveDate> = sqlx::query_scalar(
        "select day
           from (select day, sum(sum(entries)) over (order by day) as so_far
                   from ledger.day_sum
                  where tenant_id = $1 and account in ('seller_payable', 'commission_revenue', 'listing_revenue', 'tax_payable')
                    and currency = $2 and day >= $3 and day < $4
                  group by day) d
          where so_far >= $5::bigint
          order by day
          limit 1",
    )
    .bind(tenant)
    .bind(currency.code())
    .bind(days[0])
    .bind(days[1])
    .bind(wanted)
    .fetch_optional(conn)
    .await?;
    let behind = day.and_then(|day| day.succ_opt());
    Ok(behind.map_or(until, |day| Parts::whole_days([day, day])[0]))
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

/// What moved behind a place and before another, in order; at most `limit`. A reversal is shown as what it reverses.
pub async fn lines(
    conn: &mut PgConnection,
    tenant: TenantId,
    currency: Currency,
    [after, until]: [Place; 2],
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
                    and (p.at, p.entry_id) > ($3, $5)
                  group by p.entry_id, p.at, p.kind, p.reference
                  order by p.at, p.entry_id
                  limit $6) m
           left join ledger.entry o on o.id = case m.kind when 'reversal' then m.reference end
          order by m.at, m.entry",
    )
    .bind(tenant)
    .bind(currency.code())
    .bind(after.at)
    .bind(until.at)
    .bind(after.entry)
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
