//! What was left lying: waiting for a provider or a bank, or cut off by a crash.

use crate::Error;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use kernel::{SharedClock, Timestamp};
use std::fmt::Debug;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often is looked. What was cut off by a crash goes on within a second of the restart.
const PERIOD: Duration = Duration::from_millis(250);
/// Gone on with at once. A slow provider holds its own places, and no others.
pub const AT_ONCE: usize = 64;

/// A kind of thing that has steps to take between which it may be left lying.
pub trait Lying: Send + Sync + 'static {
    type Id: Copy + Debug + Send;

    /// One of them, in words.
    const WHAT: &'static str;

    /// Renews the leases of those that are being driven here and take longer than a lease. One that the till is writing
    /// at this moment is left to the next round: waiting for several in turn could be waiting in a circle.
    fn renew(&self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// Those that are due and nobody's, at most [`AT_ONCE`].
    fn due(&self, now: Timestamp) -> impl Future<Output = Result<Vec<Self::Id>, sqlx::Error>> + Send;
    fn go_on(&self, id: Self::Id) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Goes on with what is due until told to stop, and keeps other processes off what is being driven here.
pub async fn watch<L: Lying>(lying: L, clock: SharedClock, stop: CancellationToken) {
    let mut under_way = FuturesUnordered::new();
    // At most one, beside what is under way: while the database is waited for, that goes on.
    let mut looking = FuturesUnordered::new();
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(()) = under_way.next() => {}
            _ = ticks.tick(), if looking.is_empty() => looking.push(round(&lying, &clock)),
            Some(found) = looking.next() => match found {
                Ok(due) => {
                    let places = AT_ONCE.saturating_sub(under_way.len());
                    under_way.extend(due.into_iter().take(places).map(|id| go_on(&lying, id)));
                }
                Err(error) => tracing::warn!(what = L::WHAT, %error, "what is due could not be looked for"),
            }
        }
    }
}

async fn round<L: Lying>(lying: &L, clock: &SharedClock) -> Result<Vec<L::Id>, sqlx::Error> {
    lying.renew().await?;
    lying.due(clock.now()).await
}

async fn go_on<L: Lying>(lying: &L, id: L::Id) {
    if let Err(error) = lying.go_on(id).await {
        tracing::warn!(what = L::WHAT, ?id, %error, "could not be gone on with");
    }
}
