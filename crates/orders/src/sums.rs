//! What was sold, summed up by day behind the log: whoever looks at a month reads its sums and the orders of today. What changes
//! later is taken into the day of its order, some seconds after it happened.

use crate::{Error, Orders, store};
use ::store::consumer::{Consumer, UNHURRIED};
use ::store::{Scope, Tx};
use chrono::{NaiveDate, TimeDelta};
use contracts::orders::{
    OrderCancelled, OrderConfirmed, OrderReaddressed, OrderReopened, SubOrderCancelled, SubOrderRefunded,
    SubOrderUnitsCancelled,
};
use contracts::{Envelope, PublicEvent};
use kernel::{SharedClock, uuid_time};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const ROUND_EVERY: Duration = Duration::from_secs(5);
/// By then what marked a day is committed, and what else happens at once is marked too.
const COMMITTED_WITHIN: Duration = Duration::from_millis(500);
/// Between some days and the next, where many are to be summed up: others come first.
const PAUSE: Duration = Duration::from_millis(50);
/// More than the ids of an order's parts are younger than its own.
const PARTS_WITHIN: TimeDelta = TimeDelta::seconds(1);

/// Background work until `stop`.
pub async fn work(orders: Orders, clock: SharedClock, stop: CancellationToken) {
    // All that changes what is sold of an order, each with the order as its key.
    let topics = vec![
        OrderConfirmed::TOPIC,
        OrderCancelled::TOPIC,
        OrderReopened::TOPIC,
        OrderReaddressed::TOPIC,
        SubOrderCancelled::TOPIC,
        SubOrderUnitsCancelled::TOPIC,
        SubOrderRefunded::TOPIC,
    ];
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new("orders.sales", topics)
    };
    let marked = Notify::new();
    let hearing = consumer.run_batches(orders.db(), stop.clone(), |tx: &mut Tx, events: &[Envelope]| {
        let days = days_of(events);
        // A day that is not over is not summed up, and most of what is told is of today.
        let today = clock.now().date_naive();
        if days.first().is_some_and(|first| *first < today) {
            marked.notify_one();
        }
        Box::pin(mark(tx, days))
    });
    tokio::join!(hearing, rounds(&orders, &clock, &marked, &stop));
}

/// The days of these orders, the first one first.
fn days_of(events: &[Envelope]) -> Vec<NaiveDate> {
    let mut days: Vec<NaiveDate> = events
        .iter()
        .filter_map(|event| uuid_time(event.key))
        .flat_map(|at| [at.date_naive(), (at + PARTS_WITHIN).date_naive()])
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

async fn mark(tx: &mut Tx, days: Vec<NaiveDate>) -> Result<(), Error> {
    store::sums::mark(tx, &days).await?;
    Ok(())
}

async fn rounds(orders: &Orders, clock: &SharedClock, marked: &Notify, stop: &CancellationToken) {
    loop {
        let is_more = orders.sum_up_days(clock.now().date_naive()).await;
        let is_more = is_more.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was sold cannot be summed up; trying again later");
            false
        });
        let pause = async {
            match is_more {
                true => tokio::time::sleep(PAUSE).await,
                false => rest(marked).await,
            }
        };
        tokio::select! {
            () = pause => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Until days were marked, or for a while: other processes mark days too.
async fn rest(marked: &Notify) {
    tokio::select! {
        () = tokio::time::sleep(ROUND_EVERY) => {}
        () = marked.notified() => tokio::time::sleep(COMMITTED_WITHIN).await,
    }
}

impl Orders {
    /// Sums up some of the days before `today` that are not, or of whose orders something was told since; whether more are left.
    pub async fn sum_up_days(&self, today: NaiveDate) -> Result<bool, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let is_more = store::sums::sum_up(&mut tx, today).await?;
        tx.commit().await?;
        Ok(is_more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn days_that_were_marked_are_summed_up_at_once() {
        let (marked, began) = (Notify::new(), Instant::now());
        rest(&marked).await;
        assert!(began.elapsed() >= ROUND_EVERY);
        let began = Instant::now();
        marked.notify_one();
        rest(&marked).await;
        assert!((COMMITTED_WITHIN..ROUND_EVERY).contains(&began.elapsed()));
    }
}
