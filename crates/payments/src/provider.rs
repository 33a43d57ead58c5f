//! The port to payment providers.

use crate::webhook::{Notice, Refusal, Webhook};
use futures::future::BoxFuture;
use kernel::{Money, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};

/// Asks a provider to set the buyer's money aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorize {
    /// The same key is the same charge, however often it is asked for.
    pub key: String,
    pub payment: PaymentId,
    pub amount: Money,
    /// The provider's token for the means of payment; never a card number.
    pub method: String,
    /// Where the bank sends the buyer back to, a path of this site.
    pub return_path: String,
}

/// What the provider says of a charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Answer {
    Authorized {
        reference: String,
    },
    Captured {
        reference: String,
    },
    Voided {
        reference: String,
    },
    Refunded {
        reference: String,
    },
    Declined {
        reason: String,
    },
    /// The buyer must confirm with their bank at `url`.
    RequiresAction {
        reference: String,
        url: String,
    },
    /// No answer came, so the call may or may not have taken effect. Only [`Provider::inquire`] can tell.
    Unknown,
    /// The provider has never heard of the key: the call did not take effect and may be made again.
    NotFound,
}

/// A charge, as later calls name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderCharge {
    pub key: String,
    pub amount: Money,
}

/// A payment provider. Every call is idempotent by the charge's key.
pub trait Provider: Send + Sync + 'static {
    fn name(&self) -> &'static str;
    fn authorize(&self, request: Authorize) -> BoxFuture<'_, Answer>;
    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer>;
    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer>;
    fn refund(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer>;
    /// How a charge stands; the only way to learn what became of an unanswered call.
    fn inquire(&self, key: String) -> BoxFuture<'_, Answer>;
    /// What a webhook is about, if it is this provider's and no replay.
    fn read_webhook<'a>(
        &'a self,
        webhook: &'a Webhook,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Notice, Refusal>>;
    /// Itself, if that is its name, or the one of that name behind it.
    fn called(&self, name: &str) -> Option<&dyn Provider>;
    /// Whether it can be paid with this means at all.
    fn takes(&self, _method: &str) -> bool {
        true
    }
}

/// The key under which an attempt at a payment is known to the provider.
#[must_use]
pub fn charge_key(payment: PaymentId, attempt: u32) -> String {
    format!("{payment}-{attempt}")
}

/// The reverse of [`charge_key`].
#[must_use]
pub fn read_charge_key(key: &str) -> Option<(PaymentId, u32)> {
    let (payment, attempt) = key.rsplit_once('-')?;
    Some((payment.parse().ok()?, attempt.parse().ok()?))
}
