//! What the program is measured against.

pub mod documents;
pub mod pgbench;
pub mod search;
pub mod server;
pub mod shop;
