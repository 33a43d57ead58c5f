//! Calls to services of others: one HTTP client, a timeout, a circuit breaker, credentials that print as dots.
//!
//! What an answer means is the caller's matter. Redirects are not followed.

pub mod breaker;
mod hidden;
mod line;

pub use hidden::Hidden;
pub use line::{Line, NoAnswer, Said};
