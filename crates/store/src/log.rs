//! The ordered log of public events (the transactional outbox).
//!
//! A sequence number is drawn before its transaction commits, so a reader that remembers the last number it saw
//! loses the events of a slower transaction. The log is ordered by `(xid, id)` instead and read only below the oldest
//! transaction still running: nothing can appear there any more. Events of one key are in the order in which they
//! happened, provided that their writers exclude each other (by a row lock or an expected version) before they append.
//!
//! Transaction ids belong to a cluster: a log restored from a logical dump into another cluster starts over.

use crate::rows::{PgQuery, Rows};
use crate::{Db, Reads, Scope};
use contracts::{Envelope, PublicEvent};
use kernel::{CorrelationId, Ctx, EventId, TenantId, uuid_at};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

/// Wakes the log's readers in this process at once after a commit; those of other processes poll.
static WRITTEN: Notify = Notify::const_new();
static WRITTEN_AT: Mutex<Option<Instant>> = Mutex::new(None);

/// What other processes have written may be found out so much later.
const SLACK: Duration = Duration::from_millis(50);

/// To be called after the commit of a transaction that appended: readers need not wait for their next poll.
pub fn wake() {
    *WRITTEN_AT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    WRITTEN.notify_waiters();
}

/// Since when the log has to be looked at anew: all that this process has written must be known.
pub(crate) fn looked_since() -> Instant {
    let written = *WRITTEN_AT.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    let slack = now.checked_sub(SLACK).unwrap_or(now);
    written.map_or(slack, |at| at.max(slack))
}

/// Waits for [`wake`] or `at_most`, whichever comes first. A wake between this call and its await counts: call it
/// before reading, await it after nothing was found.
pub fn woken(at_most: Duration) -> impl Future<Output = ()> {
    let written = WRITTEN.notified();
    async move {
        // Both ways it is time to look.
        let _ = tokio::time::timeout(at_most, written).await;
    }
}

/// Events on their way into the log, column by column, so that any number of them is one statement.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    pub event_ids: Vec<Uuid>,
    pub topics: Vec<&'static str>,
    pub versions: Vec<i16>,
    pub keys: Vec<Uuid>,
    pub tenants: Vec<Option<Uuid>>,
    pub payloads: Vec<serde_json::Value>,
    pub actors: Vec<serde_json::Value>,
    pub correlations: Vec<Uuid>,
}

macro_rules! append {
    ($rows:literal) => {
        concat!(
            "insert into log.event (event_id, topic, version, key, tenant_id, payload, actor, correlation_id) select * from unnest(",
            $rows,
            ")"
        )
    };
}

/// What writes [`Outbox::rows`], for tokio-postgres in the till.
pub const APPEND: &str = append!("$1::log.new_event[]");

/// The same for sqlx: what [`Outbox::bind_to`] binds.
pub const APPEND_COLUMNS: &str = append!(
    "$1::uuid[], $2::text[], $3::smallint[], $4::uuid[], $5::uuid[], $6::json[], $7::json[], $8::uuid[]"
);

impl Outbox {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub fn push<E: PublicEvent>(&mut self, ctx: &Ctx, event: &E) -> Result<(), serde_json::Error> {
        self.event_ids.push(uuid_at(ctx.now));
        self.topics.push(E::TOPIC);
        self.versions.push(E::VERSION);
        self.keys.push(event.key());
        self.tenants.push(event.tenant().map(|t| t.0));
        self.payloads.push(serde_json::to_value(event)?);
        self.actors.push(serde_json::to_value(&ctx.actor)?);
        self.correlations.push(ctx.correlation.0);
        Ok(())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.event_ids.is_empty()
    }

    /// The parameter of [`APPEND`].
    #[must_use]
    pub fn rows(&self) -> Rows<'_, 8> {
        Rows([
            &self.event_ids,
            &self.topics,
            &self.versions,
            &self.keys,
            &self.tenants,
            &self.payloads,
            &self.actors,
            &self.correlations,
        ])
    }

    /// Writes all events in the caller's transaction: they exist if and only if its other effects do.
    pub async fn append(&self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.is_empty() {
            return Ok(());
        }
        self.bind_to(sqlx::query(APPEND_COLUMNS)).execute(conn).await?;
        Ok(())
    }

    /// Binds the columns, which are the next parameters of a statement for sqlx: event ids, topics, versions, keys, tenants,
    /// payloads, actors, correlations.
    pub fn bind_to<'q>(&'q self, query: PgQuery<'q>) -> PgQuery<'q> {
        query
            .bind(&self.event_ids)
            .bind(&self.topics)
            .bind(&self.versions)
            .bind(&self.keys)
            .bind(&self.tenants)
            .bind(&self.payloads)
            .bind(&self.actors)
            .bind(&self.correlations)
    }
}

/// Appends one event in the caller's transaction.
pub async fn append<E: PublicEvent>(
    conn: &mut PgConnection,
    ctx: &Ctx,
    event: &E,
) -> Result<(), sqlx::Error> {
    let mut outbox = Outbox::new();
    outbox
        .push(ctx, event)
        .map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    outbox.append(conn).await
}

/// A place in the log: behind every event up to and including it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    pub xid: u64,
    pub id: i64,
}

impl Position {
    /// Before the first event.
    pub const START: Self = Self { xid: 0, id: 0 };
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.xid, self.id)
    }
}

/// An event and its place.
#[derive(Clone, Debug)]
pub struct Logged {
    pub position: Position,
    pub envelope: Envelope,
}

/// What a reader got. Others of this process may have got the same events.
#[derive(Clone, Debug)]
pub struct Read {
    pub events: Vec<Arc<Logged>>,
    /// Where to read on. Further than the last event when no other of these topics can follow it.
    pub next: Position,
}

