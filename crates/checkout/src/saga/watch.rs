//! Payments that were left lying: waiting for a provider or a bank, or cut off by a crash.

use super::drive::Driver;
use crate::Error;
use crate::till::settle::Ask;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use kernel::{Ctx, OrderId, Timestamp};
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often is looked. A payment cut off by a crash goes on within a second of the restart.
const PERIOD: Duration = Duration::from_millis(250);
/// Payments gone on with at once. A slow provider holds its own places, and no others.
const AT_ONCE: usize = 64;

/// Goes on with due payments until told to stop, and keeps other processes off those that are being driven here.
pub async fn watch(driver: Driver, pool: PgPool, stop: CancellationToken) {
    let mut under_way = FuturesUnordered::new();
    // At most one, beside the payments: while the database is waited for, they go on.
    let mut looking = FuturesUnordered::new();
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(()) = under_way.next() => {}
            _ = ticks.tick(), if looking.is_empty() => looking.push(round(&driver, &pool)),
            Some(found) = looking.next() => match found {
                Ok(due) => {
                    let places = AT_ONCE.saturating_sub(under_way.len());
                    under_way.extend(due.into_iter().take(places).map(|order| go_on(&driver, order)));
                }
                Err(error) => tracing::warn!(%error, "due payments could not be looked for"),
            }
        }
    }
}

/// Renews leases, and finds the payments that are due and nobody's.
async fn round(driver: &Driver, pool: &PgPool) -> Result<Vec<OrderId>, sqlx::Error> {
    renew(driver, pool).await?;
    due(pool, driver.clock.now()).await
}

async fn go_on(driver: &Driver, order: OrderId) {
    let ctx = Ctx::system("till.payments", driver.clock.now());
    let gone_on = async {
        let taken = driver.till.settle(&ctx, order, Ask::Take).await?;
        if taken.leased {
            driver.drive(&ctx, taken.case).await?;
        }
        Ok::<(), Error>(())
    };
    if let Err(error) = gone_on.await {
        tracing::warn!(%order, %error, "a payment could not be gone on with");
    }
}

async fn due(pool: &PgPool, now: Timestamp) -> Result<Vec<OrderId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select order_id as "order_id: OrderId"
             from checkout.saga
            where due_at <= $1 and (lease_until is null or lease_until <= $1)
            order by due_at
            limit $2"#,
        now,
        AT_ONCE as i64,
    )
    .fetch_all(pool)
    .await
}

/// Renews the leases of payments that are being driven here and take longer than a lease. A saga that the till is writing
/// at this moment is left to the next round: waiting for several in turn could be waiting in a circle.
async fn renew(driver: &Driver, pool: &PgPool) -> Result<(), sqlx::Error> {
    let running: Vec<Uuid> = driver.running().iter().map(|order| order.0).collect();
    if running.is_empty() {
        return Ok(());
    }
    let until = driver.clock.now() + crate::till::settle::LEASE;
    sqlx::query!(
        "with held as materialized (
             select order_id
               from checkout.saga
              where order_id = any($1) and lease_until is not null
              order by order_id
                for update skip locked)
         update checkout.saga s set lease_until = $2 from held where s.order_id = held.order_id",
        &running,
        until,
    )
    .execute(pool)
    .await?;
    Ok(())
}
