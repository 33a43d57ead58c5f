//! Secrets of downloads that open nothing any more are forgotten.

use crate::app::Orders;
use kernel::SharedClock;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SWEEP: Duration = Duration::from_secs(60 * 60);

/// Background work until `stop`.
pub async fn work(orders: Orders, clock: SharedClock, stop: CancellationToken) {
    loop {
        if let Err(error) = orders.forget_downloads(clock.now()).await {
            tracing::warn!(%error, "old secrets of downloads cannot be forgotten; trying again later");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
    }
}
