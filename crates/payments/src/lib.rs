//! One charge per order, each seller's share of it, and the providers that move the money.
//!
//! A payment's transitions ([`domain`]) are written by the till, set-based, in the transaction that changes the
//! order ([`till`]). Providers are asked between transactions, through one port ([`provider`]); every call
//! carries a key, so asking twice charges once, and what is unknown is resolved by [`Provider::inquire`].
//!
//! What is set aside can be taken in parts, as goods are sent: [`domain::split`] says what becomes of each share, [`taking`] asks
//! for it, and the statement of [`till`] stores it. Checkout asks for that where the marketplace captures as shops send.

mod amounts;
mod app;
mod charges;
pub mod domain;
mod error;
pub mod fallback;
mod http;
pub mod paypal;
pub mod provider;
pub mod razorpay;
mod sandbox;
mod store;
pub mod stripe;
pub mod taking;
pub mod till;
mod verify;
pub mod webhook;
mod wire;

pub use crate::wire::TIMEOUT;
pub use ::wire::{Hidden, breaker};
pub use app::PaymentBook;
pub use error::Error;
pub use fallback::Fallback;
pub use http::routes;
pub use paypal::PayPal;
pub use provider::{Answer, Authorize, Captures, Provider, ProviderCharge, Refund, Rest, Take, Terms};
pub use razorpay::Razorpay;
pub use sandbox::Sandbox;
pub use store::payment;
pub use stripe::Stripe;
pub use verify::verify;

pub const CONTEXT: &str = "payments";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
