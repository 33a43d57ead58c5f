//! The durable machinery, once.
//!
//! - [`Db`]: a context's way into PostgreSQL. Role and tenant travel in the same message as `begin`.
//! - [`Reads`]: hot look-ups, on connections that requests share.
//! - [`streams`]: append-only histories with expected versions.
//! - [`log`]: the ordered outbox of public events; [`consumer`] and [`dead_letters`]: those who read it.
//! - [`rows`]: any number of rows as one parameter.
//! - [`seal`]: secrets at rest.
//! - [`watch`]: how far readers and jobs are, for people.
//! - [`jobs`], [`idempotency`], [`migrate`]: what their names say.
//!
//! What is absent: no repository trait, no unit-of-work object, no cross-context query. A context's SQL lives in
//! that context.

mod begun;
pub mod cells;
pub mod consumer;
mod cursor;
mod db;
pub mod dead_letters;
pub mod failed;
mod head;
pub mod idempotency;
pub mod jobs;
pub mod log;
pub mod migrate;
mod pulse;
mod reads;
pub mod remembered;
pub mod rows;
pub mod seal;
mod standings;
pub mod streams;
pub mod watch;

pub use cells::Cells;
pub use db::{Db, Scope, Tx, TxError, constraint_of, is_outage, out_of_reach};
pub use reads::Reads;
