//! Audit: who changed what, when, and how it was before.
//!
//! - [`listen`] reads the ordered log of public events and writes one entry for each change by the marketplace's staff or a
//!   seller, in batches that are chained by their hashes.
//! - [`Trail`] is looked at by the operator.
//! - [`verify`] recomputes the chain and names the first entry that is not as it was written.
//!
//! Nothing is written twice: who did it is in the log with every event. What no other event tells with what it was before is
//! told by [`contracts::audit::Changed`]. `docs/audit.md` has the format.

mod app;
mod chain;
mod domain;
mod error;
mod http;
mod react;
mod store;
mod verify;

pub use app::Trail;
pub use chain::Known;
pub use error::Error;
pub use http::routes;
pub use react::listen;
pub use verify::{Standing, verify};

pub const CONTEXT: &str = "audit";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
