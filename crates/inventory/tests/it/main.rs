//! Stock against a real database: what sellers do to it, and what nobody can.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod count;
mod http;
mod isolation;
mod till;
mod world;
