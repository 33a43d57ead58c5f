//! A second set of the read tables, for as long as a transaction lasts.

use crate::replay::{Difference, SumDifference};
use chrono::NaiveDate;
use kernel::Timestamp;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Tables like the live ones, empty, that end with the transaction.
pub async fn make(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    for table in ["order", "sub_order", "line", "sales_day"] {
        let create = format!(
            "create temporary table shadow_{table} (like orders.{table} including constraints) on commit drop"
        );
        sqlx::query(AssertSqlSafe(create)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Writes rows into a shadow, by the names of their columns, in one statement.
pub async fn fill<T: Serialize + Sync>(
    conn: &mut PgConnection,
    table: &'static str,
    rows: &Json<Vec<T>>,
) -> Result<(), sqlx::Error> {
    let insert =
        format!("insert into shadow_{table} select (jsonb_populate_recordset(null::orders.{table}, $1)).*");
    sqlx::query(AssertSqlSafe(insert))
        .bind(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Rows of which the live table and its shadow say different things, at most `limit` of each table.
pub async fn differences(conn: &mut PgConnection, limit: i64) -> Result<Vec<Difference>, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/shadow_rows.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// The events of the next `limit` histories above `after`, in order.
pub async fn histories_after(
    conn: &mut PgConnection,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, i64, Timestamp, serde_json::Value)>, sqlx::Error> {
    sqlx::query_as(
        "select stream_id, version, at, payload
           from orders.event
          where stream_id = any(array(select stream_id
                                        from orders.event
                                       where version = 1 and ($1::uuid is null or stream_id > $1)
                                       order by stream_id
                                       limit $2))
          order by stream_id, version",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Sums the shadow's sub-orders up by day, as far as the live ones are, and says how many days those are.
pub async fn sum_up(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    // Nobody else looks at tables that end with a transaction.
    for table in ["shadow_sub_order", "shadow_line"] {
        let analyze = format!("analyze {table}");
        sqlx::query(AssertSqlSafe(analyze)).execute(&mut *conn).await?;
    }
    sqlx::query(include_str!("../sql/shadow_sales.sql"))
        .execute(&mut *conn)
        .await?;
    sqlx::query_scalar("select count(distinct day) from shadow_sales_day")
        .fetch_one(conn)
        .await
}

/// Days that are summed up and of whose orders something was told that is not heard or not summed up yet.
pub async fn told(conn: &mut PgConnection) -> Result<Vec<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar(
        "select told.day
           from (select day from orders.sales_stale
                 union
                 select orders.day_of(e.key) + later
                   from log.cursor c
                   join log.event e on e.topic = any (c.topics) and (e.xid, e.id) > (c.xid, c.id)
                  cross join generate_series(0, 1) as later
                  where c.consumer = 'orders.sales') told
           join orders.sales_summed s on told.day < s.before
          order by 1",
    )
    .fetch_all(conn)
    .await
}

/// Sums of which the live tables and their shadow say different things, but for those of `told` days.
pub async fn sum_differences(
    conn: &mut PgConnection,
    told: &[NaiveDate],
    limit: i64,
) -> Result<Vec<SumDifference>, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/shadow_differences.sql"))
        .bind(told)
        .bind(limit)
        .fetch_all(conn)
        .await
}
