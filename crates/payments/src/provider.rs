//! The port to payment providers.

use crate::breaker::Circuit;
use crate::webhook::{Notice, Refusal, Webhook};
use crate::wire::{Trouble, or_unknown};
use contracts::payments::CaptureTime;
use futures::future::BoxFuture;
use kernel::{Money, MoneyError, PaymentId, Timestamp};
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
    /// When it is to be taken: what is taken later is asked to be set aside for as long, and in a way that it can be taken
    /// in parts, where there is one.
    #[serde(default)]
    pub capture: CaptureTime,
}

/// How a provider takes what it has set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Captures {
    /// All of it or nothing.
    Whole,
    /// Once, as much as is wanted of it. The rest is let go.
    Once,
    /// At most so many times; what was not taken stays set aside until the last one.
    Parts { at_most: u32 },
}

/// What becomes of what a take leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// It stays set aside.
    Kept,
    /// Its buyer has it again. Also where nothing is left.
    LetGo,
}

/// On what terms a charge's money is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub captures: Captures,
    /// What is not taken by then cannot be taken any more.
    pub lapses_at: Timestamp,
}

/// Asks a provider to take some of what it set aside. One at a time of a charge; how it stands can be told until the next one is
/// asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    /// The same key is the same take, however often it is asked for: 10 to 60 letters, digits and hyphens.
    pub key: String,
    pub charge: ProviderCharge,
    /// In the charge's currency, above zero.
    pub amount: Money,
    /// What earlier takes took, refunded or not: by it those providers tell takes apart that name none of them.
    pub taken: Money,
    pub rest: Rest,
}

impl Take {
    /// What has been taken once this is.
    pub fn taken_with_it(&self) -> Result<Money, MoneyError> {
        self.taken.add(self.amount)
    }
}

/// What the provider says of a charge, or of a refund.
///
/// A refund is answered by [`Refunded`](Self::Refunded), [`Pending`](Self::Pending), [`Declined`](Self::Declined),
/// [`Unknown`](Self::Unknown) or [`NotFound`](Self::NotFound) alone; a charge by all but `Pending`.
///
/// A take is answered by [`Captured`](Self::Captured) if it took; by [`Authorized`](Self::Authorized) if it did not and may be
/// asked for again; by [`Declined`](Self::Declined) if nothing is ever taken under its key; by [`Voided`](Self::Voided) if
/// nothing is set aside any more; by what the charge waits for, where nothing is set aside yet.
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
    /// Of a charge: all of it went back. Of a refund: it did, as far as the provider can tell today.
    Refunded {
        reference: String,
    },
    /// The refund is under way, and may still fail.
    Pending {
        reference: String,
    },
    /// Of a refund: nothing went back, be it refused or failed later. It stays so under its key.
    Declined {
        reason: String,
    },
    /// The buyer must confirm with their bank at `url`.
    RequiresAction {
        reference: String,
        url: String,
    },
    /// No answer came, so the call may or may not have taken effect. Only asking can tell: [`Provider::inquire`],
    /// [`Provider::inquire_take`], [`Provider::inquire_refund`].
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

/// Asks a provider to give some of a charge back. There may be several of one charge, together never above what was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The same key is the same refund, however often it is asked for: 10 to 60 letters, digits and hyphens.
    pub key: String,
    pub charge: ProviderCharge,
    /// The key of the take that it goes back of; none where the charge was captured at once.
    #[serde(default)]
    pub of: Option<String>,
    /// In the charge's currency, above zero.
    pub amount: Money,
    /// Why, in words that the buyer may read. Providers cut what is longer than they take, the narrowest 255 characters.
    pub reason: String,
}

impl Refund {
    /// All of a charge, under a key derived from the charge's: asked for by whomever, it is the same refund.
    #[must_use]
    pub fn whole(charge: ProviderCharge, reason: &str) -> Self {
        Self {
            key: format!("{}-refund", charge.key),
            amount: charge.amount,
            charge,
            of: None,
            reason: reason.to_owned(),
        }
    }
}

