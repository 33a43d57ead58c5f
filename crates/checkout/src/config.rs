use crate::trial::SharedTrial;
use kernel::limits::RESERVATION_TTL_S;
use std::time::Duration;

/// How the till works.
#[derive(Clone, Debug)]
pub struct Config {
    /// How long stock is held for an order that is not paid.
    pub reservation_ttl: Duration,
    /// Batches of new orders in flight at once: while one waits for the disk, the next is being decided.
    pub lanes: usize,
    /// Commands in one batch. More would make the first of them wait for the last.
    pub batch_max: usize,
    /// Commands that may wait. Beyond it callers are told to come back: a queue that nobody can serve in time is no help.
    pub queue_max: usize,
    /// How long a provider may take to answer before the answer counts as unknown.
    pub provider_timeout: Duration,
    /// Scheme and host of the site, for links in mails.
    pub public_url: String,
    /// Who lets things go wrong, to see what comes of it; nobody in a marketplace that serves.
    pub trial: SharedTrial,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            reservation_ttl: Duration::from_secs(u64::from(RESERVATION_TTL_S)),
            lanes: 2,
            batch_max: 256,
            queue_max: 4096,
            provider_timeout: Duration::from_secs(10),
            public_url: "http://127.0.0.1:8080".to_owned(),
            trial: None,
        }
    }
}
