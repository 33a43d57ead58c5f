//! What happens by the clock: keys are rotated, what is over is dropped.

use super::Accounts;
use crate::Error;
use crate::store::{
    challenge, device, guard, mail, mailed_token, operator_invitation, second_factor, session,
};
use chrono::Duration;
use kernel::{SharedClock, Timestamp};
use tokio_util::sync::CancellationToken;

const EVERY: std::time::Duration = std::time::Duration::from_secs(15 * 60);
/// How long ended sessions, used tokens and mails stay for whoever asks what happened.
const KEPT: Duration = Duration::days(30);
/// How long a secret waits for the app's first code.
pub(super) const PENDING_FACTOR_TTL: Duration = Duration::hours(1);
const GUARDS_KEPT: Duration = Duration::days(2);
/// A device that was not used for so long is new again.
const DEVICES_KEPT: Duration = Duration::days(365);

/// Runs the upkeep every quarter of an hour until it is stopped.
pub async fn work(accounts: Accounts, clock: SharedClock, stop: CancellationToken) {
    loop {
        if let Err(error) = accounts.upkeep(clock.now()).await {
            tracing::error!(%error, "identity's upkeep failed and will be tried again");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

impl Accounts {
    /// Rotates keys and drops what is over. Safe to repeat, from any instance.
    pub async fn upkeep(&self, now: Timestamp) -> Result<(), Error> {
        self.0.keys.rotate(now).await?;
        self.0.attempts.forget_idle();
        let db = self.db().pool();
        session::drop_over(db, now - KEPT).await?;
        mailed_token::drop_expired(db, now - KEPT).await?;
        operator_invitation::drop_over(db, now - KEPT).await?;
        challenge::drop_expired(db, now).await?;
        second_factor::drop_pending(db, now - PENDING_FACTOR_TTL).await?;
        mail::drop_old(db, now - KEPT).await?;
        guard::forget_old(db, now - GUARDS_KEPT).await?;
        device::drop_unused(db, now - DEVICES_KEPT).await?;
        Ok(())
    }
}
