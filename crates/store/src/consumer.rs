//! Readers of the log that keep their place in `log.cursor`, in the same transaction as their effect: each event has
//! its effect once, whatever crashes.
//!
//! An event that cannot be handled is set aside ([`crate::dead_letters`]) and tried again later; what follows it with
//! the same key waits behind it, other keys go on.
//!
//! What is told a consumer costs a transaction, so it takes several events at a time where many come
//! ([`Consumer::pace`]), and none for events that are nothing to it ([`Consumer::concerns`]).

use crate::cursor::{self, Taken};
use crate::dead_letters::{self, Letter};
use crate::log::{self, Logged, Position, Read};
use crate::{Db, Scope, Tx, TxError};
use contracts::Envelope;
use futures::future::BoxFuture;
use sqlx::{PgConnection, Row};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use crate::cursor::{cursor, move_cursor};

/// How long an idle consumer waits before it looks again, unless [`log::wake`] is called.
const POLL: Duration = Duration::from_millis(50);
/// The rest of a consumer that says nothing else: nobody notices a tenth of a second.
const PACE: Duration = Duration::from_millis(100);
/// The rest of those for whose effect nobody waits.
pub const UNHURRIED: Duration = Duration::from_millis(250);
/// Events that are passed over before the cursor is moved; so many are looked at again after a restart.
const PASSED_MAX: usize = 1_000;
/// How long the cursor may stay before events that were passed over: who reads cursors sees so much of a lag.
const PASSED_FOR_MAX: Duration = Duration::from_secs(1);
/// How often a consumer sets its gauges, and moves its cursor past what was never for it.
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
    /// The rest between two transactions, unless the first one was full. After a rest of its own an event is handled at
    /// once, so one that comes alone waits for nothing; among many it waits `pace` at most, and for the 20 ms between two
    /// looks at the log (50 ms for what another process wrote). Below half a second: letters wait for it too.
    pub pace: Duration,
    /// Whether an event can have an effect here, by what it says and nothing else: not by the time, and not by what was
    /// heard before. One that has none is neither handled nor set aside, and where nothing else comes it costs no
    /// transaction. One that cannot be read concerns: it is to become a letter.
    pub concerns: fn(&Envelope) -> bool,
    /// Attempts at one event before it is dead.
    pub attempts_max: i32,
    /// Pause before the second attempt; each further one waits four times as long.
    pub retry_first: Duration,
}

/// What one turn did.
enum Turn {
    /// There may be more to do.
    Again,
    /// Something was handled, and most likely all that there was.
    Worked,
    /// Nothing to do, or another instance does it.
    Idle,
}

