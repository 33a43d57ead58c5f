//! Reports, and what moderators make of them.

use super::{ThreadRow, columns, name, named, side};
use crate::error::Error;
use contracts::messages::{AbuseReason, AbuseReport, PastDecision, Side};
use kernel::{Ctx, MessageId, ThreadId, Timestamp, UserId};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// Reports that are shown of each thread.
const SHOWN_MAX: i64 = 10;
/// Decisions that are shown of a thread.
const DECISIONS_MAX: i64 = 20;

/// Notes a report and lets the thread wait for a moderator; a side's second report before that changes nothing. Answers whether
/// it is the first.
pub async fn report(
    conn: &mut PgConnection,
    thread: ThreadId,
    by: Side,
    reporter: Option<UserId>,
    reason: AbuseReason,
    note: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let noted = sqlx::query(
        "with noted as (
             insert into messages.report (thread_id, by, reporter_id, reason, note, at) values ($1, $2, $3, $4, $5, $6)
             on conflict (thread_id, by) where settled_at is null do nothing returning 1
         )
         update messages.thread set reports = reports + 1, waits_since = coalesce(waits_since, $6)
          where id = $1 and exists (select from noted)",
    )
    .bind(thread)
    .bind(side(by))
    .bind(reporter)
    .bind(name(reason)?)
    .bind(note)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(noted.rows_affected() > 0)
}

/// Threads that wait for a moderator, the longest first; or those that were decided on, the latest first.
pub async fn reported(
    conn: &mut PgConnection,
    waiting: bool,
    after: Option<ThreadId>,
    limit: i64,
) -> Result<Vec<ThreadRow>, sqlx::Error> {
    let list = columns!();
    let rest = if waiting {
        "waits_since is not null
            and ($1::uuid is null or (waits_since, id) > (select w.waits_since, w.id from messages.thread w where w.id = $1))
          order by waits_since, id"
    } else {
        "waits_since is null and exists (select from messages.decision d where d.thread_id = t.id)
            and ($1::uuid is null or id < $1)
          order by id desc"
    };
    let sql = format!("select {list} from messages.thread t where {rest} limit $2");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await
}

#[derive(FromRow)]
struct ReportRow {
    thread_id: ThreadId,
    by: String,
    reason: String,
    note: String,
    at: Timestamp,
    settled: bool,
}

/// What was reported of some threads, the latest first.
pub async fn reports(
    conn: &mut PgConnection,
    threads: &[Uuid],
) -> Result<HashMap<ThreadId, Vec<AbuseReport>>, Error> {
    let rows: Vec<ReportRow> = sqlx::query_as(
        "select r.thread_id, r.by, r.reason, r.note, r.at, r.settled_at is not null as settled
           from unnest($1::uuid[]) as wanted (id),
                lateral (select * from messages.report p where p.thread_id = wanted.id order by p.at desc limit $2) r
          order by r.at desc",
    )
    .bind(threads)
    .bind(SHOWN_MAX)
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<ThreadId, Vec<AbuseReport>> = HashMap::new();
    for row in rows {
        found.entry(row.thread_id).or_default().push(AbuseReport {
            by: named(&row.by)?,
            reason: named(&row.reason)?,
            note: row.note,
            at: row.at,
            settled: row.settled,
        });
    }
    Ok(found)
}

/// What somebody wrote in a thread before something of it was hidden.
pub async fn originals(
    conn: &mut PgConnection,
    thread: ThreadId,
) -> Result<HashMap<MessageId, String>, sqlx::Error> {
    let rows: Vec<(MessageId, String)> = sqlx::query_as(
        "select o.message_id, o.text from messages.original o join messages.message m on m.id = o.message_id where m.thread_id = $1",
    )
    .bind(thread)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().collect())
}

#[derive(FromRow)]
struct DecisionRow {
    verdict: String,
    reason: String,
    at: Timestamp,
}

pub async fn decisions(conn: &mut PgConnection, thread: ThreadId) -> Result<Vec<PastDecision>, sqlx::Error> {
    let rows: Vec<DecisionRow> = sqlx::query_as(
        "select verdict, reason, at from messages.decision where thread_id = $1 order by at desc limit $2",
    )
    .bind(thread)
    .bind(DECISIONS_MAX)
    .fetch_all(conn)
    .await?;
    let decided = rows.into_iter().map(|row| PastDecision {
        verdict: row.verdict,
        reason: row.reason,
        at: row.at,
    });
    Ok(decided.collect())
}

/// Keeps who decided what, and why.
pub async fn note_decision(
    conn: &mut PgConnection,
    ctx: &Ctx,
    thread: ThreadId,
    message: Option<MessageId>,
    verdict: &str,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into messages.decision (thread_id, message_id, verdict, reason, decided_by, at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(thread)
    .bind(message)
    .bind(verdict)
    .bind(reason)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// What was reported until now is looked at.
pub async fn settle(
    conn: &mut PgConnection,
    thread: ThreadId,
    now: Timestamp,
) -> Result<ThreadRow, sqlx::Error> {
    sqlx::query("update messages.report set settled_at = $2 where thread_id = $1 and settled_at is null")
        .bind(thread)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    sqlx::query_as(concat!(
        "update messages.thread set reports = 0, waits_since = null where id = $1 returning ",
        columns!()
    ))
    .bind(thread)
    .fetch_one(conn)
    .await
}

/// Answers whether there was such a message that could be read.
pub async fn hide(
    conn: &mut PgConnection,
    thread: ThreadId,
    message: MessageId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let hidden = sqlx::query(
        "with gone as (
             update messages.message set removed_at = $3, removal = $4 where id = $2 and thread_id = $1 and removal is null returning id
         )
         update messages.thread set excerpt = case when last_id = $2 then '' else excerpt end
          where id = $1 and exists (select from gone)",
    )
    .bind(thread)
    .bind(message)
    .bind(now)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(hidden.rows_affected() > 0)
}

pub async fn close(
    conn: &mut PgConnection,
    thread: ThreadId,
    reason: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("update messages.thread set closed_at = coalesce(closed_at, $2), closing = coalesce(closing, $3) where id = $1")
        .bind(thread)
        .bind(now)
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(())
}