/// A payment provider. Every call is idempotent by the charge's key, or the take's or the refund's.
pub trait Provider: Send + Sync + 'static {
    fn name(&self) -> &'static str;
    fn authorize(&self, request: Authorize) -> BoxFuture<'_, Answer>;
    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer>;
    /// Lets all of a charge go of which nothing was taken.
    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer>;
    /// On what terms a charge is set aside; none if it is not, or nobody can tell now.
    fn terms(&self, charge: ProviderCharge) -> BoxFuture<'_, Option<Terms>>;
    fn take(&self, take: Take) -> BoxFuture<'_, Answer>;
    /// How a take stands, without asking for it.
    fn inquire_take(&self, take: Take) -> BoxFuture<'_, Answer>;
    /// Lets go what is left of a charge of which some was taken: `Captured` says that nothing is set aside any more.
    fn release(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer>;
    fn refund(&self, refund: Refund) -> BoxFuture<'_, Answer>;
    /// How a charge stands, `Captured` once some of it was taken and nothing is set aside any more; the only way to learn what
    /// became of an unanswered call.
    fn inquire(&self, key: String) -> BoxFuture<'_, Answer>;
    /// How a refund stands, without asking for it. One that went through may be told as declined later: banks send money
    /// back.
    fn inquire_refund(&self, refund: Refund) -> BoxFuture<'_, Answer>;
    /// What a webhook is about, if it is this provider's and no replay.
    fn read_webhook<'a>(
        &'a self,
        webhook: &'a Webhook,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Notice, Refusal>>;
    /// Itself, if that is its name, or the one of that name behind it.
    fn called(&self, name: &str) -> Option<&dyn Provider>;
    /// Why this amount cannot be paid there with this means, in words for the buyer; none if it can.
    fn refuses(&self, _method: &str, _amount: Money) -> Option<String> {
        None
    }
    /// The breaker on the line to it, if there is a line.
    fn circuit(&self) -> Option<&Circuit> {
        None
    }
}

/// How an adapter takes what is set aside bit by bit: as [`Provider::terms`], `take`, `inquire_take` and `release`.
pub(crate) trait Takes {
    fn set_aside(
        &self,
        charge: &ProviderCharge,
    ) -> impl Future<Output = Result<Option<Terms>, Trouble>> + Send;
    fn taken(&self, take: &Take) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn asked_of_take(&self, take: &Take) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn released(&self, charge: &ProviderCharge) -> impl Future<Output = Result<Answer, Trouble>> + Send;
}

/// A provider as its adapter is written: questions that may stay without an answer. What follows from that is said once,
/// in the port.
pub(crate) trait Adapter: Takes + Send + Sync + 'static {
    const NAME: &'static str;
    fn authorized(&self, request: &Authorize) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn captured(&self, charge: &ProviderCharge) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn voided(&self, charge: &ProviderCharge) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn refunded(&self, refund: &Refund) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn asked(&self, key: &str) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn asked_of_refund(&self, refund: &Refund) -> impl Future<Output = Result<Answer, Trouble>> + Send;
    fn heard(
        &self,
        webhook: &Webhook,
        now: Timestamp,
    ) -> impl Future<Output = Result<Notice, Refusal>> + Send;
    /// As [`Provider::refuses`].
    fn unpayable(&self, method: &str, amount: Money) -> Option<String>;
    fn line(&self) -> Option<&Circuit>;
}

impl<A: Adapter> Provider for A {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn authorize(&self, request: Authorize) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &request.key, self.authorized(&request).await) })
    }

    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &charge.key, self.captured(&charge).await) })
    }

    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &charge.key, self.voided(&charge).await) })
    }

    fn terms(&self, charge: ProviderCharge) -> BoxFuture<'_, Option<Terms>> {
        Box::pin(async move {
            self.set_aside(&charge).await.unwrap_or_else(|trouble| {
                tracing::warn!(provider = A::NAME, key = charge.key, %trouble, "the terms of a charge cannot be told");
                None
            })
        })
    }

    fn take(&self, take: Take) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &take.key, self.taken(&take).await) })
    }

    fn inquire_take(&self, take: Take) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &take.key, self.asked_of_take(&take).await) })
    }

    fn release(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &charge.key, self.released(&charge).await) })
    }

    fn refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &refund.key, self.refunded(&refund).await) })
    }

    fn inquire(&self, key: String) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &key, self.asked(&key).await) })
    }

    fn inquire_refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(A::NAME, &refund.key, self.asked_of_refund(&refund).await) })
    }

    fn read_webhook<'a>(
        &'a self,
        webhook: &'a Webhook,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Notice, Refusal>> {
        Box::pin(self.heard(webhook, now))
    }

    fn called(&self, name: &str) -> Option<&dyn Provider> {
        (name == A::NAME).then_some(self)
    }

    fn refuses(&self, method: &str, amount: Money) -> Option<String> {
        self.unpayable(method, amount)
    }

    fn circuit(&self) -> Option<&Circuit> {
        self.line()
    }
}

/// The key under which an attempt at a payment is known to the provider.
#[must_use]
pub fn charge_key(payment: PaymentId, attempt: u32) -> String {
    format!("{payment}-{attempt}")
}

/// The key of a charge's take, by its number.
#[must_use]
pub fn take_key(charge: &str, number: u32) -> String {
    format!("{charge}-take-{number}")
}

/// The reverse of [`charge_key`].
#[must_use]
pub fn read_charge_key(key: &str) -> Option<(PaymentId, u32)> {
    let (payment, attempt) = key.rsplit_once('-')?;
    Some((payment.parse().ok()?, attempt.parse().ok()?))
}
