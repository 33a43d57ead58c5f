//! What the catalogue does about others' events.

use crate::store::{file, listing};
use crate::{Error, Products};
use ::store::Tx;
use ::store::consumer::{Consumer, UNHURRIED};
use contracts::inventory::AvailabilityChanged;
use contracts::orders::DownloadsReady;
use contracts::{Envelope, PublicEvent};
use std::collections::HashMap;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Keeps beside each offer whether it is in stock, so that a product's page asks nobody else.
pub async fn follow_stock(products: &Products, cancel: &CancellationToken) {
    let consumer = Consumer {
        batch: 1_000,
        ..Consumer::new("catalog.stock", [AvailabilityChanged::TOPIC])
    };
    consumer
        .run_batches(&products.db, cancel.clone(), |tx, events| {
            Box::pin(set_in_stock(tx, events))
        })
        .await;
}

async fn set_in_stock(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    // Of several events of one SKU the last holds.
    let mut last: HashMap<Uuid, bool> = HashMap::with_capacity(events.len());
    for event in events {
        if let Some(event) = event.read::<AvailabilityChanged>() {
            let event = event.map_err(|e| Error::Unreadable("event", e))?;
            last.insert(event.sku.0, event.in_stock);
        }
    }
    let (skus, in_stock): (Vec<Uuid>, Vec<bool>) = last.into_iter().unzip();
    Ok(listing::set_in_stock(tx, &skus, &in_stock).await?)
}

/// Keeps beside each file until when somebody who bought it may download it.
pub async fn follow_sold_files(products: &Products, cancel: &CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new("catalog.sold_files", [DownloadsReady::TOPIC])
    };
    consumer
        .run(&products.db, cancel.clone(), |tx, event| {
            Box::pin(hold_files(tx, event))
        })
        .await;
}

async fn hold_files(tx: &mut Tx, event: &Envelope) -> Result<(), Error> {
    if let Some(ready) = event.read::<DownloadsReady>() {
        let ready = ready.map_err(|e| Error::Unreadable("event", e))?;
        let files: Vec<Uuid> = ready.files.iter().map(|id| id.0).collect();
        file::hold(tx, ready.tenant, &files, ready.until).await?;
    }
    Ok(())
}
