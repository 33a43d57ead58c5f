//! What the ledger does by itself: holds end, listings are charged, shops are paid; charges, deliveries and what is listed
//! are noted; days that are over are closed.

use crate::app::{Ledger, due_to_close};
use crate::error::Error;
use crate::store::settlements::LineKey;
use ::store::Tx;
use ::store::consumer::{Consumer, UNHURRIED};
use chrono::NaiveDate;
use contracts::catalog::ProductChanged;
use contracts::orders::SubOrderDelivered;
use contracts::payments::{PaymentCaptured, PaymentRefunded};
use contracts::search::promoted::PromotedDayBegun;
use contracts::{Envelope, PublicEvent};
use kernel::{Ctx, SharedClock};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const ROUND_EVERY: Duration = Duration::from_secs(30);
/// Of days that are over. Longer than anything takes to be posted.
const CLOSE_EVERY: Duration = Duration::from_secs(600);
/// Between some days and the next, where many are to be closed: others come first.
const CLOSE_PAUSE: Duration = Duration::from_millis(50);

/// Background work until `stop`.
pub async fn work(ledger: Ledger, clock: SharedClock, stop: CancellationToken) {
    tokio::join!(
        rounds(&ledger, &clock, &stop),
        send(&ledger, &clock, &stop),
        reconcile(&ledger, &clock, &stop),
        close_days(&ledger, &clock, &stop),
        note_charges(&ledger, stop.clone()),
        note_deliveries(&ledger, stop.clone()),
        note_listings(&ledger, clock.clone(), stop.clone()),
        charge_promoted(&ledger, clock.clone(), stop.clone()),
    );
}

/// Holds, then listings, then payouts: what a round releases it pays, less what it charges.
async fn rounds(ledger: &Ledger, clock: &SharedClock, stop: &CancellationToken) {
    loop {
        match round(ledger, &Ctx::system("settlement", clock.now())).await {
            Ok(0) => {}
            Ok(done) => {
                ledger.wake_sender();
                tracing::info!(done, "holds released, listings charged, payouts made");
            }
            Err(error) => tracing::warn!(%error, "shops could not be settled; trying again later"),
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn round(ledger: &Ledger, ctx: &Ctx) -> Result<usize, Error> {
    let released = ledger.release_due(ctx).await?;
    // A shop that cannot be asked about is charged another time; others are paid all the same.
    let charged = ledger.charge_listings(ctx).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "listings could not be charged; trying again later");
        0
    });
    let made = ledger.settle_due(ctx).await?;
    Ok(released + charged + made)
}

