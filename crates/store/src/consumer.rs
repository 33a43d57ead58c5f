//! Readers of the log that keep their place in `log.cursor`, in the same transaction as their effect: each event has
//! its effect once, whatever crashes.
//!
//! An event that cannot be handled is set aside ([`crate::dead_letters`]) and tried again later; what follows it with
//! the same key waits behind it, other keys go on.

use crate::dead_letters::{self, Letter};
use crate::head::News;
use crate::log::{self, Logged, Position};
use crate::{Db, Scope, Tx, TxError};
use contracts::Envelope;
use futures::future::BoxFuture;
use sqlx::{PgConnection, Row};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long an idle consumer waits before it looks again, unless [`log::wake`] is called.
const POLL: Duration = Duration::from_millis(50);
/// How often a consumer looks for letters that are due, and whether its cursor was moved by somebody else.
const TICK: Duration = Duration::from_millis(500);
/// How often it sets its gauges.
const GAUGE_INTERVAL: Duration = Duration::from_secs(5);
/// Pause after the database could not be reached.
const OUTAGE_PAUSE: Duration = Duration::from_millis(500);
/// Attempts at a batch that PostgreSQL asks to be repeated, before it counts as failed.
const BATCH_ATTEMPTS_MAX: u32 = 5;

/// A named reader of some topics. Instances that run the same name take turns: one works, the others wait.
#[derive(Clone, Debug)]
pub struct Consumer {
    pub name: &'static str,
    pub topics: Vec<&'static str>,
    /// Events handled in one transaction. While it runs, no reader of the log sees what was committed after it
    /// began: a handler waits for nothing remote, and a batch lasts milliseconds.
    pub batch: i64,
    /// Attempts at one event before it is dead.
    pub attempts_max: i32,
    /// Pause before the second attempt; each further one waits four times as long.
    pub retry_first: Duration,
}

/// What one turn did.
enum Turn {
    /// Something was handled: there may be more.
    Worked,
    /// Nothing to do, or another instance does it.
    Idle,
}

/// Where one run of a consumer stands.
struct Stand {
    /// The cursor as last seen in the database; `None` before the first look.
    cursor: Option<Position>,
    /// Up to here there is nothing for us, although the cursor need not say so.
    seen: Position,
    /// Events up to here are handled one by one: a batch of them failed.
    alone_until: Position,
    attempt: u32,
    /// The last batch was full: whatever else is known, there may be more.
    is_behind: bool,
    ticked: Option<Instant>,
    measured: Option<Instant>,
}

/// Handles slices; [`Consumer::run`] and [`Consumer::run_batches`] both end here.
trait Handle<E>: Send + Sync {
    fn handle<'t>(&'t self, tx: &'t mut Tx, events: &'t [Envelope]) -> BoxFuture<'t, Result<(), E>>;
}

struct One<H>(H);
struct Many<H>(H);

impl<E, H> Handle<E> for One<H>
where
    E: Send,
    H: for<'t> Fn(&'t mut Tx, &'t Envelope) -> BoxFuture<'t, Result<(), E>> + Send + Sync,
{
    fn handle<'t>(&'t self, tx: &'t mut Tx, events: &'t [Envelope]) -> BoxFuture<'t, Result<(), E>> {
        Box::pin(async move {
            for event in events {
                (self.0)(tx, event).await?;
            }
            Ok(())
        })
    }
}

impl<E, H> Handle<E> for Many<H>
where
    E: Send,
    H: for<'t> Fn(&'t mut Tx, &'t [Envelope]) -> BoxFuture<'t, Result<(), E>> + Send + Sync,
{
    fn handle<'t>(&'t self, tx: &'t mut Tx, events: &'t [Envelope]) -> BoxFuture<'t, Result<(), E>> {
        (self.0)(tx, events)
    }
}

impl Consumer {
    #[must_use]
    pub fn new(name: &'static str, topics: impl Into<Vec<&'static str>>) -> Self {
        Self {
            name,
            topics: topics.into(),
            batch: 200,
            attempts_max: 5,
            retry_first: Duration::from_millis(250),
        }
    }

