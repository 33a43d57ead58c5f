//! Calls to services of others: one HTTP client, a timeout, a circuit breaker, credentials that print as dots; and object
//! storage over the same client ([`objects`]).
//!
//! What an answer means is the caller's matter. Redirects are not followed.

pub mod breaker;
mod client;
mod hidden;
mod line;
pub mod objects;
mod public;

pub use client::is_this_machine;
pub use hidden::Hidden;
pub use line::{Line, NoAnswer, Said};
pub use public::{Public, Unreached};
