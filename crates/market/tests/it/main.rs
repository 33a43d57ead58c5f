//! The marketplace as a whole, over its composed routes and its composed schema.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says how far it got"
)]

mod api_keys;
mod attack;
mod audited;
mod description;
mod downloads;
mod ended;
mod features;
mod hostile;
mod isolation;
mod objects;
mod pages;
mod parcels;
mod read_tables;
mod replay;
mod rightly;
mod routes;
mod rows;
mod spec;
mod steps;
mod tokens;
mod trail;
mod world;
