//! Hears from the log that shops send, and has their shares captured, each once, however often a process dies meanwhile: the
//! cursor moves with a job, and the job ends with what the till did.

use super::drive::Driver;
use contracts::orders::SubOrderShipped;
use contracts::{Envelope, PublicEvent};
use kernel::{Ctx, OrderId, SharedClock, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::consumer::{Consumer, UNHURRIED};
use store::jobs::{Job, Queue};
use store::{Db, Tx};
use tokio_util::sync::CancellationToken;

/// The till may be busy, or out of reach for hours; the money is set aside for days.
const CAPTURES: Queue = Queue {
    attempts_max: 60,
    ..Queue::new("checkout.captures")
};

/// A shop has sent something of its part of an order. One job of a shop and order, by its key.
#[derive(Debug, Serialize, Deserialize)]
struct Sent {
    order: OrderId,
    tenant: TenantId,
}

/// Until `stop`.
pub async fn hear(db: Db, driver: Driver, clock: SharedClock, stop: CancellationToken) {
    tokio::join!(
        note(&db, &clock, stop.clone()),
        work(&db, &driver, clock.clone(), stop)
    );
}

/// What is asked of a provider takes its time, and a reader of the log must not: it only notes what is to be done.
async fn note(db: &Db, clock: &SharedClock, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new(CAPTURES.name, vec![SubOrderShipped::TOPIC])
    };
    consumer
        .run_batches(db, stop, |tx: &mut Tx, events: &[Envelope]| {
            let now = clock.now();
            Box::pin(keep(tx, events, now))
        })
        .await;
}

async fn work(db: &Db, driver: &Driver, clock: SharedClock, stop: CancellationToken) {
    let now = clock.clone();
    CAPTURES
        .work(db, stop, clock, |job: &Job| {
            let (driver, ctx) = (driver.clone(), Ctx::system(CAPTURES.name, now.now()));
            let sent = job.read::<Sent>();
            Box::pin(async move {
                let Sent { order, tenant } = sent.map_err(unreadable)?;
                driver.sent(&ctx, order, tenant).await
            })
        })
        .await;
}

/// Keeps what is to be done for those whose shares are captured as they are sent; of the others all was captured before.
async fn keep(tx: &mut Tx, events: &[Envelope], now: Timestamp) -> Result<(), sqlx::Error> {
    let mut sent: BTreeSet<(OrderId, TenantId)> = BTreeSet::new();
    for event in events {
        if let Some(shipped) = event.read::<SubOrderShipped>() {
            let shipped = shipped.map_err(unreadable)?;
            sent.insert((shipped.order, shipped.tenant));
        }
    }
    if sent.is_empty() {
        return Ok(());
    }
    let orders: Vec<OrderId> = sent.iter().map(|(order, _)| *order).collect();
    let open: Vec<OrderId> = sqlx::query_scalar(
        "select order_id from checkout.capture where order_id = any($1) and ended_at is null",
    )
    .bind(orders)
    .fetch_all(&mut **tx)
    .await?;
    let jobs: Vec<(String, Sent, Timestamp)> = sent
        .into_iter()
        .filter(|(order, _)| open.contains(order))
        .map(|(order, tenant)| (format!("{order}-{tenant}"), Sent { order, tenant }, now))
        .collect();
    if !jobs.is_empty() {
        CAPTURES.enqueue_each_once(tx, &jobs).await?;
    }
    Ok(())
}

fn unreadable(error: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
