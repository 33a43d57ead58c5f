//! Shipments against a real database: labels, carriers that misbehave, and what they tell.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod booking;
mod sandbox;
mod tracking;
mod webhook;
mod world;
