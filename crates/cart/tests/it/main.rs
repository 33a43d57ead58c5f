//! Carts over HTTP, against a real database and a market in memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod change;
mod idle;
mod merge;
mod refuse;
mod world;
