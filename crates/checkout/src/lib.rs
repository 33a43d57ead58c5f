//! The till: what a cart would cost, placing its order, paying it.
//!
//! - [`quote`](mod@quote), [`delivery`]: prices. Pure but for asking the catalogue, the shops and the stock.
//! - [`till`]: orders placed, confirmed, cancelled and expired in batches, each one transaction over stock, orders,
//!   payments and ledger. The only place where those four meet.
//! - `webhook`: what providers tell by themselves, which only makes the till ask them.
//! - [`saga`]: a payment seen through to its end between such transactions, whatever crashes or does not answer.
//! - [`refund`]: the same for money that goes back for what was sold.
//! - `capture`: the same for shops' shares of money that is set aside and captured as they send, where the marketplace does so.
//!
//! What is cancelled of an order whose money was captured is refunded. Of a share that is not captured yet it is released: that
//! is captured for less.
//!
//! When an order is placed: [`Checkouts::place`](contracts::checkout::Checkout::place) prices the cart and builds the
//! order, [`till::place`] writes it in a batch. When it is paid: [`till::settle`] begins the payment, [`saga::drive`]
//! asks the provider, [`till::settle`] writes the outcome.
//!
//! What is absent: a transaction that waits for anything but PostgreSQL; a count of stock that is not locked.

mod app;
mod cancel;
pub mod capture;
mod carts;
mod client;
mod config;
pub mod delivery;
mod desk;
mod discount;
mod draft;
mod error;
mod guesses;
mod http;
mod mails;
mod means;
mod outcome;
mod quote;
mod readdress;
pub mod refund;
mod refund_desk;
mod refunds;
mod returns;
mod running;
pub mod saga;
mod tax;
mod tender;
pub mod till;
pub mod trial;
mod verify;
mod watch;
mod webhook;

pub use app::{Checkouts, Parts};
pub use config::Config;
pub use error::Error;
pub use http::routes;
pub use verify::verify;
pub use webhook::Heard;

pub const CONTEXT: &str = "checkout";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> store::migrate::Schema {
    store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[
            inventory::CONTEXT,
            orders::CONTEXT,
            payments::CONTEXT,
            ledger::CONTEXT,
            promotions::CONTEXT,
        ],
    }
}
