//! Append-only histories with expected versions, in `<context>.event` (made by `store.make_stream('<context>')`).
//!
//! The id of a stream is a UUIDv7: the table is partitioned by the month in it.

use crate::rows::{PgQuery, Rows};
use kernel::{Actor, CorrelationId, Ctx, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgQueryResult;
use sqlx::{AssertSqlSafe, PgConnection};
use std::sync::Arc;
use uuid::Uuid;

/// A private event of one context. Its JSON is what is kept, so it only changes compatibly.
pub trait StreamEvent: Serialize + DeserializeOwned + Send + Sync {
    /// What happened, in snake case, for people who read the table.
    fn name(&self) -> &'static str;
}

/// The histories of one context.
#[derive(Clone, Debug)]
pub struct Streams {
    append_rows: Arc<str>,
    append_one: Arc<str>,
    load: Arc<str>,
}

/// An event as its stream keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded<E> {
    /// 1 for the first event of a stream, without gaps.
    pub version: i64,
    pub event: E,
    pub actor: Actor,
    pub correlation: CorrelationId,
    pub at: Timestamp,
}

/// How far a history is read: everything unless bounded. Both bounds include what they name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AsOf {
    pub version: Option<i64>,
    pub at: Option<Timestamp>,
}

impl AsOf {
    /// The whole history.
    pub const NOW: Self = Self {
        version: None,
        at: None,
    };

    #[must_use]
    pub fn version(version: i64) -> Self {
        Self {
            version: Some(version),
            at: None,
        }
    }

    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self {
            version: None,
            at: Some(at),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended first: load again, decide again. The caller's transaction is lost.
    #[error("the stream is no longer at version {expected}")]
    Conflict { expected: i64 },
    #[error("an event cannot be written as JSON: {0}")]
    Encode(#[from] serde_json::Error),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl crate::TxError for AppendError {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Conflict { .. } | Self::Encode(_) => None,
        }
    }
}

/// The statement that appends [`StreamRows::rows`] to a context's streams, for tokio-postgres.
#[must_use]
pub fn append_sql(context: &str) -> String {
    append_from(context, "$1::store.new_stream_event[]")
}

fn append_from(context: &str, rows: &str) -> String {
    format!(
        "insert into {context}.event (stream_id, version, name, payload, actor, correlation_id, at)
         select * from unnest({rows})"
    )
}

/// The same for sqlx: streams, versions, names, payloads, actors, correlations, times.
const COLUMNS: &str =
    "$1::uuid[], $2::bigint[], $3::text[], $4::json[], $5::json[], $6::uuid[], $7::timestamptz[]";

/// The statement that appends to one stream, for sqlx: what [`StreamRows::bind_to`] binds, then the version behind which
/// it appends (0 = there is no such stream yet) and the stream. What it comes to, [`appended`] says.
#[must_use]
pub fn append_to_one_sql(context: &str) -> String {
    let append = append_from(context, COLUMNS);
    // Nobody can append behind a version that does not exist: a history has no gaps.
    format!(
        "{append}
         where $8 = 0 or exists (select from {context}.event where stream_id = $9 and version = $8)"
    )
}

/// Whether [`append_to_one_sql`] has appended behind `expected`.
pub fn appended(outcome: Result<PgQueryResult, sqlx::Error>, expected: i64) -> Result<(), AppendError> {
    match outcome {
        Ok(done) if done.rows_affected() > 0 => Ok(()),
        Ok(_) => Err(AppendError::Conflict { expected }),
        Err(error) => Err(conflict_or(error, expected)),
    }
}

impl Streams {
    /// The streams of the schema `context`.
    #[must_use]
    pub fn new(context: &str) -> Self {
        Self {
            append_one: append_to_one_sql(context).into(),
            append_rows: append_from(context, COLUMNS).into(),
            load: format!(
                "select version, payload, actor, correlation_id, at
                   from {context}.event
                  where stream_id = $1
                    and ($2::bigint is null or version <= $2)
                    and ($3::timestamptz is null or at <= $3)
                  order by version"
            )
            .into(),
        }
    }

