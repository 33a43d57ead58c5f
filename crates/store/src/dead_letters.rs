//! Events that a consumer could not handle, and those that wait behind them because they have the same key.
//!
//! Every change here happens under the lock of the consumer's cursor, so that no event is parked behind a letter that
//! is settled at that moment.

use crate::consumer::Consumer;
use crate::log::{self, Logged, Position};
use crate::{Db, Scope};
use contracts::Envelope;
use kernel::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use std::time::Duration;
use uuid::Uuid;

/// Characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum State {
    /// Will be tried again by itself.
    Retry,
    /// Waits behind an earlier letter of its key.
    Parked,
    /// Out of attempts: waits for the operator.
    Dead,
}

/// An event set aside.
#[derive(Clone, Debug)]
pub struct Letter {
    pub position: Position,
    pub envelope: Envelope,
    pub state: State,
    /// What the last attempt said; empty for a parked one.
    pub error: String,
    pub attempts: i32,
    pub next_at: Timestamp,
}

/// A consumer's letters in order, up to `limit` behind `after`.
pub async fn list(db: &Db, consumer: &str, after: Position, limit: i64) -> Result<Vec<Letter>, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    let rows = sqlx::query(
        "select xid::text as xid, id, envelope, state, error, attempts, next_at
           from log.dead_letter
          where consumer = $1 and (xid, id) > ($2::text::xid8, $3)
          order by xid, id
          limit $4",
    )
    .bind(consumer)
    .bind(after.xid.to_string())
    .bind(after.id)
    .bind(limit)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    rows.iter().map(letter).collect()
}

/// Gives a dead letter new attempts, from now on; what is parked behind it follows in order when it succeeds.
/// False when there is no such dead letter.
pub async fn retry(db: &Db, consumer: &str, position: Position) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    wait_for_cursor(&mut tx, consumer).await?;
    let revived = sqlx::query(
        "update log.dead_letter set state = 'retry', attempts = 0, next_at = now()
          where consumer = $1 and xid = $2::text::xid8 and id = $3 and state <> 'parked'",
    )
    .bind(consumer)
    .bind(position.xid.to_string())
    .bind(position.id)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    log::wake();
    Ok(revived.rows_affected() == 1)
}

/// Gives an event up: the consumer will never see it. What was parked behind it goes on. False when there is no such
/// letter.
pub async fn discard(db: &Db, consumer: &str, position: Position) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    wait_for_cursor(&mut tx, consumer).await?;
    let discarded = delete(&mut tx, consumer, position).await?;
    if let Some((key, state)) = discarded
        && state != State::Parked
    {
        unpark(&mut tx, consumer, key).await?;
    }
    tx.commit().await?;
    log::wake();
    Ok(discarded.is_some())
}

/// Puts an event behind the letters of its key.
pub(crate) async fn park(conn: &mut PgConnection, consumer: &str, event: &Logged) -> Result<(), sqlx::Error> {
    insert(conn, consumer, event, State::Parked, "", 0, Duration::ZERO).await
}

/// Makes a letter of an event that failed for the first time.
pub(crate) async fn set_aside(
    conn: &mut PgConnection,
    consumer: &Consumer,
    event: &Logged,
    error: &str,
) -> Result<(), sqlx::Error> {
    let state = state_after(consumer, 1);
    insert(
        conn,
        consumer.name,
        event,
        state,
        error,
        1,
        pause_after(consumer, 1),
    )
    .await
}

pub(crate) async fn next_due(conn: &mut PgConnection, consumer: &str) -> Result<Option<Letter>, sqlx::Error> {
    let row = sqlx::query(
        "select xid::text as xid, id, envelope, state, error, attempts, next_at
           from log.dead_letter
          where consumer = $1 and state = 'retry' and next_at <= now()
          order by xid, id
          limit 1",
    )
    .bind(consumer)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(letter).transpose()
}

/// Removes a letter that was handled at last and lets the next one of its key follow.
pub(crate) async fn settle(
    conn: &mut PgConnection,
    consumer: &str,
    letter: &Letter,
) -> Result<(), sqlx::Error> {
    delete(conn, consumer, letter.position).await?;
    unpark(conn, consumer, letter.envelope.key).await
}

