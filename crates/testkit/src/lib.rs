//! What tests share. Failures panic: a test has nobody to report to.
//!
//! - [`TestDb`]: a database of one's own, cloned from a migrated template.
//! - [`clock`]: a clock that stands still until it is moved.
//! - [`Client`] and [`spawn_router`]: HTTP over a real socket.
//! - [`serve`]: routes with callers whom they know, without identity; [`shop`]: a shop, without tenants.
//! - [`eventually`]: waits for what happens in the background.
//! - [`opensearch`]: a server that speaks the used part of OpenSearch's API, and what may go wrong with it.
//! - [`s3`]: a server that speaks the used part of S3, and what may go wrong with it.
//! - [`Faults`]: what is to go wrong in a program under trial, step by step; [`Grid`]: what came of it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "only tests depend on this crate"
)]

mod calls;
mod client;
mod db;
mod faults;
mod grid;
pub mod opensearch;
mod people;
pub mod s3;
mod shop;
mod wait;

pub use client::{Client, NoAnswer, Response, spawn_router};
pub use db::TestDb;
pub use faults::{Fault, Faults, Spot};
pub use grid::{Cell, Grid};
pub use people::{Caller, serve};
pub use shop::shop;
pub use wait::{clock, eventually};
