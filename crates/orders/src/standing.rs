//! How sub-orders stand, kept behind the log for shops' lists by state, so that the till waits for none of it. Nobody waits for it either:
//! a shop's newest sub-orders are read as they are.

use crate::{Error, Orders, store};
use ::store::Tx;
use ::store::consumer::{Consumer, UNHURRIED};
use contracts::orders::{
    DownloadsReady, OrderCancelled, OrderConfirmed, OrderPlaced, OrderReopened, ParcelDelivered,
    ReturnChanged, SubOrderCancelled, SubOrderDelivered, SubOrderPacked, SubOrderRefunded, SubOrderShipped,
    SubOrderUnitsCancelled,
};
use contracts::{Envelope, PublicEvent};
use kernel::TenantId;
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Background work until `stop`.
pub async fn work(orders: Orders, stop: CancellationToken) {
    // All by which a sub-order comes to stand otherwise, each with its order as its key.
    let topics = vec![
        OrderPlaced::TOPIC,
        OrderConfirmed::TOPIC,
        OrderCancelled::TOPIC,
        OrderReopened::TOPIC,
        DownloadsReady::TOPIC,
        SubOrderPacked::TOPIC,
        SubOrderShipped::TOPIC,
        ParcelDelivered::TOPIC,
        SubOrderDelivered::TOPIC,
        SubOrderCancelled::TOPIC,
        SubOrderUnitsCancelled::TOPIC,
        SubOrderRefunded::TOPIC,
        ReturnChanged::TOPIC,
    ];
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new("orders.standing", topics)
    };
    consumer
        .run_batches(orders.db(), stop, |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(note(tx, events))
        })
        .await;
}

/// Notes how they stand now, whatever was told of them.
async fn note(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    let mut parts: BTreeSet<(Uuid, TenantId)> = BTreeSet::new();
    for event in events {
        let shops = shops(event)?;
        parts.extend(shops.into_iter().map(|shop| (event.key, shop)));
    }
    store::standing::note(tx, &parts).await?;
    Ok(())
}

/// Whose parts of the order an event is about.
fn shops(event: &Envelope) -> Result<Vec<TenantId>, Error> {
    if let Some(shop) = event.tenant {
        return Ok(vec![shop]);
    }
    let shops = if let Some(placed) = event.read::<OrderPlaced>().transpose()? {
        placed.tenants
    } else if let Some(confirmed) = event.read::<OrderConfirmed>().transpose()? {
        confirmed.tenants
    } else if let Some(cancelled) = event.read::<OrderCancelled>().transpose()? {
        cancelled.tenants
    } else if let Some(reopened) = event.read::<OrderReopened>().transpose()? {
        reopened.tenants
    } else {
        Vec::new()
    };
    Ok(shops)
}
