//! What orders hear of others: carriers say where parcels are. A parcel that its carrier has scanned was sent, whether its
//! seller said so or not, and one that was delivered has arrived.

use crate::Error;
use crate::app::{Orders, ship_booked, units_of};
use crate::domain::{Command, Parcel, SubOrder};
use ::store::Tx;
use ::store::consumer::Consumer;
use contracts::shipping::{ShipmentProgressed, ShipmentState};
use contracts::{Envelope, PublicEvent};
use kernel::{Ctx, SharedClock, Timestamp};
use tokio_util::sync::CancellationToken;

/// Background work until `stop`.
pub async fn work(orders: Orders, clock: SharedClock, stop: CancellationToken) {
    let consumer = Consumer {
        // One order is locked at a time: the till locks many, and neither waits for the other in a circle.
        batch: 1,
        ..Consumer::new("orders.parcels", vec![ShipmentProgressed::TOPIC])
    };
    let db = orders.db().clone();
    consumer
        .run(&db, stop, move |tx: &mut Tx, event: &Envelope| {
            let (orders, now) = (orders.clone(), clock.now());
            Box::pin(async move { orders.hear(tx, event, now).await })
        })
        .await;
}

impl Orders {
    /// Does what follows from an event, in the consumer's transaction. Heard twice, it is done once: a parcel that was sent
    /// or has arrived is not sent and does not arrive again.
    async fn hear(&self, tx: &mut Tx, event: &Envelope, now: Timestamp) -> Result<(), Error> {
        let Some(progressed) = event.read::<ShipmentProgressed>().transpose()? else {
            return Ok(());
        };
        let ctx = Ctx {
            actor: event.actor.clone(),
            // When orders learn of it: a history is in order of time.
            now,
            correlation: event.correlation,
        };
        // What an order does not send, and a carrier carries all the same, goes to the dead letters: a label that nobody took
        // off the parcel of a cancelled sub-order. Somebody has to see it, and other parcels do not wait for it.
        self.follow(tx, &ctx, &progressed).await
    }

    async fn follow(&self, tx: &mut Tx, ctx: &Ctx, progressed: &ShipmentProgressed) -> Result<(), Error> {
        let (tenant, part) = (progressed.tenant, progressed.sub_order);
        let sent = |sub_order: &SubOrder<'_>| ship_booked(sub_order, booked(progressed));
        self.fulfil_in(tx, ctx, tenant, part, sent).await?;
        if progressed.state == ShipmentState::Delivered {
            let parcel = progressed.parcel;
            self.fulfil_in(tx, ctx, tenant, part, |_| Ok(Command::Deliver { part, parcel }))
                .await?;
        }
        Ok(())
    }
}

fn booked(progressed: &ShipmentProgressed) -> Parcel {
    let units = progressed.lines.iter().map(units_of);
    Parcel {
        id: progressed.parcel,
        lines: units.collect(),
        carrier: progressed.carrier.clone(),
        tracking: progressed.tracking.clone(),
        exchange: progressed.exchange,
    }
}
