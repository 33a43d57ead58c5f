//! The till: many commands, few transactions.
//!
//! Commands wait in a bounded queue; an idle lane takes all of them (up to a limit) as one batch, so a lone buyer waits
//! for nobody and a crowd waits for one commit. Each lane has a thread of its own. A batch takes its locks in one order (idempotency keys, cart claims,
//! orders, stock levels; each sorted), decides in memory, and writes set-based. Two kinds of batch:
//!
//! - [`place`]: new orders. Two round trips: begin, claims, all rows, levels locked; then stock and the commit.
//! - [`settle`]: what becomes of orders: payment begun, confirmed, declined, cancelled, expired, refunded.
//!
//! [`lane`] is what both share: the connection, retries, and halving a batch that fails, so that one poisonous command
//! fails alone. Row locks keep several instances right; batching only makes them fast. Nothing outside the database
//! is awaited while a transaction is open.

mod connection;
pub mod expiry;
mod lane;
pub mod place;
mod queue;
pub mod settle;

pub use lane::{Failure, Lane, Work};
pub use queue::{Queue, Till};
