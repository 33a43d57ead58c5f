//! Double-entry postings in minor units per currency: the truth about who is owed what.
//!
//! An [`Entry`] is a set of postings that sums to zero in each currency. PostgreSQL refuses any other, and any
//! change to one that was made; corrections are entries of their own. Entries of orders are posted by the till, in
//! the transaction that confirms or refunds the order ([`till`]).

mod app;
mod client;
pub mod domain;
mod error;
mod http;
mod store;
pub mod till;
mod verify;

pub use app::Ledger;
pub use domain::{Account, Entry, Posting, refund, sale};
pub use error::Error;
pub use http::routes;
pub use verify::verify;

pub const CONTEXT: &str = "ledger";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
