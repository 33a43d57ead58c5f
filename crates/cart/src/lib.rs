//! The cart: one for many sellers, on every device, checked against what is for sale.
//!
//! A cart is one row and one document ([`domain`] changes it, [`store`] keeps it under a version). This process
//! keeps a hot copy of the carts it has seen, which placing an order reads: the order names the version it was
//! placed from, so an older copy is recognised and read anew.

mod app;
pub mod domain;
mod error;
mod http;
mod idle;
mod store;

pub use app::Carts;
pub use error::Error;
pub use http::routes;
pub use idle::drop_idle;

pub const CONTEXT: &str = "cart";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
