//! Orders tell who has paid something of whose: nothing is hidden between them from then on.

use crate::app::Conversations;
use crate::error::Error;
use crate::store;
use ::store::Tx;
use ::store::consumer::{Consumer, UNHURRIED};
use contracts::orders::OrderConfirmed;
use contracts::{Envelope, PublicEvent};
use tokio_util::sync::CancellationToken;

/// Keeps who has paid something of whose, until `stop`. What is told twice is noted once.
pub async fn note_purchases(conversations: Conversations, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        concerns: may_write,
        ..Consumer::new("messages.note_purchases", vec![OrderConfirmed::TOPIC])
    };
    consumer
        .run_batches(conversations.db(), stop, |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(note(tx, events))
        })
        .await;
}

/// Guests have no account with which they could write; of what cannot be read nobody knows.
fn may_write(event: &Envelope) -> bool {
    match event.read::<OrderConfirmed>() {
        Some(Ok(paid)) => paid.buyer.is_some(),
        Some(Err(_)) => true,
        None => false,
    }
}

async fn note(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    let mut purchases = store::Purchases::default();
    for event in events {
        let Some(paid) = event.read::<OrderConfirmed>().transpose()? else {
            continue;
        };
        let Some(buyer) = paid.buyer else { continue };
        for shop in paid.tenants {
            purchases.push(buyer, shop, paid.order);
        }
    }
    if !purchases.is_empty() {
        store::note_purchases(tx, &purchases).await?;
    }
    Ok(())
}
