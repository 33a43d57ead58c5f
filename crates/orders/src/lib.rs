//! Orders: what a buyer pays once, and each seller's share of it.
//!
//! An order is a history ([`domain`]): its events in `orders.event` are the truth, and it is read by folding them, now
//! or as of any version or time. The tables `order`, `sub_order` and `line` are written from the events in the same
//! transaction ([`project`]); they serve lists and sellers, and [`verify`] proves them equal to the histories.
//!
//! When an order is placed: `checkout` builds a [`domain::Placed`], [`till::NewOrder`] decides on it, and one batch of
//! the till writes history, rows and the public `orders.order_placed` together with stock and payment.
//!
//! What is absent: writing outside the till. Nothing here changes an order; checkout does, batched.

mod app;
mod desk;
pub mod domain;
mod error;
mod http;
pub mod project;
mod publish;
mod store;
pub mod till;
mod verify;

pub use app::{Orders, guest_hash, owns};
pub use error::Error;
pub use http::routes;
pub use verify::verify;

pub const CONTEXT: &str = "orders";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