impl Read {
    /// The first `limit` events behind `after`, beside which there are none up to `end`.
    pub(crate) fn of(events: Vec<Arc<Logged>>, limit: i64, after: Position, end: Position) -> Self {
        let is_full = i64::try_from(events.len()).is_ok_and(|n| n >= limit);
        let next = match events.last() {
            Some(last) if is_full => last.position,
            _ => after.max(end),
        };
        Self { events, next }
    }
}

/// Reads up to `limit` events of `topics` behind `after`, in order, for readers that keep their position elsewhere
/// than in `log.cursor` (the search index keeps it in its own commit). Kept in one commit with the events' effect,
/// each event has its effect once.
pub async fn read_after(db: &Db, after: Position, topics: &[&str], limit: i64) -> Result<Read, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    let read = read(&mut tx, after, topics, limit).await?;
    tx.commit().await?;
    Ok(read)
}

/// [`read_after`] for a reader that comes back again and again: it gets what was read for all readers of this process,
/// and asks the database only where it is far behind. What other processes write may come some 50 ms later.
pub async fn follow(
    db: &Db,
    after: Position,
    topics: &[&'static str],
    limit: i64,
) -> Result<Read, sqlx::Error> {
    match db.head().read(db, after, topics, limit).await? {
        Some(read) => Ok(read),
        None => read_after(db, after, topics, limit).await,
    }
}

/// The end of the log: everything before it is committed, and whatever comes lies behind it.
pub async fn end(db: &Db) -> Result<Position, sqlx::Error> {
    let horizon: String = sqlx::query_scalar("select pg_snapshot_xmin(pg_current_snapshot())::text")
        .fetch_one(db.pool())
        .await?;
    Ok(Position {
        xid: xid(&horizon)?,
        id: 0,
    })
}

/// A row even when there is no event: it tells the horizon, in the same snapshot.
const READ: &str = "
select horizon.xmin::text as horizon, e.xid::text as xid, e.id, e.event_id, e.topic, e.version, e.key, e.tenant_id,
       e.payload, e.actor, e.correlation_id, e.at
  from (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) horizon
  left join log.read_after($1::text::xid8, $2, $3, $4) e on true
 order by e.xid, e.id";

/// [`read_after`] in the caller's transaction, which must be of [`Scope::System`].
pub(crate) async fn read(
    conn: &mut PgConnection,
    after: Position,
    topics: &[&str],
    limit: i64,
) -> Result<Read, sqlx::Error> {
    let rows = sqlx::query(READ)
        .bind(after.xid.to_string())
        .bind(after.id)
        .bind(topics)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    gathered(rows.iter().map(row_of_sqlx), after, limit)
}

/// [`read_after`] by connections that act for the system, without a transaction. Fails where one is lost meanwhile.
pub(crate) async fn read_by(
    reads: &Reads,
    after: Position,
    topics: &[&str],
    limit: i64,
) -> Result<Read, sqlx::Error> {
    let after_xid = after.xid.to_string();
    let rows = reads
        .query_once(READ, &[&after_xid, &after.id, &topics, &limit])
        .await?;
    gathered(rows.iter().map(row_of_postgres), after, limit)
}

/// The horizon, and the event of a row, if there is one.
type ReadRow = (u64, Option<Logged>);

fn gathered(
    rows: impl Iterator<Item = Result<ReadRow, sqlx::Error>>,
    after: Position,
    limit: i64,
) -> Result<Read, sqlx::Error> {
    let mut events = Vec::new();
    let mut horizon = after.xid;
    for row in rows {
        let (seen, logged) = row?;
        horizon = seen;
        events.extend(logged.map(Arc::new));
    }
    // Whatever comes now has a transaction id of the horizon or above, and ids start at 1.
    let end = Position { xid: horizon, id: 0 };
    Ok(Read::of(events, limit, after, end))
}

/// A row of [`READ`], whichever driver it comes from.
macro_rules! read_row {
    ($row:ident) => {{
        let horizon: &str = $row.try_get("horizon").map_err(decode)?;
        let place: Option<&str> = $row.try_get("xid").map_err(decode)?;
        let Some(place) = place else {
            return Ok((xid(horizon)?, None));
        };
        let tenant: Option<Uuid> = $row.try_get("tenant_id").map_err(decode)?;
        let actor: serde_json::Value = $row.try_get("actor").map_err(decode)?;
        let logged = Logged {
            position: Position {
                xid: xid(place)?,
                id: $row.try_get("id").map_err(decode)?,
            },
            envelope: Envelope {
                id: EventId($row.try_get("event_id").map_err(decode)?),
                topic: $row.try_get("topic").map_err(decode)?,
                version: $row.try_get("version").map_err(decode)?,
                key: $row.try_get("key").map_err(decode)?,
                tenant: tenant.map(TenantId),
                actor: serde_json::from_value(actor).map_err(decode)?,
                correlation: CorrelationId($row.try_get("correlation_id").map_err(decode)?),
                at: $row.try_get("at").map_err(decode)?,
                payload: $row.try_get("payload").map_err(decode)?,
            },
        };
        Ok((xid(horizon)?, Some(logged)))
    }};
}

fn row_of_sqlx(row: &PgRow) -> Result<ReadRow, sqlx::Error> {
    read_row!(row)
}

fn row_of_postgres(row: &tokio_postgres::Row) -> Result<ReadRow, sqlx::Error> {
    read_row!(row)
}

/// Transaction ids travel as text: neither driver has a type for them.
pub(crate) fn xid(text: &str) -> Result<u64, sqlx::Error> {
    text.parse().map_err(decode)
}

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
