//! The ledger against a real database.

mod books;
mod commission;
mod days;
mod files;
mod holds;
mod http;
mod listings;
mod payouts;
mod promoted;
mod purses;
mod reconcile;
mod sending;
mod sums;
mod trail;
mod unlisted;
mod world;
mod years;
