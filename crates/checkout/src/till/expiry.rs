//! Holds that have run out: their orders end, their stock is free, their payments are void, in one transaction each.

use super::Till;
use super::settle::Ask;
use crate::Error;
use contracts::orders::CancelReason;
use futures::future::join_all;
use kernel::{Ctx, OrderId, SharedClock, Timestamp};
use sqlx::PgPool;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often is looked; stock is to be free within a second of its time.
const PERIOD: Duration = Duration::from_millis(250);
/// Orders ended at once.
const BATCH: i64 = 256;

/// Ends unpaid orders whose time has come, until told to stop.
pub async fn watch(till: Till, pool: PgPool, clock: SharedClock, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let found = match expire_due(&till, &pool, &clock).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "expired holds could not be looked for");
                0
            }
        };
        // A full batch means that more are waiting.
        if i64::try_from(found).is_ok_and(|found| found < BATCH) {
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => {}
                () = stop.cancelled() => return,
            }
        }
    }
}

/// Ends the orders that are due now and says how many were found.
async fn expire_due(till: &Till, pool: &PgPool, clock: &SharedClock) -> Result<usize, Error> {
    let now = clock.now();
    let due = due(pool, now).await?;
    let ctx = Ctx::system("till.expiry", now);
    let expire = |&order: &OrderId| {
        let ask = Ask::Cancel {
            reason: CancelReason::Expired,
        };
        till.settle(&ctx, order, ask)
    };
    for (order, outcome) in due.iter().zip(join_all(due.iter().map(expire)).await) {
        match outcome {
            Ok(_) => metrics::counter!("till_orders_expired_total").increment(1),
            // Paid or cancelled since it was found.
            Err(Error::Order(_)) => {}
            Err(error) => tracing::warn!(%order, %error, "a hold could not be ended"),
        }
    }
    Ok(due.len())
}

async fn due(pool: &PgPool, now: Timestamp) -> Result<Vec<OrderId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select id as "id: OrderId"
             from orders.order
            where status = 'placed' and reserved_until <= $1
            order by reserved_until
            limit $2"#,
        now,
        BATCH,
    )
    .fetch_all(pool)
    .await
}
