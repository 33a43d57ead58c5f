//! The log is heard: what it tells becomes messages to shops' programs.

use crate::app::{DELIVER, Hooks, Waiting};
use crate::domain::{self, TOPICS};
use crate::error::Error;
use crate::store::{self, Drafts};
use ::store::consumer::Consumer;
use ::store::{Scope, Tx, jobs};
use chrono::TimeDelta;
use contracts::Envelope;
use contracts::webhooks::KEPT_DAYS;
use kernel::{SharedClock, Timestamp, uuid_time};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// Messages that one transaction deletes.
const SWEPT_MAX: i64 = 5_000;

/// Notes what shops' programs are to be told, until `stop`. What is told twice is noted once.
pub async fn listen(hooks: Hooks, clock: SharedClock, stop: CancellationToken) {
    let consumer = Consumer {
        concerns: is_for_shops,
        ..Consumer::new("webhooks.messages", TOPICS)
    };
    consumer
        .run_batches(hooks.db(), stop, |tx: &mut Tx, events: &[Envelope]| {
            let now = clock.now();
            Box::pin(note(tx, events, now))
        })
        .await;
}

/// Of what cannot be read nobody knows.
fn is_for_shops(event: &Envelope) -> bool {
    !matches!(domain::of(event), Ok(told) if told.is_empty())
}

async fn note(tx: &mut Tx, events: &[Envelope], now: Timestamp) -> Result<(), Error> {
    let mut drafts = Drafts::default();
    for event in events {
        // By the marketplace's own clock, which made its id; the log keeps the database's.
        let at = uuid_time(event.id.0).unwrap_or(event.at);
        // It would be forgotten at once.
        if at <= now - TimeDelta::days(KEPT_DAYS) {
            continue;
        }
        for told in domain::of(event)? {
            drafts.tenants.push(told.to.0);
            drafts.ids.push(event.id.0);
            drafts.kinds.push(told.kind.name());
            drafts.data.push(told.data);
            drafts.at.push(at);
        }
    }
    if drafts.ids.is_empty() {
        return Ok(());
    }
    for (tenant, endpoint) in store::note(tx, &drafts, now).await? {
        let waiting = Waiting { tenant, endpoint };
        DELIVER
            .enqueue_once(tx, &endpoint.to_string(), &waiting, now)
            .await?;
    }
    jobs::wake();
    Ok(())
}

/// Deletes what is older than [`KEPT_DAYS`], until the process stops.
pub async fn sweep(hooks: Hooks, clock: SharedClock, stop: CancellationToken) {
    loop {
        match forget(&hooks, clock.now()).await {
            Ok(swept) if swept > 0 => tracing::info!(swept, "old webhook messages deleted"),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "old webhook messages could not be deleted; trying again later");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn forget(hooks: &Hooks, now: Timestamp) -> Result<u64, Error> {
    let before = now - TimeDelta::days(KEPT_DAYS);
    let mut swept = 0;
    loop {
        let mut tx = hooks.db().begin(Scope::System).await?;
        let some = store::forget(&mut *tx, before, SWEPT_MAX).await?;
        tx.commit().await?;
        swept += some;
        if i64::try_from(some).unwrap_or(i64::MAX) < SWEPT_MAX {
            return Ok(swept);
        }
    }
}
