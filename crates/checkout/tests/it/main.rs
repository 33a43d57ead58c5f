//! The till against a real database: races, retries, crashes, and the slate that must be clean after each.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod astray;
mod batch;
mod by_hand;
mod cancelled;
mod capture;
mod capture_faults;
mod capture_nudged;
mod commission;
mod coupons;
mod crash;
mod day;
mod discounts;
mod downloads;
mod expiry;
mod http;
mod keys;
mod late;
mod made;
mod mails;
mod market;
mod overview;
mod pay;
mod poison;
mod prices;
mod provider;
mod race;
mod readdress;
mod refunds;
mod returns;
mod stories;
mod takings;
mod taxes;
mod tenders;
mod webhooks;
mod world;
