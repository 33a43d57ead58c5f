//! A payment from the first question to the provider until its end.
//!
//! [`step`] is the whole state machine, pure. [`drive`] performs what a step asks for and persists where it got to;
//! [`crate::watch`] picks up what was left
//! lying, by a crash or by waiting.

pub mod drive;
pub mod step;
mod watch;

pub use step::{End, NOTHING_TO_PAY, Next, Outcome, Pause, Step, answer_name, next, set_aside};
