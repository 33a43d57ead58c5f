//! What stories share. A story, one file in `tests/`, runs the finished program as child processes and speaks to it over
//! HTTP alone, as sellers, buyers and operators do.
//!
//! - [`Site`]: a place for one story's data directories, and the program to start on them.
//! - [`Front`] and [`Caller`]: the way in, whatever processes are behind it.
//! - [`Shop`] and [`Guest`]: a seller with their goods, and a buyer without an account.
//!
//! Stories are slow, so `cargo nextest run` passes them over; `./stoa test` runs them last, and one of them is run by
//! `cargo nextest run --workspace --ignore-default-filter --test last_unit`. The program is the one that STOA_PROGRAM names,
//! else the debug build, which that command makes as well.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "only stories depend on this crate: failures panic, and figures are printed"
)]

mod front;
mod guest;
mod seller;
mod site;

pub use front::{Caller, Front, Lost};
pub use guest::{Guest, Quote, address};
pub use seller::{Level, OPERATOR, Shop, Sku};
pub use site::{Database, Site};
