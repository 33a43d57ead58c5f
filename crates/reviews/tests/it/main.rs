//! Reviews as buyers write them, shops answer them and moderators decide on them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod lists;
mod moderation;
mod world;
mod writing;
