//! Messages on their way into a thread, and how many there were of late.

use super::{MessageRow, ThreadRow, columns, name, names, side};
use crate::error::Error;
use contracts::messages::{ContactKind, MessageKind, Party, Side};
use kernel::{MessageId, Timestamp, UserId, uuid_floor};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// One more message of a thread.
#[derive(Clone, Debug)]
pub struct Sent {
    pub id: MessageId,
    pub by: Side,
    pub author: Option<UserId>,
    pub kind: MessageKind,
    /// What both read.
    pub text: String,
    pub hidden: Vec<ContactKind>,
    /// How lists show it.
    pub excerpt: String,
    pub at: Timestamp,
}

/// What there was in a while, and when the first of it.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Window {
    pub count: i64,
    pub first: Option<Timestamp>,
}

/// Lets one sender write at a time, until the transaction ends: else two at once would both be the last that may.
pub async fn take_turn(conn: &mut PgConnection, sender: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('messages ' || $1::uuid::text, 0))")
        .bind(sender)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn sent_since(
    conn: &mut PgConnection,
    who: Party,
    since: Timestamp,
) -> Result<Window, sqlx::Error> {
    let sql = match who {
        Party::Buyer(_) => {
            "select count(*) as count, min(at) as first from messages.message where by = 'buyer' and author_id = $1 and id >= $2"
        }
        Party::Shop(_) => {
            "select count(*) as count, min(at) as first from messages.message where by = 'shop' and tenant_id = $1 and id >= $2"
        }
    };
    sqlx::query_as(sql)
        .bind(super::party(who).1)
        .bind(uuid_floor(since))
        .fetch_one(conn)
        .await
}

pub async fn started_since(
    conn: &mut PgConnection,
    buyer: UserId,
    since: Timestamp,
) -> Result<Window, sqlx::Error> {
    sqlx::query_as(
        "select count(*) as count, min(started_at) as first from messages.thread
          where buyer_id = $1 and started_at >= $2 and last_id >= $3",
    )
    .bind(buyer)
    .bind(since)
    // What was begun since then was written in since then: the index of one's threads has that.
    .bind(uuid_floor(since))
    .fetch_one(conn)
    .await
}

/// Writes a message into its thread, which is locked. Answers the thread as it is then.
pub async fn write(
    conn: &mut PgConnection,
    thread: &ThreadRow,
    sent: &Sent,
) -> Result<(ThreadRow, MessageRow), Error> {
    let message = sqlx::query_as(
        "insert into messages.message (id, tenant_id, thread_id, by, author_id, kind, text, hidden, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         returning id, by, kind, text, hidden, at, removal,
                   null::bigint as amount, null::text as currency, null::int as lead_days, null::date as valid_until,
                   null::text as status",
    )
    .bind(sent.id)
    .bind(thread.tenant_id)
    .bind(thread.id)
    .bind(side(sent.by))
    .bind(sent.author)
    .bind(name(sent.kind)?)
    .bind(&sent.text)
    .bind(names(&sent.hidden)?)
    .bind(sent.at)
    .fetch_one(&mut *conn)
    .await?;
    // Two who write at the same time may be locked in another order than that of their clocks: the latest stays the latest.
    let (own, other, list) = (side(sent.by), side(sent.by.other()), columns!());
    let answered = match sent.by {
        Side::Shop => ", answered_at = coalesce(answered_at, $5)",
        Side::Buyer => "",
    };
    let sql = format!(
        "update messages.thread
            set last_id = greatest(last_id, $2), last_at = greatest(last_at, $5),
                last_by = case when $2 > last_id then $3 else last_by end,
                excerpt = case when $2 > last_id then $4 else excerpt end,
                messages = messages + 1, {other}_unread = {other}_unread + 1, {other}_archived_at = null,
                {own}_archived_at = null{answered}
          where id = $1
         returning {list}"
    );
    let thread = sqlx::query_as(AssertSqlSafe(sql))
        .bind(thread.id)
        .bind(sent.id)
        .bind(own)
        .bind(&sent.excerpt)
        .bind(sent.at)
        .fetch_one(conn)
        .await?;
    Ok((thread, message))
}

/// Keeps what somebody wrote, where something of it is hidden.
pub async fn keep_originals(
    conn: &mut PgConnection,
    ids: &[Uuid],
    texts: &[String],
) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into messages.original (message_id, text) select * from unnest($1::uuid[], $2::text[])",
    )
    .bind(ids)
    .bind(texts)
    .execute(conn)
    .await?;
    Ok(())
}