/// Counts another failure, unless the letter was changed meanwhile.
pub(crate) async fn failed_again(
    conn: &mut PgConnection,
    consumer: &Consumer,
    letter: &Letter,
    error: &str,
) -> Result<(), sqlx::Error> {
    let attempts = letter.attempts + 1;
    tracing::warn!(consumer = consumer.name, topic = letter.envelope.topic, event = %letter.envelope.id, attempts, error, "an event failed again");
    sqlx::query(
        "update log.dead_letter
            set attempts = $4, state = $5, error = $6, next_at = now() + make_interval(secs => $7)
          where consumer = $1 and xid = $2::text::xid8 and id = $3 and state = 'retry' and attempts = $4 - 1",
    )
    .bind(consumer.name)
    .bind(letter.position.xid.to_string())
    .bind(letter.position.id)
    .bind(attempts)
    .bind(state_after(consumer, attempts))
    .bind(cut(error))
    .bind(pause_after(consumer, attempts).as_secs_f64())
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert(
    conn: &mut PgConnection,
    consumer: &str,
    event: &Logged,
    state: State,
    error: &str,
    attempts: i32,
    pause: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into log.dead_letter
                (consumer, xid, id, event_id, topic, key, envelope, error, attempts, state, next_at)
         values ($1, $2::text::xid8, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $11))
         on conflict (consumer, xid, id) do nothing",
    )
    .bind(consumer)
    .bind(event.position.xid.to_string())
    .bind(event.position.id)
    .bind(event.envelope.id)
    .bind(&event.envelope.topic)
    .bind(event.envelope.key)
    .bind(Json(&event.envelope))
    .bind(cut(error))
    .bind(attempts)
    .bind(state)
    .bind(pause.as_secs_f64())
    .execute(conn)
    .await?;
    Ok(())
}

async fn delete(
    conn: &mut PgConnection,
    consumer: &str,
    position: Position,
) -> Result<Option<(Uuid, State)>, sqlx::Error> {
    sqlx::query_as(
        "delete from log.dead_letter
          where consumer = $1 and xid = $2::text::xid8 and id = $3
      returning key, state",
    )
    .bind(consumer)
    .bind(position.xid.to_string())
    .bind(position.id)
    .fetch_optional(conn)
    .await
}

/// The first parked event of the key is tried at once, the others stay behind it.
async fn unpark(conn: &mut PgConnection, consumer: &str, key: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update log.dead_letter d set state = 'retry', next_at = now()
           from (select xid, id from log.dead_letter
                  where consumer = $1 and key = $2
                  order by xid, id limit 1) first
          where d.consumer = $1 and d.xid = first.xid and d.id = first.id and d.state = 'parked'",
    )
    .bind(consumer)
    .bind(key)
    .execute(conn)
    .await?;
    Ok(())
}

/// Waits until no instance of the consumer is at work, and keeps it so until the transaction ends.
async fn wait_for_cursor(conn: &mut PgConnection, consumer: &str) -> Result<(), sqlx::Error> {
    sqlx::query("select from log.cursor where consumer = $1 for update")
        .bind(consumer)
        .execute(conn)
        .await?;
    Ok(())
}

fn letter(row: &PgRow) -> Result<Letter, sqlx::Error> {
    let Json(envelope) = row.try_get("envelope")?;
    Ok(Letter {
        position: Position {
            xid: log::xid(row.try_get("xid")?)?,
            id: row.try_get("id")?,
        },
        envelope,
        state: row.try_get("state")?,
        error: row.try_get("error")?,
        attempts: row.try_get("attempts")?,
        next_at: row.try_get("next_at")?,
    })
}

fn state_after(consumer: &Consumer, attempts: i32) -> State {
    match attempts < consumer.attempts_max {
        true => State::Retry,
        false => State::Dead,
    }
}

fn pause_after(consumer: &Consumer, attempts: i32) -> Duration {
    let factor = 4u32.saturating_pow(u32::try_from(attempts - 1).unwrap_or(0));
    consumer.retry_first.saturating_mul(factor)
}

fn cut(error: &str) -> String {
    // PostgreSQL's text has no NUL.
    error
        .chars()
        .filter(|c| *c != '\0')
        .take(ERROR_CHARS_MAX)
        .collect()
}
