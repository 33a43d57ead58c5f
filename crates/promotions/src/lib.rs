//! Coupons and automatic rules: what they take off a basket, who pays for it, and how much of them is left.
//!
//! - [`domain`]: what a promotion is, and what those that hold make of a basket. Pure.
//! - [`Promotions`]: they are made, ended and listed here, and remembered in memory by whoever prices baskets, so that
//!   an order that none of them is for asks nobody.
//! - [`till`]: uses and budgets, claimed in the transaction that places the order, and given back in the one that ends it.
//!
//! Stacking, rounding and who pays are described in `docs/promotions.md`.

mod app;
mod desk;
pub mod domain;
mod error;
mod http;
mod store;
pub mod till;
mod verify;

pub use app::{NewPromotion, Owner, Promotions};
pub use error::Error;
pub use http::routes;
pub use verify::verify;

pub const CONTEXT: &str = "promotions";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
