//! Webhooks: shops' programs are told of what happens, as the Standard Webhooks specification says.
//!
//! - [`listen`]: public events become messages to the endpoints of the shops that they concern, in one statement a batch.
//! - [`deliver`]: a job for each endpoint that something waits for sends its messages, one after another, and nobody else's.
//! - [`Hooks`]: endpoints are made and changed here, and what came of deliveries is looked up.
//! - [`sweep`]: what is older than [`KEPT_DAYS`](contracts::webhooks::KEPT_DAYS) is forgotten.
//!
//! The rules are in `docs/webhooks.md`.

mod app;
mod deliver;
mod domain;
mod error;
mod http;
mod lanes;
mod react;
mod service;
mod store;

pub use app::{Hooks, Parts};
pub use deliver::deliver;
pub use error::Error;
pub use http::routes;
pub use react::{listen, sweep};

pub const CONTEXT: &str = "webhooks";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