    /// Hands every event to `handler`, in order, in a transaction of [`Scope::System`] that also moves the cursor,
    /// until `cancel`. A transaction may be repeated, so the handler must have no effect beside it.
    pub async fn run<E, H>(&self, db: &Db, cancel: CancellationToken, handler: H)
    where
        E: TxError + Send,
        H: for<'t> Fn(&'t mut Tx, &'t Envelope) -> BoxFuture<'t, Result<(), E>> + Send + Sync,
    {
        self.drive(db, &cancel, &One(handler)).await;
    }

    /// As [`run`](Self::run), with up to [`batch`](Self::batch) events at a time: for handlers whose statements take
    /// arrays. After a failure the same events come again one by one.
    pub async fn run_batches<E, H>(&self, db: &Db, cancel: CancellationToken, handler: H)
    where
        E: TxError + Send,
        H: for<'t> Fn(&'t mut Tx, &'t [Envelope]) -> BoxFuture<'t, Result<(), E>> + Send + Sync,
    {
        self.drive(db, &cancel, &Many(handler)).await;
    }

    async fn drive<E: TxError + Send>(&self, db: &Db, cancel: &CancellationToken, handler: &dyn Handle<E>) {
        let mut stand = Stand {
            cursor: None,
            seen: Position::START,
            alone_until: Position::START,
            attempt: 0,
            is_behind: false,
            ticked: None,
            measured: None,
        };
        while !cancel.is_cancelled() {
            let woken = log::woken(POLL);
            let pause: BoxFuture<'_, ()> = match self.turn(db, &mut stand, handler).await {
                Ok(Turn::Worked) => continue,
                Ok(Turn::Idle) => Box::pin(woken),
                Err(error) => {
                    tracing::warn!(consumer = self.name, %error, "the log cannot be read");
                    Box::pin(tokio::time::sleep(OUTAGE_PAUSE))
                }
            };
            tokio::select! {
                () = cancel.cancelled() => return,
                () = pause => {}
            }
        }
    }

    /// Errors are those of the machinery; a handler's errors are dealt with inside.
    async fn turn<E: TxError + Send>(
        &self,
        db: &Db,
        stand: &mut Stand,
        handler: &dyn Handle<E>,
    ) -> Result<Turn, sqlx::Error> {
        if stand.cursor.is_none() {
            stand.look_at(self.ensure_cursor(db).await?);
        }
        self.tick(db, stand, handler).await?;
        if !stand.is_behind {
            let news = db.head().news(db, stand.seen, &self.topics).await?;
            if let News::NoneUpTo(place) = news {
                stand.seen = stand.seen.max(place);
                return Ok(Turn::Idle);
            }
        }
        let mut tx = db.begin(Scope::System).await?;
        let is_alone = stand.seen < stand.alone_until;
        let limit = if is_alone { 1 } else { self.batch };
        let read = log::read(&mut tx, stand.seen, &self.topics, limit).await?;
        stand.is_behind = i64::try_from(read.events.len()).is_ok_and(|count| count == limit);
        if read.events.is_empty() {
            stand.seen = read.next;
            return Ok(Turn::Idle);
        }
        // Only now does this transaction get an id: idle polls cost none.
        match lock_cursor(&mut tx, self.name).await? {
            None => return Ok(Turn::Idle),
            Some(cursor) if Some(cursor) != stand.cursor => {
                stand.look_at(cursor);
                return Ok(Turn::Worked);
            }
            Some(_) => {}
        }
        match self.work(tx, handler, &read.events, read.next).await {
            Ok(()) => {
                metrics::counter!("log_consumed_total", "consumer" => self.name)
                    .increment(u64::try_from(read.events.len()).unwrap_or(0));
                stand.look_at(read.next);
                Ok(Turn::Worked)
            }
            Err(error) => self.fail(db, stand, &read.events, error).await,
        }
    }

    /// Handles what may be handled, parks what waits behind a failure of its key, moves the cursor, commits.
    async fn work<E: TxError + Send>(
        &self,
        mut tx: Tx,
        handler: &dyn Handle<E>,
        events: &[Logged],
        next: Position,
    ) -> Result<(), E> {
        let keys: Vec<Uuid> = events.iter().map(|e| e.envelope.key).collect();
        let blocked: HashSet<Uuid> = dead_letters::blocked(&mut tx, self.name, &keys).await?;
        let (parked, free): (Vec<_>, Vec<_>) = events.iter().partition(|e| blocked.contains(&e.envelope.key));
        for event in parked {
            dead_letters::park(&mut tx, self.name, event).await?;
        }
        let free: Vec<Envelope> = free.into_iter().map(|e| e.envelope.clone()).collect();
        if !free.is_empty() {
            handler.handle(&mut tx, &free).await?;
        }
        move_cursor(&mut tx, self.name, next).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A failed batch is repeated, then taken apart; a failed single event becomes a letter.
    async fn fail<E: TxError>(
        &self,
        db: &Db,
        stand: &mut Stand,
        events: &[Logged],
        error: E,
    ) -> Result<Turn, sqlx::Error> {
        if error.database().is_some_and(crate::db::is_outage) {
            return Err(sqlx::Error::Protocol(error.to_string()));
        }
        let is_transient = error.database().is_some_and(crate::db::is_transient);
        if is_transient && stand.attempt < BATCH_ATTEMPTS_MAX {
            stand.attempt += 1;
            tokio::time::sleep(crate::db::retry_pause(stand.attempt)).await;
            return Ok(Turn::Worked);
        }
        stand.attempt = 0;
        let [event] = events else {
            stand.alone_until = events.last().map_or(Position::START, |e| e.position);
            return Ok(Turn::Worked);
        };
        tracing::warn!(consumer = self.name, topic = event.envelope.topic, event = %event.envelope.id, %error, "an event failed");
        let mut tx = db.begin(Scope::System).await?;
        if lock_cursor(&mut tx, self.name).await? != stand.cursor {
            return Ok(Turn::Idle);
        }
        dead_letters::set_aside(&mut tx, self, event, &error.to_string()).await?;
        move_cursor(&mut tx, self.name, event.position).await?;
        tx.commit().await?;
        stand.look_at(event.position);
        Ok(Turn::Worked)
    }

    /// Tries again the letters that are due, one transaction each.
    async fn settle_letters<E: TxError + Send>(
        &self,
        db: &Db,
        handler: &dyn Handle<E>,
    ) -> Result<(), sqlx::Error> {
        loop {
            let mut tx = db.begin(Scope::System).await?;
            if lock_cursor(&mut tx, self.name).await?.is_none() {
                return Ok(());
            }
            let Some(letter) = dead_letters::next_due(&mut tx, self.name).await? else {
                return Ok(());
            };
            match self.settle(tx, handler, &letter).await {
                Ok(()) => {}
                Err(error) if error.database().is_some_and(crate::db::is_outage) => {
                    return Err(sqlx::Error::Protocol(error.to_string()));
                }
                Err(error) => {
                    let mut tx = db.begin(Scope::System).await?;
                    dead_letters::failed_again(&mut tx, self, &letter, &error.to_string()).await?;
                    tx.commit().await?;
                }
            }
        }
    }

    async fn settle<E: TxError + Send>(
        &self,
        mut tx: Tx,
        handler: &dyn Handle<E>,
        letter: &Letter,
    ) -> Result<(), E> {
        let event = std::slice::from_ref(&letter.envelope);
        handler.handle(&mut tx, event).await?;
        dead_letters::settle(&mut tx, self.name, letter).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn ensure_cursor(&self, db: &Db) -> Result<Position, sqlx::Error> {
        let mut tx = db.begin(Scope::System).await?;
        sqlx::query("insert into log.cursor (consumer) values ($1) on conflict (consumer) do nothing")
            .bind(self.name)
            .execute(&mut *tx)
            .await?;
        // Apart from the insert, so that the row is locked only where the topics are others.
        sqlx::query("update log.cursor set topics = $2 where consumer = $1 and topics <> $2")
            .bind(self.name)
            .bind(&self.topics)
            .execute(&mut *tx)
            .await?;
        let cursor = cursor(&mut tx, self.name).await?;
        tx.commit().await?;
        Ok(cursor)
    }

    /// What is done now and then: noticing a cursor that was moved, trying letters again, setting gauges.
    async fn tick<E: TxError + Send>(
        &self,
        db: &Db,
        stand: &mut Stand,
        handler: &dyn Handle<E>,
    ) -> Result<(), sqlx::Error> {
        if stand.ticked.is_some_and(|at| at.elapsed() < TICK) {
            return Ok(());
        }
        stand.ticked = Some(Instant::now());
        let mut tx = db.begin(Scope::System).await?;
        let cursor = cursor(&mut tx, self.name).await?;
        if Some(cursor) != stand.cursor {
            stand.look_at(cursor);
        }
        let is_any_due = dead_letters::is_any_due(&mut tx, self.name).await?;
        if stand.measured.is_none_or(|at| at.elapsed() >= GAUGE_INTERVAL) {
            stand.measured = Some(Instant::now());
            self.measure(&mut tx, stand.seen).await?;
            self.keep_place(&mut tx, stand).await?;
        }
        tx.commit().await?;
        match is_any_due {
            true => self.settle_letters(db, handler).await,
            false => Ok(()),
        }
    }

    /// Remembers how far there was nothing for this consumer, so that a restart does not read all of it again.
    async fn keep_place(&self, conn: &mut PgConnection, stand: &mut Stand) -> Result<(), sqlx::Error> {
        let ahead = stand.cursor.is_some_and(|cursor| cursor < stand.seen);
        if ahead && lock_cursor(conn, self.name).await? == stand.cursor {
            move_cursor(conn, self.name, stand.seen).await?;
            stand.cursor = Some(stand.seen);
        }
        Ok(())
    }

    async fn measure(&self, conn: &mut PgConnection, seen: Position) -> Result<(), sqlx::Error> {
        let health = health(conn, self.name, seen, &self.topics).await?;
        metrics::gauge!("log_lag_seconds", "consumer" => self.name).set(health.lag_s);
        metrics::gauge!("log_letters", "consumer" => self.name).set(health.letters);
        metrics::gauge!("log_oldest_transaction_seconds").set(health.oldest_transaction_s);
        Ok(())
    }
}

impl Stand {
    fn look_at(&mut self, cursor: Position) {
        self.cursor = Some(cursor);
        self.seen = cursor;
        self.attempt = 0;
    }
}

struct Health {
    lag_s: f64,
    letters: f64,
    oldest_transaction_s: f64,
}

/// The lag is the age of the oldest event that waits for the consumer, whether or not it may be read yet.
async fn health(
    conn: &mut PgConnection,
    consumer: &str,
    seen: Position,
    topics: &[&str],
) -> Result<Health, sqlx::Error> {
    let row = sqlx::query(
        "select coalesce(extract(epoch from clock_timestamp() - (
                    select at from log.event
                     where (xid, id) > ($2::text::xid8, $3) and topic = any($4)
                     order by xid, id limit 1)), 0)::float8 as lag_s,
                (select count(*) from log.dead_letter where consumer = $1)::float8 as letters,
                store.oldest_transaction_s() as oldest_s",
    )
    .bind(consumer)
    .bind(seen.xid.to_string())
    .bind(seen.id)
    .bind(topics)
    .fetch_one(conn)
    .await?;
    Ok(Health {
        lag_s: row.try_get("lag_s")?,
        letters: row.try_get("letters")?,
        oldest_transaction_s: row.try_get("oldest_s")?,
    })
}

