//! Stock against a real database: what sellers do to it, and what nobody can.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cashier;
mod count;
mod desk;
mod feeds;
mod http;
mod inbound;
mod isolation;
mod races;
mod reorder;
mod till;
mod warehouses;
mod world;
