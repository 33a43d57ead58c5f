//! What stories share, and the stories that are proofs. A story, one file in `tests/`, runs the finished program as child
//! processes and speaks to it over HTTP alone, as sellers, buyers and operators do. Those that prove something are here, so
//! that `stoa prove` tells them as well, from the release program alone ([`suites`], [`report`]).
//!
//! - [`Site`]: a place for one story's data directories, and the program to start on them.
//! - [`Front`] and [`Caller`]: the way in, whatever processes are behind it.
//! - [`Shop`] and [`Guest`]: a seller with their goods, and a buyer without an account.
//! - [`last_unit`], [`flood`], [`matrix`], [`history`], [`isolation`], [`money`]: the proofs; [`findings`] is what they find.
//!
//! Stories are slow, so `cargo nextest run` passes them over; `./stoa test` runs them last, and one of them is run by
//! `cargo nextest run --workspace --ignore-default-filter --test last_unit`. The program is the one that STOA_PROGRAM names,
//! else the debug build, which that command makes as well.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "stories and proofs: what panics in a story fails it, in a proof it is told as broken"
)]

pub mod findings;
pub mod flood;
mod front;
mod guest;
pub mod history;
pub mod isolation;
pub mod last_unit;
pub mod matrix;
pub mod money;
pub mod report;
mod seller;
mod site;
pub mod suites;

pub use front::{Caller, Front, Lost};
pub use guest::{Guest, Quote, address};
pub use seller::{Level, OPERATOR, Shop, Sku};
pub use site::{Database, Site};
