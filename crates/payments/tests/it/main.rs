//! Providers, held to the port's promises: the sandbox, and the adapters against servers that keep to the contracts they
//! were written to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contract;
mod fallback;
mod house;
mod line;
mod parts;
mod paypal;
mod razorpay;
mod sandbox;
mod shares;
mod stripe;
mod taking;
mod webhooks;
