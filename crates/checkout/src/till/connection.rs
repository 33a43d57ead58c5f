//! A connection of the till's own: tokio-postgres, because it sends statements without waiting for the answers of those
//! before (sqlx does not), which is what makes a batch two round trips.

use std::str::FromStr;
use std::time::Duration;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Config, Connection, NoTls, Socket};

/// How long connecting may take: to the socket, and to PostgreSQL being ready on it.
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// How long what was sent may stay unacknowledged before the connection counts as broken.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(5);
/// Quiet after which is asked whether the other end is still there, how often, and how many answers may be missing.
const QUIET_MAX: Duration = Duration::from_secs(10);
const PROBE_PERIOD: Duration = Duration::from_secs(2);
const PROBES_MAX: u32 = 3;

/// The role; ends to waiting, below the time that callers wait, so that a lock somebody forgot holds up the commands that
/// need it and no others, and an end to transactions whose process stands still between two statements, rows locked; and plans that hold whatever the statistics say: every statement of the till is a look-up by key, and is
/// planned once.
const OPTIONS: &str = "-c role=stoa_checkout -c lock_timeout=3s -c statement_timeout=8s \
    -c idle_in_transaction_session_timeout=5s -c plan_cache_mode=force_generic_plan -c enable_seqscan=off \
    -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

pub type Wire = Connection<Socket, NoTlsStream>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    #[error(transparent)]
    Refused(#[from] tokio_postgres::Error),
    #[error("no answer within {CONNECT_MAX:?}")]
    Silent,
}

/// Connects; the wire must be polled for the client to get anywhere.
pub async fn connect(url: &str, name: &str) -> Result<(Client, Wire), Unreachable> {
    let mut config = Config::from_str(url)?;
    config
        .application_name(format!("stoa {name}"))
        .options(OPTIONS)
        .connect_timeout(CONNECT_MAX)
        .tcp_user_timeout(UNACKNOWLEDGED_MAX)
        .keepalives_idle(QUIET_MAX)
        .keepalives_interval(PROBE_PERIOD)
        .keepalives_retries(PROBES_MAX);
    match tokio::time::timeout(CONNECT_MAX, config.connect(NoTls)).await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(Unreachable::Silent),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use testkit::TestDb;

    #[tokio::test]
    async fn who_stands_still_in_a_transaction_loses_it_and_its_locks() {
        let schemas = [
            inventory::schema(),
            orders::schema(),
            payments::schema(),
            ledger::schema(),
            promotions::schema(),
            taxes::schema(),
            crate::schema(),
        ];
        let db = TestDb::new(&schemas).await;
        let (client, wire) = connect(db.url(), "test").await.unwrap();
        let work = async {
            let limit = client
                .query_one("show idle_in_transaction_session_timeout", &[])
                .await;
            assert_eq!(limit.unwrap().get::<_, String>(0), "5s");
            // As a process does that is paused; not as long as that.
            client
                .batch_execute("set idle_in_transaction_session_timeout = '50ms'; begin; select pg_advisory_xact_lock(7)")
                .await
                .unwrap();
            tokio::time::timeout(Duration::from_secs(10), async {
                let mut owner = db.owner().await;
                loop {
                    let free: bool = sqlx::query_scalar("select pg_try_advisory_lock(7)")
                        .fetch_one(&mut owner)
                        .await
                        .unwrap();
                    if free {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })
            .await
            .unwrap();
            client.query_one("select 1", &[]).await.unwrap_err()
        };
        let (_, refused) = tokio::join!(wire, work);
        let code = refused.code().map(|code| code.code().to_owned());
        assert!(
            refused.is_closed() || code.as_deref() == Some("25P03"),
            "{refused}"
        );
    }
}
