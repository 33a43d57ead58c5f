//! Orders: what a buyer pays once, and each seller's share of it.
//!
//! An order is a history ([`domain`]): its events in `orders.event` are the truth, and it is read by folding them, now
//! or as of any version or time. The tables `order`, `sub_order` and `line` are written from the events in the same
//! transaction ([`project`]); they serve lists and sellers, and [`replay`] makes them anew from the histories and proves
//! them equal.
//!
//! # Placing
//!
//! 1. `checkout` prices the cart, compares the total with the one agreed to, and builds a [`domain::Placed`];
//!    [`till::NewOrder`] decides on it and makes its number, sub-orders and events.
//! 2. It joins the till's bounded queue.
//! 3. A lane takes what waits as one batch: one round trip claims idempotency keys and carts, writes history, rows, payment,
//!    the answers to the keys and the public `orders.order_placed` as if every cart were granted, and locks the stock rows.
//! 4. Carts are granted in order of arrival, all lines or none.
//! 5. A second round trip writes stock and reservations, and commits.
//! 6. Carts that were short are refused, and nothing of them is left: their batch is rolled back and done again, decided
//!    before it is written.
//!
//! # What follows
//!
//! Each of these is a [`domain::Command`], decided on here and written by a batch of the till in one transaction with
//! what it means for stock, payment and books:
//!
//! - confirmed, once the provider took the money (capture): held stock is sold, the sale is posted to the ledger, and
//!   `orders.order_confirmed` tells the sellers;
//! - declined, when the money was refused: the order stays placed, its stock held, and the buyer may try again;
//! - cancelled, by the buyer, by a seller, or by expiry once `reserved_until` is past: stock is free again, money set
//!   aside is let go, money taken is given back with its postings;
//! - reopened, when it expired while its payment was under way, the money came after all, and the goods were still
//!   there.
//!
//! `ARCHITECTURE.md` tells the whole way through the crates, `docs/till.md` what it costs.
//!
//! From here on each sub-order goes its own way. What needs neither stock nor money is a use case of this crate, written in
//! a transaction of its own with the order locked: packed, shipped in any number of parcels, delivered
//! (`orders.sub_order_packed`, `_shipped`, `_delivered`). Cancelling a sub-order or units of it, and giving money back, is
//! decided here and composed by checkout, like all that moves stock or money.
//!
//! Of what was delivered its buyer may return units while the shop's days for that last (frozen in the order): requested,
//! answered and sent back are use cases of this crate (`app/returns`; what nobody answers is authorised after
//! [`domain::ANSWER_DAYS`]), received, refunded and exchanged are composed by
//! checkout. Each step is told by `orders.return_changed`. With every refund its credit note is issued ([`till`]).
//! Documents ([`papers`]) are drawn from what is known when they are asked for. Of an invoice the number, the day and who
//! issued it are kept; all else in it was settled when the order was placed.

mod app;
mod desk;
pub mod domain;
mod error;
mod finding;
mod forget;
mod http;
mod market;
mod papers;
pub mod project;
mod publish;
mod react;
mod replay;
mod standing;
mod store;
mod sums;
pub mod till;
mod unanswered;
mod updates;

pub use app::{Orders, guest_hash, owns};
pub use error::Error;
pub use http::routes;
pub use replay::{Difference, Replayed, SumDifference, replay, verify};

/// What orders do by themselves, until `stop`.
pub async fn work(orders: Orders, clock: kernel::SharedClock, stop: tokio_util::sync::CancellationToken) {
    // Each for itself: together they are too much for a stack.
    tokio::join!(
        Box::pin(react::work(orders.clone(), clock.clone(), stop.clone())),
        Box::pin(finding::work(orders.clone(), stop.clone())),
        Box::pin(standing::work(orders.clone(), stop.clone())),
        Box::pin(sums::work(orders.clone(), clock.clone(), stop.clone())),
        Box::pin(unanswered::work(orders.clone(), clock.clone(), stop.clone())),
        Box::pin(forget::work(orders, clock, stop)),
    );
}

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
