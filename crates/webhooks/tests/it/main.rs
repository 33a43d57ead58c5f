//! Webhooks over a database of their own, and servers that take them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod deliver;
mod endpoints;
mod many;
mod world;
