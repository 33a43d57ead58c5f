//! Parcels: what waits to be booked with carriers, and what the sandbox carrier tells.

use contracts::shipping::ServedShipping;
use kernel::SharedClock;
use runtime::{Loop, Service};
use std::sync::Arc;

pub fn service(parcels: shipping::Shipments, sandbox: shipping::Sandbox, clock: &SharedClock) -> Service {
    let (asking, asked_at) = (parcels.clone(), clock.clone());
    let (hearing, heard_at) = (parcels.clone(), clock.clone());
    Service::new("shipping")
        .api(shipping::routes(parcels.clone()))
        .calls(ServedShipping(Arc::new(parcels)))
        .run(Loop::new("bookings", move |stop| {
            shipping::work(asking.clone(), asked_at.clone(), stop)
        }))
        .run(Loop::new("sandbox carrier", move |stop| {
            let (parcels, now) = (hearing.clone(), heard_at.clone());
            let listener = move |message| {
                let (parcels, now) = (parcels.clone(), now.now());
                async move { parcels.hears("sandbox", &message, now).await }
            };
            sandbox.clone().tell(listener, heard_at.clone(), stop)
        }))
}
