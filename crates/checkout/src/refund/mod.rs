//! A refund of what was sold, from the first question to the provider until its end.
//!
//! [`step`] is the whole state machine, pure. [`drive`] performs what a step asks for and persists where it got to. What a
//! refund does to order, payment and books, and what may be given back at all, is the till's to say
//! ([`crate::till::settle`]). Money that came for an order that had ended was never sold for: its payment's own saga gives
//! it back.

pub mod drive;
pub mod step;

pub use step::{End, Next, Outcome, Step, next};
