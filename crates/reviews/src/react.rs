//! Orders tell who received what: the right to review it.

use crate::app::Ratings;
use crate::error::Error;
use crate::store;
use ::store::Tx;
use ::store::consumer::{Consumer, UNHURRIED};
use contracts::orders::SubOrderDelivered;
use contracts::{Envelope, PublicEvent};
use tokio_util::sync::CancellationToken;

/// Keeps who may review what, until `stop`. What is told twice is noted once.
pub async fn note_purchases(ratings: Ratings, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        concerns: may_be_reviewed,
        ..Consumer::new("reviews.note_purchases", vec![SubOrderDelivered::TOPIC])
    };
    consumer
        .run_batches(ratings.db(), stop, |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(note(tx, events))
        })
        .await;
}

/// Guests have no account that a review could be theirs by; of what cannot be read nobody knows.
fn may_be_reviewed(event: &Envelope) -> bool {
    match event.read::<SubOrderDelivered>() {
        Some(Ok(arrived)) => arrived.buyer.is_some(),
        Some(Err(_)) => true,
        None => false,
    }
}

async fn note(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    let mut purchases = store::Purchases::default();
    for event in events {
        let Some(arrived) = event.read::<SubOrderDelivered>().transpose()? else {
            continue;
        };
        let Some(buyer) = arrived.buyer else { continue };
        for goods in &arrived.goods {
            purchases.push(
                arrived.order,
                goods.product,
                buyer,
                arrived.tenant,
                arrived.delivered_at,
            );
        }
    }
    store::note_purchases(tx, &purchases).await?;
    Ok(())
}
