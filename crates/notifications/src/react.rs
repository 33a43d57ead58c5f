//! The log is heard: what it tells becomes notices.

use crate::app::Notices;
use crate::domain::news::{self, TOPICS};
use crate::error::Error;
use crate::messages;
use crate::store::{self, Drafts};
use ::store::Tx;
use ::store::consumer::Consumer;
use contracts::Envelope;
use contracts::notifications::KEPT_DAYS;
use kernel::{SharedClock, Timestamp, uuid_time};
use tokio_util::sync::CancellationToken;

/// Days after which what is heard of is no news any more: it is there to be looked up, and read already. So a new consumer
/// that hears the whole past does not tell anybody of it.
const NEWS_DAYS: i64 = 14;

/// Notes for whom events are, until `stop`. What is told twice is noted once.
pub async fn listen(notices: Notices, clock: SharedClock, stop: CancellationToken) {
    let consumer = Consumer {
        concerns: is_for_somebody,
        ..Consumer::new("notifications.notices", TOPICS)
    };
    consumer
        .run_batches(notices.db(), stop, |tx: &mut Tx, events: &[Envelope]| {
            let now = clock.now();
            Box::pin(note(tx, events, now))
        })
        .await;
}

/// Most of what guests order is not; of what cannot be read nobody knows.
fn is_for_somebody(event: &Envelope) -> bool {
    !matches!(news::of(event), Ok(told) if told.is_empty())
}

async fn note(tx: &mut Tx, events: &[Envelope], now: Timestamp) -> Result<(), Error> {
    let forgotten = now - chrono::TimeDelta::days(KEPT_DAYS);
    let old = now - chrono::TimeDelta::days(NEWS_DAYS);
    let mut drafts = Drafts::default();
    for event in events {
        // By the marketplace's own clock, which made its id; the log keeps the database's.
        let at = uuid_time(event.id.0).unwrap_or(event.at);
        if at <= forgotten {
            continue;
        }
        for told in news::of(event)? {
            drafts.push(event.id, at, told, at < old)?;
        }
    }
    if !drafts.is_empty() {
        let noted = store::note(tx, &drafts).await?;
        messages::enqueue(tx, &drafts.of_persons(&noted)?, now).await?;
    }
    Ok(())
}
