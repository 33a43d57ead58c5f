//! Several providers as one: a charge goes to the first that takes its means of payment and its currency and is not left
//! alone by its breaker, and stays there for good.
//!
//! One provider alone goes through here as well: after a restart with others, its charges are known to be its own.
//!
//! Which one has a charge is noted before it is asked, so that no charge is ever sent to a second provider: an answer that
//! never came may have been a yes. Another attempt, which is another charge, begins once this one has ended: while nobody knows
//! what became of it, its buyer waits, or cancels the order and places it anew.

use crate::charges::{Charge, Charges, NOT_TAKEN, declined};
use crate::provider::{Answer, Authorize, Provider, ProviderCharge, Refund, Take, Terms};
use crate::webhook::{Notice, Refusal, Webhook};
use ::store::Db;
use futures::future::BoxFuture;
use kernel::{Money, SharedClock, Timestamp};
use std::sync::Arc;

pub struct Fallback {
    // Never empty; the first is the one of choice.
    providers: Vec<Arc<dyn Provider>>,
    charges: Charges,
    clock: SharedClock,
}

impl Fallback {
    /// `providers` in the order in which they are tried; none if there is none.
    #[must_use]
    pub fn new(providers: Vec<Arc<dyn Provider>>, db: Db, clock: SharedClock) -> Option<Self> {
        (!providers.is_empty()).then(|| Self {
            providers,
            charges: Charges::of_all(db),
            clock,
        })
    }

    fn named(&self, name: &str) -> Option<&dyn Provider> {
        let mut providers = self.providers.iter();
        providers
            .find(|provider| provider.name() == name)
            .map(|provider| &**provider)
    }

    async fn authorized(&self, request: Authorize) -> Answer {
        let Some(chosen) = self.choose(&request) else {
            return match self.home(&request.key).await {
                Err(answer) => answer,
                Ok(Some(provider)) => provider.authorize(request).await,
                Ok(None) => match self.refuses(&request.method, request.amount) {
                    Some(reason) => declined(&reason),
                    // With everybody left alone nothing is sent: asked about, the charge is one that never was.
                    None => Answer::Unknown,
                },
            };
        };
        let now = self.clock.now();
        match self.charges.asked(chosen.name(), &request, now).await {
            // If it was asked for before, by whatever way, where it is it stays.
            Ok(charge) => match self.at(&charge) {
                Ok(provider) => provider.authorize(request).await,
                Err(answer) => answer,
            },
            Err(error) => unknown(&error),
        }
    }

    /// The first that takes the means of payment and the amount, and may be asked now.
    fn choose(&self, request: &Authorize) -> Option<&dyn Provider> {
        let mut providers = self.providers.iter().map(|provider| &**provider);
        providers.find(|provider| {
            provider.refuses(&request.method, request.amount).is_none()
                && provider.circuit().is_none_or(|circuit| !circuit.rests())
        })
    }

    /// Who has the charge, if anybody; the answer if that cannot be told.
    async fn home(&self, key: &str) -> Result<Option<&dyn Provider>, Answer> {
        match self.charges.of(key).await {
            Ok(None) => Ok(None),
            Ok(Some(charge)) => self.at(&charge).map(Some),
            Err(error) => Err(unknown(&error)),
        }
    }

    fn at(&self, charge: &Charge) -> Result<&dyn Provider, Answer> {
        self.named(&charge.provider).ok_or_else(|| {
            tracing::error!(
                key = charge.key,
                provider = charge.provider,
                "a charge is at a provider that is not set up"
            );
            Answer::Unknown
        })
    }

    /// Who has a charge of which our note may have been lost, or the answer about one that nobody has.
    async fn holder(&self, key: &str) -> Result<&dyn Provider, Answer> {
        if let Some(provider) = self.home(key).await? {
            return Ok(provider);
        }
        let mut nowhere = Answer::NotFound;
        for provider in &self.providers {
            match provider.inquire(key.to_owned()).await {
                Answer::NotFound => {}
                Answer::Unknown => nowhere = Answer::Unknown,
                _ => return Ok(&**provider),
            }
        }
        Err(nowhere)
    }

    async fn pass<'a>(
        &'a self,
        key: String,
        call: impl FnOnce(&'a dyn Provider) -> BoxFuture<'a, Answer> + Send,
    ) -> Answer {
        match self.holder(&key).await {
            Ok(provider) => call(provider).await,
            Err(answer) => answer,
        }
    }
}

fn unknown(error: &crate::Error) -> Answer {
    tracing::warn!(%error, "which provider has a charge cannot be told");
    Answer::Unknown
}

impl Provider for Fallback {
    /// The provider of choice.
    fn name(&self) -> &'static str {
        self.providers[0].name()
    }

    fn authorize(&self, request: Authorize) -> BoxFuture<'_, Answer> {
        Box::pin(self.authorized(request))
    }

    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(self.pass(charge.key.clone(), move |provider| provider.capture(charge)))
    }

    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(self.pass(charge.key.clone(), move |provider| provider.void(charge)))
    }

    fn terms(&self, charge: ProviderCharge) -> BoxFuture<'_, Option<Terms>> {
        Box::pin(async move {
            match self.holder(&charge.key).await {
                Ok(provider) => provider.terms(charge).await,
                Err(_) => None,
            }
        })
    }

    fn take(&self, take: Take) -> BoxFuture<'_, Answer> {
        Box::pin(self.pass(take.charge.key.clone(), move |provider| provider.take(take)))
    }

    fn inquire_take(&self, take: Take) -> BoxFuture<'_, Answer> {
        Box::pin(self.pass(take.charge.key.clone(), move |provider| {
            provider.inquire_take(take)
        }))
    }

    fn release(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(self.pass(charge.key.clone(), move |provider| provider.release(charge)))
    }

    fn refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        Box::pin(self.pass(refund.charge.key.clone(), move |provider| provider.refund(refund)))
    }

    fn inquire_refund(&self, refund: Refund) -> BoxFuture<'_, Answer> {
        Box::pin(self.pass(refund.charge.key.clone(), move |provider| {
            provider.inquire_refund(refund)
        }))
    }

    fn inquire(&self, key: String) -> BoxFuture<'_, Answer> {
        Box::pin(self.pass(key.clone(), move |provider| provider.inquire(key)))
    }

    /// Of the provider of choice; the others' come by their names.
    fn read_webhook<'a>(
        &'a self,
        webhook: &'a Webhook,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Notice, Refusal>> {
        self.providers[0].read_webhook(webhook, now)
    }

    fn called(&self, name: &str) -> Option<&dyn Provider> {
        self.providers.iter().find_map(|provider| provider.called(name))
    }

    /// None if there is one that takes it; else what one of them says of the amount, which tells the buyer more.
    fn refuses(&self, method: &str, amount: Money) -> Option<String> {
        let mut reasons = Vec::with_capacity(self.providers.len());
        for provider in &self.providers {
            reasons.push(provider.refuses(method, amount)?);
        }
        let of_amount = reasons.iter().position(|reason| reason != NOT_TAKEN);
        reasons.into_iter().nth(of_amount.unwrap_or(0))
    }
}
