//! Lists of threads and of messages, and how soon shops answer.

use super::{MessageRow, ThreadRow, columns, party, side};
use contracts::messages::{Party, ThreadBox, ThreadQuery};
use kernel::{MessageId, OrderId, TenantId, ThreadId, Timestamp};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// A party's threads, those with the latest messages first, behind a thread whose last message is named.
pub async fn threads(
    conn: &mut PgConnection,
    who: Party,
    query: ThreadQuery,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<ThreadRow>, sqlx::Error> {
    let ((of, own), list, word) = (party(who), columns!(), side(who.side()));
    let which = match query.which {
        ThreadBox::Open => format!("{word}_archived_at is null"),
        ThreadBox::Unread => format!("{word}_unread > 0 and {word}_archived_at is null"),
        ThreadBox::Archived => format!("{word}_archived_at is not null"),
    };
    // Only words of this crate are put together here.
    let sql = format!(
        "select {list} from messages.thread
          where {of} = $1 and {which} and ($2::uuid is null or order_id = $2) and ($3::uuid is null or last_id < $3)
          order by last_id desc limit $4"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(own)
        .bind(query.order)
        .bind(before)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Messages that a party has not read.
pub async fn count_of_order(conn: &mut PgConnection, order: OrderId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select coalesce(sum(messages), 0)::bigint from messages.thread where order_id = $1")
        .bind(order)
        .fetch_one(conn)
        .await
}

pub async fn unread(conn: &mut PgConnection, who: Party) -> Result<i64, sqlx::Error> {
    let ((of, own), word) = (party(who), side(who.side()));
    let sql = format!(
        "select coalesce(sum({word}_unread), 0)::bigint from messages.thread where {of} = $1 and {word}_unread > 0"
    );
    sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(own)
        .fetch_one(conn)
        .await
}

/// Messages of a thread, the latest first.
pub async fn messages(
    conn: &mut PgConnection,
    thread: ThreadId,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<MessageRow>, sqlx::Error> {
    sqlx::query_as(
        "select m.id, m.by, m.kind, m.text, m.hidden, m.at, m.removal,
                q.amount, q.currency, q.lead_days, q.valid_until, q.status
           from messages.message m left join messages.quote q on q.message_id = m.id
          where m.thread_id = $1 and ($2::uuid is null or m.id < $2)
          order by m.id desc limit $3",
    )
    .bind(thread)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// One message of a thread.
pub async fn message(
    conn: &mut PgConnection,
    thread: ThreadId,
    id: MessageId,
) -> Result<Option<MessageRow>, sqlx::Error> {
    sqlx::query_as(
        "select m.id, m.by, m.kind, m.text, m.hidden, m.at, m.removal,
                q.amount, q.currency, q.lead_days, q.valid_until, q.status
           from messages.message m left join messages.quote q on q.message_id = m.id
          where m.thread_id = $1 and m.id = $2",
    )
    .bind(thread)
    .bind(id)
    .fetch_optional(conn)
    .await
}

#[derive(sqlx::FromRow)]
pub struct Answering {
    pub shop: TenantId,
    pub threads: i64,
    /// Seconds, of half of them.
    pub median_s: i64,
}

/// How soon some shops answered what began since then. What is not answered counts as long as it has waited; but for what
/// began after `fresh`, of which nothing can be said yet.
pub async fn response_times(
    conn: &mut PgConnection,
    shops: &[Uuid],
    since: Timestamp,
    fresh: Timestamp,
    now: Timestamp,
    least: u32,
) -> Result<Vec<Answering>, sqlx::Error> {
    sqlx::query_as(
        "select tenant_id as shop, count(*) as threads,
                percentile_disc(0.5) within group (order by extract(epoch from coalesce(answered_at, $4) - started_at)::bigint) as median_s
           from messages.thread
          where tenant_id = any($1) and started_at >= $2 and (answered_at is not null or started_at < $3)
          group by tenant_id having count(*) >= $5",
    )
    .bind(shops)
    .bind(since)
    .bind(fresh)
    .bind(now)
    .bind(i64::from(least))
    .fetch_all(conn)
    .await
}
