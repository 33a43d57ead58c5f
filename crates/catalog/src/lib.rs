//! What is for sale: products with their variants, the category tree, pictures, and the files they come in.
//!
//! A seller's change is written with everything that follows from it in one transaction: the product, its version,
//! what buyers read of it ([`contracts::catalog::Listing`]), and the public event. Buyers read listings only, from
//! memory where possible; [`project`] keeps that memory true by following the log.
//!
//! What is absent: stock (inventory's; counts given with products are passed on), prices that depend on who asks.

mod app;
mod cache;
pub mod domain;
mod error;
mod http;
pub mod import;
mod media;
pub mod project;
mod publish;
mod react;
mod store;

pub use app::{
    ImageChoice, NewProduct, OwnProduct, PriceHistory, ProductPage, ProductPatch, Products, Settings, Tree,
    VariantInput,
};
pub use error::Error;
pub use http::{media_routes, routes};
pub use import::{ImportOptions, ImportReport, import_file};
pub use media::Accepted;
pub use project::work;

/// The context's name: its schema, roles, service and URL segment.
pub const CONTEXT: &str = "catalog";

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// The context's tables.
#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATIONS,
        composes: &[],
    }
}