    /// Appends `events` to a stream whose last version is `expected` (0 = there is no such stream yet) and returns
    /// its new last version.
    pub async fn append<E: StreamEvent>(
        &self,
        conn: &mut PgConnection,
        ctx: &Ctx,
        stream: Uuid,
        expected: i64,
        events: &[E],
    ) -> Result<i64, AppendError> {
        if events.is_empty() {
            return Ok(expected);
        }
        let mut rows = StreamRows::new();
        let version = rows.push(ctx, stream, expected, events)?;
        let statement = sqlx::query(AssertSqlSafe(self.append_one.clone()));
        let outcome = rows
            .bind_to(statement)
            .bind(expected)
            .bind(stream)
            .execute(conn)
            .await;
        appended(outcome, expected)?;
        Ok(version)
    }

    /// Appends many events of many streams in one statement.
    pub async fn append_rows(&self, conn: &mut PgConnection, rows: &StreamRows) -> Result<(), AppendError> {
        if rows.is_empty() {
            return Ok(());
        }
        let expected = rows.versions.iter().min().map_or(0, |first| first - 1);
        rows.bind_to(sqlx::query(AssertSqlSafe(self.append_rows.clone())))
            .execute(conn)
            .await
            .map_err(|error| conflict_or(error, expected))?;
        Ok(())
    }

    /// A stream's events up to `as_of`, in order; none when there is no such stream.
    pub async fn load<E: StreamEvent>(
        &self,
        conn: &mut PgConnection,
        stream: Uuid,
        as_of: AsOf,
    ) -> Result<Vec<Recorded<E>>, sqlx::Error> {
        type Row = (i64, serde_json::Value, serde_json::Value, Uuid, Timestamp);
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(self.load.clone()))
            .bind(stream)
            .bind(as_of.version)
            .bind(as_of.at)
            .fetch_all(conn)
            .await?;
        rows.into_iter()
            .map(|(version, payload, actor, correlation, at)| {
                Ok(Recorded {
                    version,
                    event: read(payload)?,
                    actor: read(actor)?,
                    correlation: CorrelationId(correlation),
                    at,
                })
            })
            .collect()
    }
}

fn read<T: DeserializeOwned>(json: serde_json::Value) -> Result<T, sqlx::Error> {
    serde_json::from_value(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The only unique constraint of a stream's table is its key, whatever the partition calls it.
fn conflict_or(error: sqlx::Error, expected: i64) -> AppendError {
    match error.as_database_error() {
        Some(db) if db.is_unique_violation() => AppendError::Conflict { expected },
        _ => AppendError::Database(error),
    }
}

/// Events of any number of streams, column by column, so that a batch is one statement.
#[derive(Clone, Debug, Default)]
pub struct StreamRows {
    pub streams: Vec<Uuid>,
    pub versions: Vec<i64>,
    pub names: Vec<&'static str>,
    pub payloads: Vec<serde_json::Value>,
    pub actors: Vec<serde_json::Value>,
    pub correlations: Vec<Uuid>,
    pub ats: Vec<Timestamp>,
}

impl StreamRows {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Adds events behind version `expected` of a stream and returns the stream's new last version.
    pub fn push<E: StreamEvent>(
        &mut self,
        ctx: &Ctx,
        stream: Uuid,
        expected: i64,
        events: &[E],
    ) -> Result<i64, serde_json::Error> {
        let actor = serde_json::to_value(&ctx.actor)?;
        let mut version = expected;
        for event in events {
            let payload = serde_json::to_value(event)?;
            version += 1;
            self.streams.push(stream);
            self.versions.push(version);
            self.names.push(event.name());
            self.payloads.push(payload);
            self.actors.push(actor.clone());
            self.correlations.push(ctx.correlation.0);
            self.ats.push(ctx.now);
        }
        Ok(version)
    }

    /// The parameter of [`append_sql`].
    #[must_use]
    pub fn rows(&self) -> Rows<'_, 7> {
        Rows([
            &self.streams,
            &self.versions,
            &self.names,
            &self.payloads,
            &self.actors,
            &self.correlations,
            &self.ats,
        ])
    }

    /// Binds the columns, which are the next parameters of a statement for sqlx.
    pub fn bind_to<'q>(&'q self, query: PgQuery<'q>) -> PgQuery<'q> {
        query
            .bind(&self.streams)
            .bind(&self.versions)
            .bind(&self.names)
            .bind(&self.payloads)
            .bind(&self.actors)
            .bind(&self.correlations)
            .bind(&self.ats)
    }
}
