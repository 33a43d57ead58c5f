//! A connection of the till's own: tokio-postgres, because it sends statements without waiting for the answers of those
//! before (sqlx does not), which is what makes a batch two round trips.

use std::str::FromStr;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Config, Connection, Error, NoTls, Socket};

/// The role, and plans that hold whatever the statistics say: every statement of the till is a look-up by key, and is
/// planned once.
const OPTIONS: &str = "-c role=stoa_checkout -c plan_cache_mode=force_generic_plan \
    -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

pub type Wire = Connection<Socket, NoTlsStream>;

/// Connects; the wire must be polled for the client to get anywhere.
pub async fn connect(url: &str, name: &str) -> Result<(Client, Wire), Error> {
    let mut config = Config::from_str(url)?;
    config.application_name(format!("stoa {name}")).options(OPTIONS);
    config.connect(NoTls).await
}
