//! The sandbox provider, as any provider is held to the port's promises.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod sandbox;
mod webhooks;
