//! A second set of the sums by day, for as long as a transaction lasts.

use crate::replay::Difference;
use sqlx::{AssertSqlSafe, PgConnection};

/// Tables like the live ones, empty, that end with the transaction.
pub async fn make(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    for table in ["day_sum", "day_total"] {
        let create = format!(
            "create temporary table shadow_{table} (like ledger.{table} including constraints) on commit drop"
        );
        sqlx::query(AssertSqlSafe(create)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Sums up what was posted on closed days: how many postings on how many days.
pub async fn sum_up(conn: &mut PgConnection) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(include_str!("../sql/shadow_days.sql"))
        .fetch_one(conn)
        .await
}

/// Sums of which the live tables and their shadow say different things, at most `limit`.
pub async fn differences(conn: &mut PgConnection, limit: i64) -> Result<Vec<Difference>, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/shadow_differences.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}
