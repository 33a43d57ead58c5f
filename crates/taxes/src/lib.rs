//! Taxes on goods and delivery: where they are owed, how much of them, and by whom.
//!
//! - [`domain`]: regions, categories, rates and what they make of an amount. Pure.
//! - [`Taxes`]: regions, categories and rates are made, ended and listed here, and remembered in memory by whoever prices
//!   baskets, so that an order asks nobody.
//! - [`provider`]: the port to a tax service elsewhere, asked before the till where there is one.
//!
//! Which region is chosen, how amounts are rounded and who owes what is described in `docs/taxes.md`.

mod app;
mod desk;
pub mod domain;
mod error;
mod http;
pub mod provider;
mod sandbox;
mod store;
mod verify;

pub use app::{NewCategory, NewLiability, NewRate, NewRegion, Taxes};
pub use error::Error;
pub use http::routes;
pub use provider::{Asked, Provider, Question};
pub use sandbox::Sandbox;
pub use store::{RateRow, Wanted};
pub use verify::verify;

pub const CONTEXT: &str = "taxes";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
