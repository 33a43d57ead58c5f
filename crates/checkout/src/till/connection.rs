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
/// need it and no others; and plans that hold whatever the statistics say: every statement of the till is a look-up by key, and is
/// planned once.
const OPTIONS: &str = "-c role=stoa_checkout -c lock_timeout=3s -c statement_timeout=8s -c plan_cache_mode=force_generic_plan \
    -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

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
