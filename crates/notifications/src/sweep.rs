//! Notices that are forgotten.

use crate::app::Notices;
use crate::error::Error;
use crate::store;
use ::store::Scope;
use contracts::notifications::KEPT_DAYS;
use kernel::{SharedClock, Timestamp};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// Notices that one transaction deletes.
const SWEPT_MAX: i64 = 5_000;

/// Days for which codes to telephones are counted.
const CODES_DAYS: i64 = 2;
/// Days for which the sandboxes of carriers keep what they were given.
const SANDBOX_DAYS: i64 = 2;

/// Deletes what is older than [`KEPT_DAYS`], until the process stops.
pub async fn sweep(notices: Notices, clock: SharedClock, stop: CancellationToken) {
    loop {
        match forget(&notices, clock.now()).await {
            Ok(swept) if swept > 0 => tracing::info!(swept, "old notifications deleted"),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "old notifications could not be deleted; trying again later");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn forget(notices: &Notices, now: Timestamp) -> Result<u64, Error> {
    let before = now - chrono::TimeDelta::days(KEPT_DAYS);
    let mut tx = notices.db().begin(Scope::System).await?;
    store::reach::forget_codes(&mut tx, now - chrono::TimeDelta::days(CODES_DAYS), SWEPT_MAX).await?;
    tx.commit().await?;
    let mut tx = notices.db().begin(Scope::System).await?;
    store::kept::forget(&mut tx, now - chrono::TimeDelta::days(SANDBOX_DAYS), SWEPT_MAX).await?;
    tx.commit().await?;
    let mut swept = 0;
    loop {
        let mut tx = notices.db().begin(Scope::System).await?;
        let some = store::forget(&mut tx, before, SWEPT_MAX).await?;
        tx.commit().await?;
        swept += some;
        if i64::try_from(some).unwrap_or(i64::MAX) < SWEPT_MAX {
            return Ok(swept);
        }
    }
}
