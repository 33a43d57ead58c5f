//! The machinery against a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, what fails should panic; clippy does not see that helpers are part of tests"
)]

mod consumer;
mod idempotency;
mod isolation;
mod jobs;
mod log;
mod migrations;
mod pace;
mod partitions;
mod rows;
mod shop;
mod streams;
mod transactions;
