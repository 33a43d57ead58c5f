//! What is in stock.
//!
//! - [`domain`]: levels, and how they are granted to orders. Pure.
//! - [`Stock`]: the context, an [`Inventory`](contracts::inventory::Inventory); sellers keep their warehouses, count and
//!   adjust through it.
//! - [`till`]: the statements by which the till holds, sells and frees stock inside its own transactions.
//!
//! What is absent: selling. Nothing here lowers stock for an order; only the till does, with the levels locked.

mod app;
mod columns;
mod desk;
pub mod domain;
mod error;
mod http;
mod publish;
mod store;
pub mod till;
mod verify;

pub use app::{
    Adjusted, Adjustment, AdjustmentRefusal, Chosen, Feed, FeedLine, InboundQuery, LevelQuery, MismatchKind,
    NewInbound, Once, Origin, ReorderPoint, ReorderProposal, Stock, Warehouse, WarehouseDraft, Warehouses,
    WhyNot,
};
pub use desk::Desk;
pub use error::Error;
pub use http::routes;
pub use verify::{Mismatch, verify};

pub const CONTEXT: &str = "inventory";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
