//! What was searched for, summed up by day behind those who note it: whoever looks at weeks reads their sums, today's searches, and those of
//! days of which something was noted late. Late are clicks and orders of the day before, above all.

use crate::desk::Desk;
use crate::error::Error;
use crate::store;
use ::store::Scope;
use chrono::NaiveDate;
use kernel::SharedClock;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A day that something was noted of is summed up once more that often at most: until then its searches are read.
const ROUND_EVERY: Duration = Duration::from_secs(60);
/// Between some days and the next, where many are to be summed up: others come first.
const PAUSE: Duration = Duration::from_millis(50);
/// Findings named before a report stops counting them.
const FINDINGS_MAX: i64 = 100;

/// Background work until `stop`.
pub async fn sum_up_days(desk: Desk, clock: SharedClock, stop: CancellationToken) {
    loop {
        let is_more = desk.sum_up_days(clock.now().date_naive()).await;
        let is_more = is_more.unwrap_or_else(|error| {
            tracing::warn!(%error, "searches cannot be summed up; trying again later");
            false
        });
        let pause = match is_more {
            true => PAUSE,
            false => ROUND_EVERY,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
    }
}

impl Desk {
    /// Sums up some of the days before `today` that are not, or of which something was noted since; whether more are left.
    pub async fn sum_up_days(&self, today: NaiveDate) -> Result<bool, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let is_more = store::sums::sum_up(&mut tx, today).await?;
        tx.commit().await?;
        Ok(is_more)
    }
}

/// Everything in which sums of searches differ from what they sum up, in words; empty when all is well.
pub async fn verify(desk: &Desk) -> Result<Vec<String>, Error> {
    let mut tx = desk.db().begin(Scope::System).await?;
    let found = store::sums::wrong(&mut tx, FINDINGS_MAX).await?;
    tx.commit().await?;
    Ok(found)
}
