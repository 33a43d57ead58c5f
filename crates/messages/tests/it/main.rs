//! Messages as buyers and shops write them and moderators decide on them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod limits;
mod moderation;
mod quotes;
mod reading;
mod world;
mod writing;