/// Where one run of a consumer stands.
struct Stand {
    /// The cursor as last seen in the database; `None` before the first look.
    cursor: Option<Position>,
    /// When it was seen there, or put there.
    cursor_as_of: Instant,
    /// Up to here there is nothing for us, although the cursor need not say so.
    seen: Position,
    /// Events between the cursor and there that do not concern us, and since when there are any.
    passed: usize,
    passed_since: Option<Instant>,
    /// Events up to here are handled one by one: a batch of them failed.
    alone_until: Position,
    attempt: u32,
    /// The last read was full: whatever else is known, there may be more.
    is_behind: bool,
    /// Which standing was looked at last.
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
            pace: PACE,
            concerns: |_| true,
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
        let mut stand = Stand::new();
        while !cancel.is_cancelled() {
            let woken = log::woken(POLL);
            let pause: BoxFuture<'_, ()> = match self.turn(db, &mut stand, handler).await {
                Ok(Turn::Again) => continue,
                Ok(Turn::Worked) if self.pace.is_zero() => continue,
                Ok(Turn::Worked) => Box::pin(tokio::time::sleep(self.pace)),
                Ok(Turn::Idle) => Box::pin(woken),
                Err(error) => {
                    tracing::warn!(consumer = self.name, %error, "the log cannot be read");
                    stand.forget();
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
        if stand.owes_place() {
            self.keep_place(db, stand).await?;
        }
        let was_behind = stand.is_behind;
        let limit = stand.limit(self.batch);
        let (tx, read) = self.read(db, stand, limit).await?;
        let count = read.events.len();
        stand.is_behind = i64::try_from(count).is_ok_and(|count| count == limit);
        let concerning = read.events.into_iter();
        let events: Vec<Arc<Logged>> = concerning
            .filter(|event| (self.concerns)(&event.envelope))
            .collect();
        if events.is_empty() {
            stand.pass_over(count, read.next);
            // Whoever was behind has not asked whether there is anything newer.
            return Ok(match was_behind || stand.is_behind {
                true => Turn::Again,
                false => Turn::Idle,
            });
        }
        let mut tx = match tx {
            Some(tx) => tx,
            None => db.begin(Scope::System).await?,
        };
        let keys: Vec<Uuid> = events.iter().map(|event| event.envelope.key).collect();
        // Only now does this transaction get an id: idle polls cost none.
        let blocked = match cursor::take(&mut tx, self.name, stand.place(), read.next, &keys).await? {
            Taken::Ours(blocked) => blocked,
            Taken::Elsewhere(cursor) => {
                stand.look_at(cursor);
                return Ok(Turn::Again);
            }
            Taken::Busy => return Ok(Turn::Idle),
        };
        match self.work(tx, handler, &events, &blocked).await {
            Ok(()) => {
                metrics::counter!("log_consumed_total", "consumer" => self.name)
                    .increment(u64::try_from(events.len()).unwrap_or(0));
                stand.look_at(read.next);
                Ok(match stand.is_behind {
                    true => Turn::Again,
                    false => Turn::Worked,
                })
            }
            Err(error) => self.fail(db, stand, &events, error).await,
        }
    }

    /// What comes next: from what is known in this process, or else from the database, with the transaction that read it.
    async fn read(&self, db: &Db, stand: &Stand, limit: i64) -> Result<(Option<Tx>, Read), sqlx::Error> {
        let head = db.head();
        let known = match stand.is_behind {
            true => head.recall(stand.seen, &self.topics, limit),
            false => head.read(db, stand.seen, &self.topics, limit).await?,
        };
        if let Some(read) = known {
            return Ok((None, read));
        }
        let mut tx = db.begin(Scope::System).await?;
        let read = log::read(&mut tx, stand.seen, &self.topics, limit).await?;
        Ok((Some(tx), read))
    }

    /// Handles what may be handled, parks what waits behind a failure of its key, and commits, the moved cursor with it.
    async fn work<E: TxError + Send>(
        &self,
        mut tx: Tx,
        handler: &dyn Handle<E>,
        events: &[Arc<Logged>],
        blocked: &HashSet<Uuid>,
    ) -> Result<(), E> {
        let (parked, free): (Vec<_>, Vec<_>) = events.iter().partition(|e| blocked.contains(&e.envelope.key));
        for event in parked {
            dead_letters::park(&mut tx, self.name, event).await?;
        }
        let free: Vec<Envelope> = free.into_iter().map(|e| e.envelope.clone()).collect();
        if !free.is_empty() {
            handler.handle(&mut tx, &free).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A failed batch is repeated, then taken apart; a failed single event becomes a letter.
    async fn fail<E: TxError>(
        &self,
        db: &Db,
        stand: &mut Stand,
        events: &[Arc<Logged>],
        error: E,
    ) -> Result<Turn, sqlx::Error> {
        if error.database().is_some_and(crate::db::is_outage) {
            return Err(sqlx::Error::Protocol(error.to_string()));
        }
        let is_transient = error.database().is_some_and(crate::db::is_transient);
        if is_transient && stand.attempt < BATCH_ATTEMPTS_MAX {
            stand.attempt += 1;
            tokio::time::sleep(crate::db::retry_pause(stand.attempt)).await;
            return Ok(Turn::Again);
        }
        stand.attempt = 0;
        let [event] = events else {
            stand.alone_until = events.last().map_or(Position::START, |e| e.position);
            return Ok(Turn::Again);
        };
        tracing::warn!(consumer = self.name, topic = event.envelope.topic, event = %event.envelope.id, %error, "an event failed");
        let mut tx = db.begin(Scope::System).await?;
        match cursor::take(&mut tx, self.name, stand.place(), event.position, &[]).await? {
            Taken::Ours(_) => {}
            Taken::Elsewhere(_) | Taken::Busy => return Ok(Turn::Idle),
        }
        dead_letters::set_aside(&mut tx, self, event, &error.to_string()).await?;
        tx.commit().await?;
        stand.look_at(event.position);
        Ok(Turn::Again)
    }

    /// Tries again the letters that are due, one transaction each.
    async fn settle_letters<E: TxError + Send>(
        &self,
        db: &Db,
        handler: &dyn Handle<E>,
    ) -> Result<(), sqlx::Error> {
        loop {
            let mut tx = db.begin(Scope::System).await?;
            if cursor::lock(&mut tx, self.name).await?.is_none() {
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
        // It may have been set aside by a release that it concerned.
        if (self.concerns)(&letter.envelope) {
            let event = std::slice::from_ref(&letter.envelope);
            handler.handle(&mut tx, event).await?;
        }
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
        let standing = db.head().standing(db, self.name).await?;
        if stand.ticked.replace(standing.as_of) == Some(standing.as_of) {
            return Ok(());
        }
        // What was asked before our own last move does not know of it.
        if standing.as_of > stand.cursor_as_of {
            let cursor = standing.cursor.ok_or(sqlx::Error::RowNotFound)?;
            if Some(cursor) != stand.cursor {
                stand.look_at(cursor);
            }
        }
        if stand.measured.is_none_or(|at| at.elapsed() >= GAUGE_INTERVAL) {
            stand.measured = Some(Instant::now());
            let mut tx = db.begin(Scope::System).await?;
            self.measure(&mut tx, stand.seen).await?;
            tx.commit().await?;
            if stand.place() < stand.seen {
                self.keep_place(db, stand).await?;
            }
        }
        match standing.has_due_letters {
            true => self.settle_letters(db, handler).await,
            false => Ok(()),
        }
    }

    /// Remembers how far there was nothing for this consumer, so that a restart does not read all of it again.
    async fn keep_place(&self, db: &Db, stand: &mut Stand) -> Result<(), sqlx::Error> {
        let mut tx = db.begin(Scope::System).await?;
        match cursor::take(&mut tx, self.name, stand.place(), stand.seen, &[]).await? {
            Taken::Ours(_) => {
                tx.commit().await?;
                stand.look_at(stand.seen);
            }
            Taken::Elsewhere(cursor) => stand.look_at(cursor),
            Taken::Busy => {}
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
    fn new() -> Self {
        Self {
            cursor: None,
            cursor_as_of: Instant::now(),
            seen: Position::START,
            passed: 0,
            passed_since: None,
            alone_until: Position::START,
            attempt: 0,
            is_behind: false,
            ticked: None,
            measured: None,
        }
    }

    fn look_at(&mut self, cursor: Position) {
        self.cursor = Some(cursor);
        self.cursor_as_of = Instant::now();
        self.seen = cursor;
        self.passed = 0;
        self.passed_since = None;
        self.attempt = 0;
    }

    /// After an outage the cursor says where we are: the database may be another one, which lacks what was read last.
    fn forget(&mut self) {
        self.cursor = None;
        self.is_behind = false;
    }

    fn place(&self) -> Position {
        self.cursor.unwrap_or_default()
    }

    /// Events to be read at once.
    fn limit(&self, batch: i64) -> i64 {
        match self.seen < self.alone_until {
            true => 1,
            false => batch,
        }
    }

    /// Of so many events up to `next` none concerns us.
    fn pass_over(&mut self, events: usize, next: Position) {
        self.seen = next;
        self.passed += events;
        if events > 0 {
            self.passed_since.get_or_insert_with(Instant::now);
        }
    }

    /// Whether so many events were passed over, or so long ago, that the cursor should say so.
    fn owes_place(&self) -> bool {
        let is_long_ago = |since: Instant| since.elapsed() >= PASSED_FOR_MAX;
        self.passed >= PASSED_MAX || self.passed_since.is_some_and(is_long_ago)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(xid: u64) -> Position {
        Position { xid, id: 0 }
    }

    #[test]
    fn a_place_is_kept_once_enough_was_passed_over() {
        let mut stand = Stand::new();
        stand.look_at(at(1));
        stand.pass_over(0, at(2));
        assert!(!stand.owes_place() && stand.passed_since.is_none());
        stand.pass_over(PASSED_MAX - 1, at(3));
        assert!(!stand.owes_place());
        stand.pass_over(1, at(4));
        assert!(stand.owes_place());
        assert_eq!((stand.place(), stand.seen), (at(1), at(4)));
        stand.look_at(stand.seen);
        assert!(!stand.owes_place());
    }

    #[test]
    fn a_place_is_kept_before_long_however_little_was_passed_over() {
        let mut stand = Stand::new();
        stand.pass_over(1, at(2));
        stand.passed_since = Instant::now().checked_sub(PASSED_FOR_MAX);
        assert!(stand.owes_place());
    }
}