/// What was paid is sent, by itself: a provider that takes its time keeps nobody's money held.
async fn send(ledger: &Ledger, clock: &SharedClock, stop: &CancellationToken) {
    loop {
        match ledger.send_due(&Ctx::system("settlement", clock.now())).await {
            Ok(0) => {}
            Ok(asked) => tracing::info!(asked, "payouts sent or looked at"),
            Err(error) => tracing::warn!(%error, "payouts could not be sent; trying again later"),
        }
        tokio::select! {
            () = ledger.payouts_made() => {}
            () = tokio::time::sleep(ROUND_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Days that are over are closed. Each is when it was due already a round ago: where the clock is moved on by days in a minute,
/// as the demo's is, whoever is posting with a time of a moment ago comes before it is closed.
async fn close_days(ledger: &Ledger, clock: &SharedClock, stop: &CancellationToken) {
    let mut due = due_to_close(clock.now());
    loop {
        // A clock that was ahead a round ago may have been put right.
        if let Err(error) = close(ledger, due.min(due_to_close(clock.now())), stop).await {
            tracing::warn!(%error, "days of the ledger could not be closed; trying again later");
        }
        due = due_to_close(clock.now());
        tokio::select! {
            () = tokio::time::sleep(CLOSE_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn close(ledger: &Ledger, due: NaiveDate, stop: &CancellationToken) -> Result<(), Error> {
    let due = ledger.days_due(due).await?;
    // Who is waited for may take longer than a stop should.
    let begun = tokio::select! {
        begun = ledger.begin_closing(due) => begun?,
        () = stop.cancelled() => None,
    };
    let Some(upto) = begun else {
        return Ok(());
    };
    while !stop.is_cancelled() && ledger.close_some_days(upto).await? {
        tokio::time::sleep(CLOSE_PAUSE).await;
    }
    Ok(())
}

/// Pages of lines that are looked at again in one round.
const PAGES_MAX: usize = 10;

/// Lines of settlement files find their entries, a few pages in each round, and after the last page from the first: those that
/// never will keep nobody else waiting.
async fn reconcile(ledger: &Ledger, clock: &SharedClock, stop: &CancellationToken) {
    let mut after = None;
    loop {
        let ctx = Ctx::system("reconciliation", clock.now());
        if let Err(error) = reconcile_some(ledger, &ctx, &mut after).await {
            tracing::warn!(%error, "settlement files could not be matched; trying again later");
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn reconcile_some(ledger: &Ledger, ctx: &Ctx, after: &mut Option<LineKey>) -> Result<(), Error> {
    ledger.learn_providers(ctx).await?;
    for _ in 0..PAGES_MAX {
        *after = ledger.match_lines(after.as_ref()).await?;
        if after.is_none() {
            break;
        }
    }
    Ok(())
}

/// Payments tell which order a captured charge is for, and what providers call charges and refunds; settlement files name them.
async fn note_charges(ledger: &Ledger, stop: CancellationToken) {
    let topics = vec![PaymentCaptured::TOPIC, PaymentRefunded::TOPIC];
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new("ledger.note_charges", topics)
    };
    consumer
        .run_batches(ledger.db(), stop, |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(note(tx, events))
        })
        .await;
}

async fn note(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    let (mut captured, mut refunded) = (Vec::new(), Vec::new());
    for event in events {
        captured.extend(event.read::<PaymentCaptured>().transpose()?);
        refunded.extend(event.read::<PaymentRefunded>().transpose()?);
    }
    Ledger::note_charges(tx, &captured).await?;
    Ledger::note_refunds(tx, &refunded).await?;
    Ok(())
}

/// Orders tell when a shop's part has arrived: its days of waiting begin then.
async fn note_deliveries(ledger: &Ledger, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new("ledger.note_deliveries", vec![SubOrderDelivered::TOPIC])
    };
    consumer
        .run_batches(ledger.db(), stop, |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(note_arrived(tx, events))
        })
        .await;
}

async fn note_arrived(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    // Of several events of one part the last holds.
    let mut arrived = BTreeMap::new();
    for event in events {
        if let Some(part) = event.read::<SubOrderDelivered>().transpose()? {
            arrived.insert((part.tenant, part.order), part.delivered_at);
        }
    }
    Ledger::delivered(tx, &arrived).await?;
    Ok(())
}

/// The catalogue tells which products are for sale; heard until `stop`.
pub async fn note_listings(ledger: &Ledger, clock: SharedClock, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new("ledger.note_listings", vec![ProductChanged::TOPIC])
    };
    consumer
        .run_batches(ledger.db(), stop, move |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(Ledger::note_listings(tx, events, clock.now()))
        })
        .await;
}

/// The search tells of each day on which a product is put forward; charged until `stop`.
pub async fn charge_promoted(ledger: &Ledger, clock: SharedClock, stop: CancellationToken) {
    let consumer = Consumer {
        pace: UNHURRIED,
        ..Consumer::new("ledger.charge_promoted", vec![PromotedDayBegun::TOPIC])
    };
    consumer
        .run_batches(ledger.db(), stop, move |tx: &mut Tx, events: &[Envelope]| {
            Box::pin(Ledger::charge_promoted(tx, events, clock.now()))
        })
        .await;
}
