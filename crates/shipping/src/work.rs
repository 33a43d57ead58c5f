//! What shipping does by itself: it asks carriers about bookings they have not answered.

use crate::Shipments;
use kernel::{Ctx, SharedClock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const ROUND_EVERY: Duration = Duration::from_secs(5);

/// Background work until `stop`.
pub async fn work(shipments: Shipments, clock: SharedClock, stop: CancellationToken) {
    loop {
        let ctx = Ctx::system("shipping", clock.now());
        match shipments.ask_due(&ctx).await {
            Ok(0) => {}
            Ok(asked) => tracing::info!(asked, "bookings asked about"),
            Err(error) => tracing::warn!(%error, "bookings could not be asked about; trying again later"),
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}
