//! All SQL of the ledger, save the till's batch. Statements about spans of time (`ledger.moved_between`) are planned each time, for
//! the span that is asked for: they are not `persistent`.

pub mod charges;
pub mod commission;
pub mod days;
pub mod entries;
pub mod holds;
pub mod listings;
pub mod payouts;
pub mod purses;
pub mod settlements;
pub mod shadow;
pub mod statements;
pub mod terms;
pub mod turnover;
pub mod unlisted;
pub mod years;

use days::Parts;
use sqlx::PgConnection;
use uuid::Uuid;

/// What an account holds in one currency.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BalanceRow {
    pub account: String,
    pub currency: String,
    pub balance: i64,
}

/// Every account's balance just before `until`, shops' accounts summed up.
pub async fn trial_balance(
    conn: &mut PgConnection,
    until: kernel::Timestamp,
) -> Result<Vec<BalanceRow>, sqlx::Error> {
    let Parts { days, rest } = Parts::before(conn, until).await?;
    sqlx::query_as(
        "select account, currency::text as currency, sum(amount)::bigint as balance
           from (select account, currency, amount from ledger.day_total where day < $1
                 union all
                 select account, currency, amount from ledger.moved_between($2, $3)) m
          group by account, m.currency
          order by account, m.currency",
    )
    .bind(days[1])
    .bind(rest[0])
    .bind(rest[1])
    .persistent(false)
    .fetch_all(conn)
    .await
}

/// A shop's accounts just before `until`.
pub async fn shop_balances(
    conn: &mut PgConnection,
    tenant: kernel::TenantId,
    until: kernel::Timestamp,
) -> Result<Vec<BalanceRow>, sqlx::Error> {
    let Parts { days, rest } = Parts::before(conn, until).await?;
    sqlx::query_as(
        "select account, currency::text as currency, sum(amount)::bigint as balance
           from (select account, currency, amount from ledger.day_sum where tenant_id = $1 and day < $2
                 union all
                 select account, currency, amount from ledger.moved_between($3, $4) where tenant_id = $1) m
          group by account, m.currency
          order by account, m.currency",
    )
    .bind(tenant)
    .bind(days[1])
    .bind(rest[0])
    .bind(rest[1])
    .persistent(false)
    .fetch_all(conn)
    .await
}

/// Currencies in which the whole ledger does not sum to zero, and by how much.
pub async fn imbalances(conn: &mut PgConnection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select currency as "currency!", sum(amount)::bigint as "off!"
             from ledger.posting group by currency having sum(amount) <> 0"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.currency, r.off)).collect())
}

/// Entries that do not balance on their own, or that have no posting at all; at most `limit`.
pub async fn broken_entries(conn: &mut PgConnection, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select e.id
             from ledger.entry e
             left join (select entry_id, currency, sum(amount) as off from ledger.posting group by entry_id, currency) s
                    on s.entry_id = e.id
            where s.entry_id is null or s.off <> 0
            limit $1"#,
        limit
    )
    .fetch_all(conn)
    .await
}

/// What is wrong with reversals, payouts and holds, in words; at most `limit`.
pub async fn unsettled(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/verify_settlement.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Closed days whose sums are not what was posted on them, in words; at most `limit`.
pub async fn wrong_days(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/verify_days.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}
