//! All SQL of the ledger, save the till's batch.

pub mod charges;
pub mod commission;
pub mod entries;
pub mod holds;
pub mod listings;
pub mod payouts;
pub mod purses;
pub mod settlements;
pub mod statements;
pub mod terms;
pub mod turnover;
pub mod years;

use sqlx::PgConnection;
use uuid::Uuid;

/// What an account holds in one currency.
pub struct BalanceRow {
    pub account: String,
    pub currency: String,
    pub balance: i64,
}

/// Every account's balance at `at`, shops' accounts summed up.
pub async fn trial_balance(
    conn: &mut PgConnection,
    at: kernel::Timestamp,
) -> Result<Vec<BalanceRow>, sqlx::Error> {
    sqlx::query_as!(
        BalanceRow,
        r#"select p.account, p.currency as "currency!", sum(p.amount)::bigint as "balance!"
             from ledger.posting p
             join ledger.entry e on e.id = p.entry_id
            where e.at <= $1
            group by p.account, p.currency
            order by p.account, p.currency"#,
        at
    )
    .fetch_all(conn)
    .await
}

/// A shop's accounts.
pub async fn shop_balances(conn: &mut PgConnection, tenant: Uuid) -> Result<Vec<BalanceRow>, sqlx::Error> {
    sqlx::query_as!(
        BalanceRow,
        r#"select account, currency as "currency!", sum(amount)::bigint as "balance!"
             from ledger.posting
            where tenant_id = $1
            group by account, currency
            order by account, currency"#,
        tenant
    )
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
