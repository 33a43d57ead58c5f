//! The ledger against a real database.

mod books;
mod commission;
mod files;
mod holds;
mod http;
mod listings;
mod payouts;
mod promoted;
mod purses;
mod reconcile;
mod sending;
mod world;
mod years;
