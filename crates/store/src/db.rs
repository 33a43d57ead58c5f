//! A context's way into PostgreSQL.

use crate::begun::to_its_end;
use crate::head::Head;
use crate::pulse;
use crate::reads::Reads;
use futures::future::BoxFuture;
use kernel::{Fault, TenantId};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool, Postgres, SqlSafeStr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

pub type Tx = sqlx::Transaction<'static, Postgres>;

/// Whose rows a transaction may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One shop's; PostgreSQL shows and accepts no others.
    Tenant(TenantId),
    /// Every shop's: projections, consumers, the till, the operator.
    System,
}

/// One context's pool. Its connections act as `stoa_<context>`: without a [`Scope`] they see no shop's rows.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
    context: &'static str,
    head: Arc<Head>,
    reads: Arc<Reads>,
    reads_of_all: Arc<Reads>,
}

/// Attempts at a transaction that PostgreSQL asks to be repeated.
const TX_ATTEMPTS_MAX: u32 = 5;
/// Connections of one context in one process.
const POOL_CONNECTIONS_MAX: u32 = 8;
/// How long a request waits for one of them. Callers are as patient as that, and no more.
const ACQUIRE_MAX: Duration = Duration::from_secs(5);

/// Seconds for which a transaction may stand still between two statements: a process that was paused, or lost its network,
/// must not keep its locks. Nothing remote is awaited in one; what is reckoned in between takes less. Migrations have
/// connections of their own, without this.
const IDLE_IN_TX_MAX_S: u32 = 15;

/// How statements are planned that find their rows by key, as the till's are: by look-ups, whatever the statistics say.
const BY_KEY: &str = "; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; \
    set local enable_hashjoin = off; set local enable_mergejoin = off";

/// Why a transaction did not happen.
pub trait TxError: From<sqlx::Error> + std::fmt::Display {
    /// The database's error behind this one, if it is one: it decides whether a retry can help.
    fn database(&self) -> Option<&sqlx::Error>;
}

impl TxError for sqlx::Error {
    fn database(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}

impl Db {
    /// Connects lazily: nothing is sent before the first statement.
    pub fn connect(url: &str, context: &'static str) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::from_str(url)?
            .application_name(&format!("stoa {context}"))
            .options([
                ("role", format!("stoa_{context}")),
                (
                    "idle_in_transaction_session_timeout",
                    format!("{IDLE_IN_TX_MAX_S}s"),
                ),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(POOL_CONNECTIONS_MAX)
            .min_connections(0)
            .acquire_timeout(ACQUIRE_MAX)
            .idle_timeout(Duration::from_secs(120))
            .test_before_acquire(false)
            .after_connect(|_, _| {
                pulse::beat(Duration::ZERO);
                Box::pin(std::future::ready(Ok(())))
            })
            .before_acquire(|_, connection| {
                pulse::beat(connection.idle_for);
                Box::pin(std::future::ready(Ok(true)))
            })
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            context,
            head: Head::of(url),
            reads: Arc::new(Reads::new(url, context, format!("stoa_{context}"))),
            reads_of_all: Arc::new(Reads::new(url, context, format!("stoa_{context}_system"))),
        })
    }

    #[must_use]
    pub fn context(&self) -> &'static str {
        self.context
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    /// For single statements on tables that belong to no shop.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// For single statements on tables that belong to no shop, asked by many at the same time.
    #[must_use]
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// For single statements on the rows of all shops, asked by many at the same time.
    #[must_use]
    pub fn reads_of_all(&self) -> &Reads {
        &self.reads_of_all
    }

    /// Begins a transaction whose role and tenant are set in the same message as `begin`.
    pub async fn begin(&self, scope: Scope) -> Result<Tx, sqlx::Error> {
        self.begin_on_any(self.beginning(scope)).await
    }

    /// As [`Self::begin`], for statements that find their rows by the keys they are given: each is planned once for a connection.
    /// Where tables are parted by month PostgreSQL would plan it for its values each time, which takes longer than the work. A
    /// month that was empty then fills up meanwhile, so that nothing is read from end to end.
    pub async fn begin_by_key(&self, scope: Scope) -> Result<Tx, sqlx::Error> {
        self.begin_on_any(self.beginning(scope) + BY_KEY).await
    }

    fn beginning(&self, scope: Scope) -> String {
        match scope {
            // A uuid prints as hex and dashes, so it cannot break out of its quotes.
            Scope::Tenant(tenant) => format!("begin; set local stoa.tenant = '{tenant}'"),
            Scope::System => format!("begin; set local role stoa_{}_system", self.context),
        }
    }

