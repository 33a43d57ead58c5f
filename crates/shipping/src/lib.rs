//! Shipping: parcels in the hands of carriers.
//!
//! A seller asks for a label ([`app`]); the carrier is asked between transactions, through one port ([`carrier`]), under
//! the shipment's own id, so that asking twice books once. An answer that never came is asked for again by a loop
//! ([`work`]), never booked anew. A shipment is a parcel: both carry the same id, so a parcel is sent once however often
//! it is said.
//!
//! What happens on the way comes by signed webhook or from the carrier's own program, any number of times and in any order.
//! Events are kept as the carrier timed them, and where a shipment stands follows from all of them ([`domain`]): what comes
//! late is part of the story and moves nothing back. Each step forward is told in `shipping.shipment_progressed`; orders
//! hear it, and know that a parcel left and that it arrived.
//!
//! What is absent: prices of labels, customs papers, adapters to real carriers.

mod app;
pub mod carrier;
pub mod domain;
mod error;
mod http;
mod label;
mod sandbox;
mod service;
mod store;
mod verify;
mod work;

pub use app::Shipments;
pub use carrier::{Answer, Booking, Carrier, Carriers};
pub use error::Error;
pub use http::routes;
pub use sandbox::Sandbox;
pub use verify::verify;
pub use work::work;

pub const CONTEXT: &str = "shipping";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
