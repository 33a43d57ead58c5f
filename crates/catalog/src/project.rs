//! What runs beside the requests: following the log, so that this process's memory is true whichever process wrote,
//! passing on stock that was left behind, applying changes whose time has come, and telling of sales that begin and end.

use crate::app::{apply_scheduled, tell_sales};
use crate::{Products, react};
use ::store::log::{self, Position, Read};
use contracts::PublicEvent;
use contracts::catalog::{CategoriesChanged, ProductChanged};
use contracts::inventory::AvailabilityChanged;
use contracts::tenants::ShopChanged;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How late another process's change may be noticed.
const POLL: Duration = Duration::from_millis(50);
const EVENTS_MAX: i64 = 1_000;
/// Pause after the log could not be read.
const OUTAGE_PAUSE: Duration = Duration::from_millis(500);
/// How often stock is looked for that lost its writer.
const STOCK_SWEEP: Duration = Duration::from_secs(5);

/// The catalogue's background work, until `cancel`.
pub async fn work(products: Products, cancel: CancellationToken) {
    tokio::join!(
        follow(&products, &cancel),
        react::follow_stock(&products, &cancel),
        react::follow_sold_files(&products, &cancel),
        sweep_stock(&products, &cancel),
        crate::import::read_files(&products, &cancel),
        crate::app::fetch_pictures(&products, &cancel),
        crate::app::remove_spare_files(&products, &cancel),
        crate::app::finish_undos(&products, &cancel),
        apply_scheduled(&products, &cancel),
        tell_sales(&products, &cancel)
    );
}

/// Reads the log from its present end: what happened before was never in this process's memory. There is no cursor
/// to keep, for the same reason.
async fn follow(products: &Products, cancel: &CancellationToken) {
    const TOPICS: [&str; 4] = [
        ProductChanged::TOPIC,
        AvailabilityChanged::TOPIC,
        ShopChanged::TOPIC,
        CategoriesChanged::TOPIC,
    ];
    let mut position: Option<Position> = None;
    while !cancel.is_cancelled() {
        let woken = log::woken(POLL);
        let read = match position {
            Some(position) => log::follow(&products.db, position, &TOPICS, EVENTS_MAX).await,
            None => log::end(&products.db).await.map(|next| Read {
                events: Vec::new(),
                next,
            }),
        };
        match read {
            Ok(read) => {
                for event in &read.events {
                    forget(products, &event.envelope);
                }
                if position.is_none() {
                    // Requests may have been served before; what changed since they read is behind us.
                    products.listings.clear();
                }
                let is_first = position.replace(read.next).is_none();
                if is_first || !read.events.is_empty() {
                    continue;
                }
                tokio::select! {
                    () = cancel.cancelled() => return,
                    () = woken => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the log cannot be followed: listings may be out of date for a while");
                tokio::select! {
                    () = cancel.cancelled() => return,
                    () = tokio::time::sleep(OUTAGE_PAUSE) => {}
                }
            }
        }
    }
}

fn forget(products: &Products, envelope: &contracts::Envelope) {
    if let Some(Ok(event)) = envelope.read::<ProductChanged>() {
        products.listings.outdate(event.product, event.version);
    } else if let Some(Ok(event)) = envelope.read::<AvailabilityChanged>() {
        products.hear_stock(event.product, event.sku, event.in_stock);
    } else if let Some(Ok(event)) = envelope.read::<ShopChanged>() {
        products.open_shops.invalidate(&event.tenant);
        products.shop_faces.invalidate(&event.tenant);
    } else if let Some(Ok(event)) = envelope.read::<CategoriesChanged>() {
        products.forget_categories(!event.renamed.is_empty());
    }
}

async fn sweep_stock(products: &Products, cancel: &CancellationToken) {
    loop {
        if let Err(error) = products.pass_on_overdue().await {
            tracing::warn!(%error, "stock that waits cannot be passed on");
        }
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(STOCK_SWEEP) => {}
        }
    }
}
