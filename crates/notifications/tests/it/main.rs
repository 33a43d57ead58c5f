//! Notices over a database of their own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod failures;
mod feed;
mod letters;
mod reach;
mod shops;
mod templates;
mod world;
