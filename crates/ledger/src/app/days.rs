//! Closing days, in two steps, so that nothing is posted on a day while it is summed up.

use super::Ledger;
use crate::error::Error;
use crate::store::days;
use ::store::Scope;
use chrono::{NaiveDate, TimeDelta};
use kernel::Timestamp;
use std::time::Duration;

/// A day is closed so long after its end. What is posted has the time at which it was begun, moments before.
const OPEN_FOR: TimeDelta = TimeDelta::hours(6);
/// How long those who may still be posting are waited for at a time, and how often they are looked at.
const WAIT_MAX: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The day before which all days are to be closed.
pub fn due(now: Timestamp) -> NaiveDate {
    (now - OPEN_FOR).date_naive()
}

impl Ledger {
    /// Closes all days before `before`, if something was posted on them.
    pub async fn close_days(&self, before: NaiveDate) -> Result<(), Error> {
        let Some(upto) = self.begin_closing(before).await? else {
            return Ok(());
        };
        while self.close_some_days(upto).await? {}
        Ok(())
    }

    /// `before`, unless the database's clock is behind it: a process whose clock is ahead must not keep the others from
    /// posting.
    pub async fn days_due(&self, before: NaiveDate) -> Result<NaiveDate, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let by_database = days::due_by_database(&mut tx, OPEN_FOR).await?;
        tx.commit().await?;
        Ok(before.min(by_database))
    }

    /// From now on the days before `before` take no more entries. Gives the day before which everything is known that was
    /// posted; none where nothing is to be summed up, and while somebody may still be posting, who is waited for another time.
    pub async fn begin_closing(&self, before: NaiveDate) -> Result<Option<NaiveDate>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let announced = days::announce(&mut tx, before).await?;
        tx.commit().await?;
        if announced.is_none() {
            return Ok(None);
        }
        // Asked after the commit: whoever read the boundary as it was has an id by then, and a smaller one.
        let mut tx = self.db().begin(Scope::System).await?;
        let newcomer = days::this_transaction(&mut tx).await?;
        tx.commit().await?;
        let looks = WAIT_MAX.as_millis() / LOOK_EVERY.as_millis();
        for _ in 0..looks {
            let mut tx = self.db().begin(Scope::System).await?;
            let are_over = days::are_over(&mut tx, newcomer).await?;
            tx.commit().await?;
            if are_over {
                return Ok(announced);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(None)
    }

    /// Sums up some of the days before `upto`, which [`Ledger::begin_closing`] gave; whether more are left.
    pub async fn close_some_days(&self, upto: NaiveDate) -> Result<bool, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let more = days::sum_up(&mut tx, upto).await?;
        tx.commit().await?;
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_stays_open_for_six_hours_after_its_end() {
        let due = |text: &str| due(text.parse().expect("a time")).to_string();
        assert_eq!(due("2026-11-22T05:59:59Z"), "2026-11-21");
        assert_eq!(due("2026-11-22T06:00:00Z"), "2026-11-22");
    }
}
