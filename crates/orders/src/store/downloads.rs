//! What was downloaded of orders, and by which secrets.

use kernel::{FileId, LineId, OrderId, Timestamp};
use sqlx::PgPool;
use std::collections::HashMap;

/// A download that was granted.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Ticket {
    #[sqlx(rename = "order_id")]
    pub order: OrderId,
    #[sqlx(rename = "line_id")]
    pub line: LineId,
    #[sqlx(rename = "file_id")]
    pub file: FileId,
    pub until: Timestamp,
}

/// How often each file of an order was downloaded; those that never were are left out.
pub async fn times(pool: &PgPool, order: OrderId) -> Result<HashMap<(LineId, FileId), i32>, sqlx::Error> {
    let rows: Vec<(LineId, FileId, i32)> =
        sqlx::query_as("select line_id, file_id, times from orders.download where order_id = $1")
            .bind(order)
            .fetch_all(pool)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(line, file, times)| ((line, file), times))
        .collect())
}

/// Counts a download and keeps its ticket, and gives how many that makes; none where it was downloaded `times_max` times
/// before. However many ask at once, no more are granted. Tickets of the order that are over go.
pub async fn count(
    pool: &PgPool,
    ticket: &Ticket,
    hash: &[u8; 32],
    times_max: u16,
    now: Timestamp,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar(
        "with counted as (
             insert into orders.download as d (order_id, line_id, file_id, times, last_at)
             values ($1, $2, $3, 1, $4)
             on conflict on constraint download_pkey do update
                set times = d.times + 1, last_at = excluded.last_at
              where d.times < $5
             returning d.times
         ), over as (
             delete from orders.download_ticket where order_id = $1 and until < $4
         ), kept as (
             insert into orders.download_ticket (hash, order_id, line_id, file_id, until)
             select $6, $1, $2, $3, $7 from counted
         )
         select times from counted",
    )
    .bind(ticket.order)
    .bind(ticket.line)
    .bind(ticket.file)
    .bind(now)
    .bind(i32::from(times_max))
    .bind(&hash[..])
    .bind(ticket.until)
    .fetch_optional(pool)
    .await
}

pub async fn ticket(pool: &PgPool, hash: &[u8; 32]) -> Result<Option<Ticket>, sqlx::Error> {
    sqlx::query_as("select order_id, line_id, file_id, until from orders.download_ticket where hash = $1")
        .bind(&hash[..])
        .fetch_optional(pool)
        .await
}

pub async fn add_pass(
    pool: &PgPool,
    order: OrderId,
    hash: &[u8; 32],
    now: Timestamp,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("insert into orders.download_pass (hash, order_id, made_at, until) values ($1, $2, $3, $4)")
        .bind(&hash[..])
        .bind(order)
        .bind(now)
        .bind(until)
        .execute(pool)
        .await?;
    Ok(())
}

/// Forgets tickets and passes that are over, so many of each at once; how many of both.
pub async fn forget(pool: &PgPool, now: Timestamp, limit: i64) -> Result<u64, sqlx::Error> {
    let mut gone = 0;
    for over in [
        "delete from orders.download_ticket
          where hash = any(array(select hash from orders.download_ticket where until < $1 limit $2))",
        "delete from orders.download_pass
          where hash = any(array(select hash from orders.download_pass where until < $1 limit $2))",
    ] {
        let done = sqlx::query(over).bind(now).bind(limit).execute(pool).await?;
        gone += done.rows_affected();
    }
    Ok(gone)
}

pub async fn order_of_pass(pool: &PgPool, hash: &[u8; 32]) -> Result<Option<OrderId>, sqlx::Error> {
    sqlx::query_scalar("select order_id from orders.download_pass where hash = $1")
        .bind(&hash[..])
        .fetch_optional(pool)
        .await
}
