//! Several providers as one: a charge goes to the first that takes its means of payment and is not left alone by its
//! breaker, and stays there for good.
//!
//! Which one has a charge is noted before it is asked, so that no charge is ever sent to a second provider: an answer that
//! never came may have been a yes. A buyer who does not want to wait begins another attempt, which is another charge.

mod breaker;

pub use breaker::{Limits, Phase};

use crate::charges::{Charges, declined};
use crate::provider::{Answer, Authorize, Provider, ProviderCharge, Refund};
use crate::webhook::{Notice, Refusal, Webhook};
use ::store::Db;
use breaker::Breaker;
use futures::future::BoxFuture;
use kernel::{SharedClock, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

const NOBODY_TAKES_IT: &str = "The means of payment cannot be used here.";

pub struct Fallback {
    // Never empty; the first is the one of choice.
    lines: Vec<Line>,
    charges: Charges,
    clock: SharedClock,
}

/// A provider and its breaker.
struct Line {
    provider: Arc<dyn Provider>,
    breaker: Mutex<Breaker>,
    clock: SharedClock,
}

impl Fallback {
    /// `providers` in the order in which they are tried; none if there is none.
    #[must_use]
    pub fn new(
        providers: Vec<Arc<dyn Provider>>,
        limits: Limits,
        db: Db,
        clock: SharedClock,
    ) -> Option<Self> {
        let lines: Vec<Line> = providers
            .into_iter()
            .map(|provider| Line {
                provider,
                breaker: Mutex::new(Breaker::new(limits)),
                clock: clock.clone(),
            })
            .collect();
        (!lines.is_empty()).then(|| Self {
            lines,
            charges: Charges::new(db),
            clock,
        })
    }

    /// How a provider's breaker stands.
    #[must_use]
    pub fn phase(&self, provider: &str) -> Option<Phase> {
        self.line(provider)
            .map(|line| line.with(|breaker| breaker.phase()))
    }

    fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.provider.name() == name)
    }

    async fn authorized(&self, request: Authorize) -> Answer {
        match self.home(&request.key).await {
            Err(answer) => return answer,
            Ok(Some(line)) => return line.ask(|provider| provider.authorize(request)).await,
            Ok(None) => {}
        }
        if !self.takes(&request.method) {
            return declined(NOBODY_TAKES_IT);
        }
        // With everybody left alone nothing is sent: asked about, the charge is one that never was.
        let Some(line) = self.choose(&request.method) else {
            return Answer::Unknown;
        };
        let name = line.provider.name();
        match self.charges.asked(name, &request, self.clock.now()).await {
            Ok(charge) if charge.provider == name => {
                line.admitted(|provider| provider.authorize(request)).await
            }
            // Somebody else was quicker, by another way: theirs is the charge.
            Ok(charge) => match self.line(&charge.provider) {
                Some(line) => line.ask(|provider| provider.authorize(request)).await,
                None => Answer::Unknown,
            },
            Err(error) => unknown(&error),
        }
    }

    /// The first that takes the means of payment and may be asked now.
    fn choose(&self, method: &str) -> Option<&Line> {
        let mut taking = self.lines.iter().filter(|line| line.provider.takes(method));
        taking.find(|line| line.admits())
    }

    /// Who has the charge, if anybody; the answer if that cannot be told.
    async fn home(&self, key: &str) -> Result<Option<&Line>, Answer> {
        match self.charges.of(key).await {
            Ok(None) => Ok(None),
            Ok(Some(charge)) => match self.line(&charge.provider) {
                Some(line) => Ok(Some(line)),
                None => {
                    tracing::error!(key, provider = %charge.provider, "a charge is at a provider that is not set up");
                    Err(Answer::Unknown)
                }
            },
            Err(error) => Err(unknown(&error)),
        }
    }

    /// Who has a charge of which our note may have been lost, or the answer about one that nobody has.
    async fn holder(&self, key: &str) -> Result<&Line, Answer> {
        if let Some(line) = self.home(key).await? {
            return Ok(line);
        }
        let mut nowhere = Answer::NotFound;
        for line in &self.lines {
            match line.ask(|provider| provider.inquire(key.to_owned())).await {
                Answer::NotFound => {}
                Answer::Unknown => nowhere = Answer::Unknown,
                _ => return Ok(line),
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
            Ok(line) => line.ask(call).await,
            Err(answer) => answer,
        }
    }
}

fn unknown(error: &crate::Error) -> Answer {
    tracing::warn!(%error, "which provider has a charge cannot be told");
    Answer::Unknown
}

impl Line {
    fn with<T>(&self, work: impl FnOnce(&mut Breaker) -> T) -> T {
        work(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn admits(&self) -> bool {
        let admits = self.with(|breaker| breaker.admits(self.clock.now()));
        if !admits {
            metrics::counter!("payment_breaker_refusals_total", "provider" => self.provider.name())
                .increment(1);
        }
        admits
    }

    async fn ask<'a>(&'a self, call: impl FnOnce(&'a dyn Provider) -> BoxFuture<'a, Answer>) -> Answer {
        match self.admits() {
            true => self.admitted(call).await,
            false => Answer::Unknown,
        }
    }

    /// Makes a call that the breaker admitted.
    async fn admitted<'a>(&'a self, call: impl FnOnce(&'a dyn Provider) -> BoxFuture<'a, Answer>) -> Answer {
        let mut outcome = Outcome {
            line: self,
            answered: false,
        };
        let answer = call(&*self.provider).await;
        outcome.answered = answer != Answer::Unknown;
        answer
    }
}

/// Tells the breaker how a call went, also when nobody waited for its end.
struct Outcome<'a> {
    line: &'a Line,
    answered: bool,
}

impl Drop for Outcome<'_> {
    fn drop(&mut self) {
        let (line, provider) = (self.line, self.line.provider.name());
        let opened = line.with(|breaker| match self.answered {
            true => {
                breaker.answered();
                false
            }
            false => breaker.failed(line.clock.now()),
        });
        if opened {
            tracing::warn!(
                provider,
                "a payment provider does not answer and is left alone for a while"
            );
            metrics::counter!("payment_breaker_opened_total", "provider" => provider).increment(1);
        }
        let open = f64::from(u8::from(line.with(|breaker| breaker.phase()) != Phase::Closed));
        metrics::gauge!("payment_breaker_open", "provider" => provider).set(open);
    }
}

impl Provider for Fallback {
    /// The provider of choice.
    fn name(&self) -> &'static str {
        self.lines[0].provider.name()
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
        self.lines[0].provider.read_webhook(webhook, now)
    }

    fn called(&self, name: &str) -> Option<&dyn Provider> {
        self.lines.iter().find_map(|line| line.provider.called(name))
    }

    fn takes(&self, method: &str) -> bool {
        self.lines.iter().any(|line| line.provider.takes(method))
    }
}
