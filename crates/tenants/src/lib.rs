//! Sellers as tenants: their shop, their staff, their way from application to approval, which features they may use.
//!
//! A shop is applied for by a buyer, who becomes its owner; it works through a check-list; the operator approves it.
//! Row security holds for every table, the list of shops included: a shop's staff see and change their own row, and
//! what buyers see is read as system work that selects active shops only.
//!
//! What is absent: accounts and passwords (identity holds the roles that follow from the staff list here), products,
//! plans and quotas.

mod app;
mod cache;
mod desk;
mod domain;
mod error;
mod feature_desk;
mod http;
mod react;
mod service;
mod staff_desk;
mod store;

pub use app::Shops;
pub use error::Error;
pub use http::routes;
pub use react::work;

pub const CONTEXT: &str = "tenants";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The context's schema.
#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
