//! Single statements that many requests ask at the same time, on connections that they share: each is sent without
//! waiting for the answers of those before (sqlx does not do that, so this is the other driver), and PostgreSQL finds the
//! next one already there when it has answered one. No transaction, no waiting for a free connection.

use crate::pulse;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};

/// Connections of one context: one backend for each of the cores that may be reading.
const LINES: usize = 2;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A look-up by key takes far less. What takes longer holds up those behind it. Planned once and as a look-up, whatever the
/// statistics said then: a month that was empty fills up.
const OPTIONS: &str = "-c statement_timeout=5s -c plan_cache_mode=force_generic_plan -c enable_seqscan=off \
    -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

/// A context's shared connections, opened with the first question.
pub struct Reads {
    url: String,
    context: &'static str,
    role: String,
    lines: [tokio::sync::Mutex<Option<Arc<Line>>>; LINES],
    next: AtomicUsize,
}

struct Line {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reads")
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl Reads {
    /// `role` is the context's own, which sees tables that belong to no shop, or the one that sees all shops' rows.
    pub(crate) fn new(url: &str, context: &'static str, role: String) -> Self {
        Self {
            url: url.to_owned(),
            context,
            role,
            lines: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            next: AtomicUsize::new(0),
        }
    }

    /// Asks one statement, prepared once per connection. Where the connection has died since its last use it is asked
    /// again on a new one: reading twice is reading once.
    pub async fn query(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, sqlx::Error> {
        match self.ask(sql, parameters).await {
            Err(error) if error.is_closed() || is_going_down(&error) => {
                self.ask(sql, parameters).await.map_err(into_sqlx)
            }
            outcome => outcome.map_err(into_sqlx),
        }
    }

    /// As [`query`](Self::query), for whoever has to know that a connection was lost meanwhile: nothing is asked again.
    pub(crate) async fn query_once(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, sqlx::Error> {
        self.ask(sql, parameters).await.map_err(into_sqlx)
    }

    async fn ask(
        &self,
        sql: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let line = self.line().await?;
        let known = line.lock().get(sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = line.client.prepare(sql).await?;
                line.lock().insert(sql, statement.clone());
                statement
            }
        };
        let rows = line.client.query(&statement, parameters).await?;
        pulse::beat(Duration::ZERO);
        Ok(rows)
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "a wire holds no work: it ends with its client, and there is nothing to stop or to wait for"
    )]
    async fn line(&self) -> Result<Arc<Line>, tokio_postgres::Error> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % LINES;
        let mut slot = self.lines[turn].lock().await;
        if let Some(line) = slot.as_ref().filter(|line| !line.client.is_closed()) {
            return Ok(Arc::clone(line));
        }
        let mut config = Config::from_str(&self.url)?;
        config
            .application_name(format!("stoa {} reads", self.context))
            .connect_timeout(CONNECT_TIMEOUT)
            .options(format!("-c role={} {OPTIONS}", self.role));
        let (client, wire) = config.connect(NoTls).await?;
        let context = self.context;
        // Ends with the client, or with the connection: then the next question opens another.
        tokio::spawn(async move {
            if let Err(error) = wire.await {
                tracing::debug!(context, %error, "a reading connection ended");
            }
        });
        let line = Arc::new(Line {
            client,
            statements: Mutex::default(),
        });
        *slot = Some(Arc::clone(&line));
        Ok(line)
    }
}

impl Line {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Statement>> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Class 57: the server is stopping or starting.
fn is_going_down(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("57P"))
}

/// As callers know the database's errors. One that has no connection left for us is out of reach.
fn into_sqlx(error: tokio_postgres::Error) -> sqlx::Error {
    let is_full = error.code() == Some(&SqlState::TOO_MANY_CONNECTIONS);
    match error.as_db_error() {
        Some(said) if !is_full && !is_going_down(&error) => {
            sqlx::Error::Protocol(format!("{}: {}", said.code().code(), said.message()))
        }
        _ => sqlx::Error::Io(std::io::Error::other(error)),
    }
}