    async fn begin_on_any(&self, begin: String) -> Result<Tx, sqlx::Error> {
        // A pooled connection may have died since its last use. Nothing has happened yet, so take the next one: when all
        // are dead, each attempt removes one.
        for _ in 0..POOL_CONNECTIONS_MAX {
            match self.begin_with(begin.clone()).await {
                Err(error) if is_lost_connection(&error) => {}
                outcome => return outcome,
            }
        }
        self.begin_with(begin).await
    }

    /// sqlx knows of a transaction only when PostgreSQL has answered. A caller who went away before that would leave a pooled
    /// connection inside a transaction that nobody knows of: what came next on it would run under that one's role, and be
    /// lost with it. So what was begun is brought to its end, and rolled back.
    async fn begin_with(&self, begin: String) -> Result<Tx, sqlx::Error> {
        let connection = self.pool.acquire().await?;
        let begin = AssertSqlSafe(begin).into_sql_str();
        to_its_end(sqlx::Transaction::begin(connection, Some(begin))).await
    }

    /// Runs `work` in a transaction and commits it. Serialisation failures and deadlocks are retried with a short
    /// random pause, and metered under `name`.
    pub async fn run_tx<T, E, F>(&self, name: &'static str, scope: Scope, mut work: F) -> Result<T, E>
    where
        E: TxError,
        F: for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    {
        let mut attempt = 1;
        loop {
            let outcome = self.attempt(scope, &mut work).await;
            match outcome {
                Err(error) if attempt < TX_ATTEMPTS_MAX && error.database().is_some_and(is_transient) => {
                    metrics::counter!("store_tx_retries_total", "tx" => name).increment(1);
                    tokio::time::sleep(retry_pause(attempt)).await;
                    attempt += 1;
                }
                Ok(value) => {
                    metrics::counter!("store_tx_total", "tx" => name).increment(1);
                    return Ok(value);
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn attempt<T, E, F>(&self, scope: Scope, work: &mut F) -> Result<T, E>
    where
        E: TxError,
        F: for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    {
        let mut tx = self.begin(scope).await?;
        let value = work(&mut tx).await?;
        tx.commit().await?;
        Ok(value)
    }
}

/// 40001 serialisation failure, 40P01 deadlock: PostgreSQL undid the transaction and asks to try again.
pub(crate) fn is_transient(error: &sqlx::Error) -> bool {
    matches!(
        error.as_database_error().and_then(|e| e.code()).as_deref(),
        Some("40001" | "40P01")
    )
}

/// The database cannot be reached, is on its way down (class 57P) or ended a transaction that stood still (25P03): nothing is
/// wrong with the work itself.
pub fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => error
            .as_database_error()
            .and_then(|e| e.code())
            .is_some_and(|code| matches!(&*code, "57P01" | "57P02" | "57P03" | "08006" | "08003" | "25P03")),
    }
}

/// What a caller is told where nothing could be asked: to come again, not that something is wrong with us. A database that
/// answered others meanwhile is not away: then there were too many callers.
#[must_use]
pub fn out_of_reach(error: &sqlx::Error) -> Fault {
    // Twice as long as anybody waits: a process that is short of time itself hears late of what was answered.
    told(error, pulse::is_within(2 * ACQUIRE_MAX))
}

fn told(error: &sqlx::Error, answers_others: bool) -> Fault {
    if matches!(error, sqlx::Error::PoolTimedOut) && answers_others {
        metrics::counter!("store_pool_timeouts_total").increment(1);
        return Fault::busy();
    }
    tracing::warn!(%error, "the database is out of reach");
    Fault::unavailable("The database")
}

/// The connection broke (class 08, 57P01 to 57P03, or below the protocol), as opposed to: none could be had.
fn is_lost_connection(error: &sqlx::Error) -> bool {
    is_outage(error) && !matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
}

/// A short random pause, longer with each attempt, so that two who collided do not collide again.
pub(crate) fn retry_pause(attempt: u32) -> Duration {
    Duration::from_millis(rand::random_range(1..=(4u64 << attempt.min(8))))
}

/// The name of the violated constraint. Names are part of a context's API: its error.rs maps them to refusals.
#[must_use]
pub fn constraint_of(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|e| e.constraint())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Kind;

    #[test]
    fn too_many_callers_are_not_an_outage() {
        let kind = |error: sqlx::Error, answers_others| {
            let fault = told(&error, answers_others);
            assert_eq!(fault.retry_after_s, Some(1));
            fault.kind
        };
        let broken = || sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into());
        assert_eq!(kind(sqlx::Error::PoolTimedOut, true), Kind::TooMany);
        assert_eq!(kind(sqlx::Error::PoolTimedOut, false), Kind::Unavailable);
        assert_eq!(kind(broken(), true), Kind::Unavailable);
    }

    #[test]
    fn an_answer_is_remembered_for_a_while() {
        pulse::beat(Duration::ZERO);
        assert!(pulse::is_within(ACQUIRE_MAX));
        assert!(!pulse::is_within(Duration::ZERO));
    }
}