/// A consumer's place in the log.
pub async fn cursor(conn: &mut PgConnection, consumer: &str) -> Result<Position, sqlx::Error> {
    let row = sqlx::query("select xid::text as xid, id from log.cursor where consumer = $1")
        .bind(consumer)
        .fetch_one(conn)
        .await?;
    position(&row)
}

/// Moves a consumer to another place, for instance to [`Position::START`] to let it see everything again.
pub async fn move_cursor(conn: &mut PgConnection, consumer: &str, to: Position) -> Result<(), sqlx::Error> {
    sqlx::query("update log.cursor set xid = $2::text::xid8, id = $3, moved_at = now() where consumer = $1")
        .bind(consumer)
        .bind(to.xid.to_string())
        .bind(to.id)
        .execute(conn)
        .await?;
    Ok(())
}

/// The cursor, locked for this transaction; `None` while another instance holds it.
async fn lock_cursor(conn: &mut PgConnection, consumer: &str) -> Result<Option<Position>, sqlx::Error> {
    let row =
        sqlx::query("select xid::text as xid, id from log.cursor where consumer = $1 for update skip locked")
            .bind(consumer)
            .fetch_optional(conn)
            .await?;
    row.as_ref().map(position).transpose()
}

fn position(row: &sqlx::postgres::PgRow) -> Result<Position, sqlx::Error> {
    Ok(Position {
        xid: log::xid(row.try_get("xid")?)?,
        id: row.try_get("id")?,
    })
}
