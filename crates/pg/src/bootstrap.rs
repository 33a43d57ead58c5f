//! What every cluster of Stoa holds: the role, the database and the extensions.
//!
//! Calls block: a connection and its work run on a small runtime of their own, because the threads that start and
//! watch servers are plain threads.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

use crate::url::url;
use crate::{EXTENSIONS, Error, STOA, SUPERUSER};

/// A server that takes longer than this to answer a local connection does not answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// How far a server is.
#[derive(Debug)]
pub(crate) enum Readiness {
    /// Role, database and extensions are there.
    Complete,
    /// It answers, but something is missing.
    Bare,
    /// It answers that it is starting, recovering or stopping.
    Busy,
    /// It does not answer.
    Silent,
}

/// Makes a real connection and looks for what [`complete`] would make.
pub(crate) fn readiness(socket_dir: &Path) -> Result<Readiness, Error> {
    let wanted = format!(
        "select exists (select from pg_catalog.pg_roles where rolname = '{STOA}' and rolcanlogin and rolcreatedb
                          and rolcreaterole)
            and (select count(*) from pg_catalog.pg_extension where extname in ({})) = {}",
        EXTENSIONS.map(|name| format!("'{name}'")).join(", "),
        EXTENSIONS.len(),
    );
    let answer = block_on(async {
        let look = session(socket_dir, STOA, async |client| {
            client.simple_query(&wanted).await
        });
        tokio::time::timeout(ANSWER_TIMEOUT, look).await
    });
    let cause = match answer {
        Err(_elapsed) => return Ok(Readiness::Silent),
        Ok(Ok(messages)) => {
            return Ok(if says_true(&messages) {
                Readiness::Complete
            } else {
                Readiness::Bare
            });
        }
        Ok(Err(cause)) => cause,
    };
    match cause.code() {
        // No such database.
        Some(code) if *code == SqlState::INVALID_CATALOG_NAME => Ok(Readiness::Bare),
        Some(code) if *code == SqlState::CANNOT_CONNECT_NOW => Ok(Readiness::Busy),
        // All connections taken, those reserved for the superuser too, or ended by a shutdown under our hands.
        Some(code) if *code == SqlState::TOO_MANY_CONNECTIONS || *code == SqlState::ADMIN_SHUTDOWN => {
            Ok(Readiness::Busy)
        }
        Some(_) => Err(Error::Sql {
            step: "asking whether it is complete",
            cause,
        }),
        None => Ok(Readiness::Silent),
    }
}

fn says_true(messages: &[tokio_postgres::SimpleQueryMessage]) -> bool {
    messages.iter().any(
        |message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(row) if row.get(0) == Some("t")),
    )
}

/// Makes what is missing. Whatever was interrupted is completed by the next call.
pub(crate) fn complete(socket_dir: &Path, major: u32) -> Result<(), Error> {
    block_on(async {
        // One session in template1 for all of it: databases are copied from template1, and it can only be copied
        // while no other session is in it.
        let made = session(socket_dir, "template1", async |client| {
            let sql = |step: &'static str| move |cause| Failure { step, cause };
            let role = format!("select from pg_catalog.pg_roles where rolname = '{STOA}'");
            if client
                .query(&role, &[])
                .await
                .map_err(sql("looking for the role"))?
                .is_empty()
            {
                client
                    .batch_execute(&format!("create role {STOA}"))
                    .await
                    .map_err(sql("making the role"))?;
            }
            client
                .batch_execute(&format!("alter role {STOA} login createdb createrole"))
                .await
                .map_err(sql("giving the role its rights"))?;
            extensions(client).await?;
            let database = format!("select from pg_catalog.pg_database where datname = '{STOA}'");
            if client
                .query(&database, &[])
                .await
                .map_err(sql("looking for the database"))?
                .is_empty()
            {
                client
                    .batch_execute(&format!("create database {STOA} owner {STOA}"))
                    .await
                    .map_err(sql("making the database"))?;
            }
            Ok(())
        })
        .await;
        made.map_err(|failure: Failure| failure.explain(major))?;

        // A database that was there before has not got them from template1.
        session(socket_dir, STOA, extensions)
            .await
            .map_err(|failure| failure.explain(major))
    })
}

async fn extensions(client: &Client) -> Result<(), Failure> {
    for extension in EXTENSIONS {
        client
            .batch_execute(&format!("create extension if not exists {extension}"))
            .await
            .map_err(|cause| Failure {
                step: extension,
                cause,
            })?;
    }
    Ok(())
}

#[derive(Debug)]
struct Failure {
    step: &'static str,
    cause: tokio_postgres::Error,
}

impl From<tokio_postgres::Error> for Failure {
    fn from(cause: tokio_postgres::Error) -> Self {
        Self {
            step: "connecting",
            cause,
        }
    }
}

impl Failure {
    fn explain(self, major: u32) -> Error {
        let Self { step, cause } = self;
        let not_there = [SqlState::UNDEFINED_FILE, SqlState::FEATURE_NOT_SUPPORTED];
        if EXTENSIONS.contains(&step) && cause.code().is_some_and(|code| not_there.contains(code)) {
            return Error::MissingExtension {
                extension: step,
                remedy: crate::install::contrib_remedy(major),
            };
        }
        Error::Sql { step, cause }
    }
}

/// Connects as superuser, does the work, and closes.
async fn session<T, E: From<tokio_postgres::Error>>(
    socket_dir: &Path,
    database: &str,
    work: impl AsyncFnOnce(&Client) -> Result<T, E>,
) -> Result<T, E> {
    let (client, connection) = tokio_postgres::connect(&url(socket_dir, database, SUPERUSER), NoTls).await?;
    let work = async move { work(&client).await };
    // The connection ends when the work drops its client; driven side by side, so no task needs to be spawned.
    let (done, _closed) = tokio::join!(work, connection);
    done
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime without threads needs but an epoll descriptor")
        .block_on(work)
}
