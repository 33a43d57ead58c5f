//! The ledger against a real database.

mod books;
mod commission;
mod files;
mod holds;
mod http;
mod payouts;
mod world;
