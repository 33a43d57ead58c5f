//! Stripe: a PaymentIntent per charge, confirmed when it is made and captured by hand.
//!
//! Written to the API's version [`VERSION`]: <https://docs.stripe.com/api/payment_intents>. The means of payment is a
//! PaymentMethod's id (`pm_...`), made by Stripe's own fields in the buyer's browser.
//!
//! A charge whose answer was lost is found by its key, which every PaymentIntent carries in its metadata: by Stripe's
//! search, which lags, and in the list of what was made lately, which does not.

mod amounts;
mod intent;
mod takes;
mod webhook;

use crate::Hidden;
use crate::amounts::currency;
use crate::breaker::Circuit;
use crate::charges::{Charge, Charges, NOT_TAKEN, declined, nothing_taken, too_much};
use crate::provider::{Adapter, Answer, Authorize, ProviderCharge, Refund};
use crate::webhook::{Notice, Refusal, Webhook};
use crate::wire::{Said, Trouble, Wire};
use ::store::Db;
use contracts::payments::CaptureTime;
use hyper::StatusCode;
use hyper::http::request::Builder;
use intent::{Failure, Intent, List, decline_reason};
use kernel::{Money, SharedClock, Timestamp};
use std::sync::Arc;
use std::time::Duration;

pub const NAME: &str = "stripe";
pub const BASE: &str = "https://api.stripe.com";
/// The version of the API that this is written to.
const VERSION: &str = "2024-06-20";
/// The member of a PaymentIntent's metadata that has the charge's key.
const KEY: &str = "stoa_key";
/// The member of a refund's metadata that has the refund's.
const REFUND_KEY: &str = "stoa_refund";
/// How the ids of means of payment begin.
const METHOD_PREFIX: &str = "pm_";
/// Search may lag by minutes: what is younger than this is looked for in the list.
const SEARCH_LAG_S: i64 = 15 * 60;
/// Pages of a hundred that are leafed through for a lost charge.
const PAGES_MAX: usize = 20;

/// How this marketplace is known to Stripe.
#[derive(Clone, Debug)]
pub struct Config {
    pub base: String,
    /// The secret key (`sk_...`, or a restricted `rk_...`).
    pub key: Hidden,
    /// The signing secret of the webhook endpoint (`whsec_...`).
    pub webhook_secret: Hidden,
    /// The address people use, without a slash at its end: buyers come back there.
    pub public_url: String,
    pub timeout: Duration,
}

#[derive(Clone)]
pub struct Stripe {
    config: Config,
    wire: Wire,
    charges: Charges,
    clock: SharedClock,
}

/// Where a charge was found at Stripe, or that it certainly is not there.
enum Found {
    Here(Box<Intent>),
    Nowhere,
}

impl Stripe {
    pub fn new(config: Config, db: Db, clock: SharedClock) -> Result<Self, String> {
        let wire = Wire::new(NAME, &config.base, config.timeout, Arc::clone(&clock))?;
        Ok(Self {
            config,
            wire,
            charges: Charges::new(db, NAME),
            clock,
        })
    }

    /// Makes a PaymentIntent and confirms it in the same call.
    async fn confirm(&self, request: &Authorize) -> Result<Said, Trouble> {
        let units = amounts::units(request.amount).map_err(|e| Trouble::Odd(e.to_string()))?;
        let mut fields = vec![
            ("amount", units.to_string()),
            ("currency", request.amount.currency.code().to_ascii_lowercase()),
            ("capture_method", "manual".to_owned()),
            ("confirm", "true".to_owned()),
            ("payment_method", request.method.clone()),
            ("automatic_payment_methods[enabled]", "true".to_owned()),
            (
                "return_url",
                format!("{}{}", self.config.public_url, request.return_path),
            ),
            ("metadata[stoa_key]", request.key.clone()),
            ("metadata[stoa_payment]", request.payment.to_string()),
        ];
        if request.capture == CaptureTime::OnDispatch {
            fields.push((
                "payment_method_options[card][request_multicapture]",
                "if_available".to_owned(),
            ));
        }
        self.post("/v1/payment_intents", &request.key, &fields).await
    }

    /// What a refusal to make the charge means.
    async fn refused(&self, request: &Authorize, charge: &Charge, said: &Said) -> Result<Answer, Trouble> {
        let failure = Failure::read(said)?;
        match failure.kind.as_str() {
            "card_error" => {
                if let Some(intent) = &failure.payment_intent {
                    self.charges.named(&request.key, &intent.id).await?;
                }
                Ok(declined(decline_reason(
                    failure.code.as_deref(),
                    failure.decline_code.as_deref(),
                )))
            }
            // The key made a charge before, with something else about it: that one counts.
            "idempotency_error" => match self.find(&request.key, Since::Asked(charge.asked_at)).await? {
                Found::Here(intent) => intent.answer(Some(request.amount)),
                Found::Nowhere => Err(said.odd()),
            },
            "invalid_request_error" if said.status == StatusCode::BAD_REQUEST => {
                tracing::warn!(key = %request.key, code = ?failure.code, "Stripe refuses a charge as it was asked for");
                Ok(declined(NOT_TAKEN))
            }
            _ => Err(said.odd()),
        }
    }

    /// Stripe's id of a charge, or the answer where there is none or the key is of another amount.
    async fn checked(&self, asked: &ProviderCharge) -> Result<Checked, Trouble> {
        let charge = self.charges.of(&asked.key).await?;
        if let Some(refusal) = charge.as_ref().and_then(|charge| charge.refuses(asked.amount)) {
            return Ok(Checked::Not(refusal));
        }
        if let Some(id) = charge.as_ref().and_then(|charge| charge.reference.clone()) {
            return Ok(Checked::Known(id));
        }
        let found = self
            .find(&asked.key, Since::of(charge.as_ref(), self.clock.now()))
            .await?;
        Ok(match found {
            Found::Here(intent) => Checked::Known(intent.id),
            Found::Nowhere => Checked::Not(Answer::NotFound),
        })
    }

    async fn look(&self, id: &str) -> Result<Intent, Trouble> {
        let said = self
            .ask(
                self.wire
                    .get(&format!("/v1/payment_intents/{id}?expand%5B%5D=latest_charge")),
            )
            .await?;
        match said.status {
            StatusCode::OK => said.read(),
            _ => Err(said.odd()),
        }
    }

    /// Looks for a charge by its key, and notes what Stripe calls it.
    async fn find(&self, key: &str, since: Since) -> Result<Found, Trouble> {
        let id = match (self.searched(key).await, since) {
            (Ok(Some(id)), _) => Some(id),
            (Ok(None), Since::Asked(at) | Since::Lost(at)) => self.listed(key, at).await?,
            // Not every country's accounts may search; the whole list says as much.
            (Err(Trouble::Odd(_)), Since::Asked(at)) => self.listed(key, at).await?,
            (Err(trouble), _) => return Err(trouble),
        };
        let Some(id) = id else {
            return Ok(Found::Nowhere);
        };
        let intent = self.look(&id).await?;
        if let Some(amount) = intent.money() {
            self.charges
                .found(NAME, key, &id, amount, self.clock.now())
                .await?;
        }
        Ok(Found::Here(Box::new(intent)))
    }

    async fn searched(&self, key: &str) -> Result<Option<String>, Trouble> {
        let query: String =
            form_urlencoded::byte_serialize(format!("metadata['{KEY}']:'{key}'").as_bytes()).collect();
        let said = self
            .ask(
                self.wire
                    .get(&format!("/v1/payment_intents/search?limit=1&query={query}")),
            )
            .await?;
        match said.status {
            StatusCode::OK => Ok(said.read::<List<Intent>>()?.of(key)),
            _ => Err(said.odd()),
        }
    }

    /// Leafs through what was made since the charge was asked for.
    async fn listed(&self, key: &str, since: Timestamp) -> Result<Option<String>, Trouble> {
        // The clocks may differ a little.
        let since = since.timestamp().saturating_sub(300);
        let mut after = String::new();
        for _ in 0..PAGES_MAX {
            let path = format!("/v1/payment_intents?limit=100&created%5Bgte%5D={since}{after}");
            let said = self.ask(self.wire.get(&path)).await?;
            if said.status != StatusCode::OK {
                return Err(said.odd());
            }
            let page: List<Intent> = said.read()?;
            if let Some(id) = page.of(key) {
                return Ok(Some(id));
            }
            match page.data.last().filter(|_| page.has_more) {
                Some(last) => after = format!("&starting_after={}", last.id),
                None => return Ok(None),
            }
        }
        // More was made since than can be leafed through: search will know it soon.
        Err(Trouble::Undecided(
            "a lost charge was not found yet, and not ruled out".to_owned(),
        ))
    }

    /// The refund of a charge that carries the key.
    async fn refund_of(&self, intent: &str, key: &str) -> Result<Option<intent::Refund>, Trouble> {
        let mut after = String::new();
        for _ in 0..PAGES_MAX {
            let path = format!("/v1/refunds?limit=100&payment_intent={intent}{after}");
            let said = self.ask(self.wire.get(&path)).await?;
            if said.status != StatusCode::OK {
                return Err(said.odd());
            }
            let mut page: List<intent::Refund> = said.read()?;
            if let Some(at) = page.data.iter().position(|refund| refund.is(key)) {
                return Ok(Some(page.data.swap_remove(at)));
            }
            match page.data.last().filter(|_| page.has_more) {
                Some(last) => after = format!("&starting_after={}", last.id),
                None => return Ok(None),
            }
        }
        Err(Trouble::Odd(format!(
            "{intent} has more refunds than can be leafed through"
        )))
    }

    async fn ask(&self, request: Builder) -> Result<Said, Trouble> {
        self.wire.ask(self.signed(request)).await
    }

    async fn post(&self, path: &str, key: &str, fields: &[(&str, String)]) -> Result<Said, Trouble> {
        let request = self.signed(self.wire.post(path)).header("idempotency-key", key);
        self.wire.send_form(request, fields).await
    }

    fn signed(&self, request: Builder) -> Builder {
        request
            .header("authorization", format!("Bearer {}", self.config.key.reveal()))
            .header("stripe-version", VERSION)
    }
}

enum Checked {
    Known(String),
    Not(Answer),
}

/// Since when a charge can be there.
#[derive(Clone, Copy)]
enum Since {
    /// It was asked for then: from there on the list has it, or nothing does.
    Asked(Timestamp),
    /// Our note of it is lost. Older ones than this are found by search.
    Lost(Timestamp),
}

impl Since {
    fn of(charge: Option<&Charge>, now: Timestamp) -> Self {
        let fresh = now - chrono::TimeDelta::seconds(SEARCH_LAG_S);
        charge.map_or(Self::Lost(fresh), |charge| Self::Asked(charge.asked_at))
    }
}

impl Adapter for Stripe {
    const NAME: &'static str = NAME;

    async fn authorized(&self, request: &Authorize) -> Result<Answer, Trouble> {
        let charge = self.charges.asked(NAME, request, self.clock.now()).await?;
        if let Some(refusal) = charge.refuses(request.amount) {
            return Ok(refusal);
        }
        if let Some(id) = &charge.reference {
            return self.look(id).await?.answer(Some(charge.amount));
        }
        if let Some(reason) = self.unpayable(&request.method, request.amount) {
            return Ok(declined(&reason));
        }
        let said = self.confirm(request).await?;
        if said.is_success() {
            let intent: Intent = said.read()?;
            self.charges.named(&request.key, &intent.id).await?;
            return intent.answer(Some(request.amount));
        }
        self.refused(request, &charge, &said).await
    }

    // Stripe keeps its answer to an idempotency key, refusals included. So a call is made only where it fits how the charge
    // stands, lest an early refusal is all that the key ever gets.

    async fn captured(&self, charge: &ProviderCharge) -> Result<Answer, Trouble> {
        let id = match self.checked(charge).await? {
            Checked::Known(id) => id,
            Checked::Not(answer) => return Ok(answer),
        };
        let stands = self.look(&id).await?.answer(Some(charge.amount))?;
        if !matches!(stands, Answer::Authorized { .. }) {
            return Ok(stands);
        }
        let path = format!("/v1/payment_intents/{id}/capture");
        let said = self.post(&path, &format!("{}-capture", charge.key), &[]).await?;
        if said.is_success() {
            return said.read::<Intent>()?.answer(Some(charge.amount));
        }
        let failure = Failure::read(&said)?;
        match failure.kind.as_str() {
            "card_error" => Ok(declined(decline_reason(
                failure.code.as_deref(),
                failure.decline_code.as_deref(),
            ))),
            // Somebody else was quicker: how it stands is the answer.
            "invalid_request_error" => self.look(&id).await?.answer(Some(charge.amount)),
            _ => Err(said.odd()),
        }
    }

    async fn voided(&self, charge: &ProviderCharge) -> Result<Answer, Trouble> {
        let id = match self.checked(charge).await? {
            Checked::Known(id) => id,
            Checked::Not(answer) => return Ok(answer),
        };
        let stands = self.look(&id).await?.answer(Some(charge.amount))?;
        if !matches!(stands, Answer::Authorized { .. } | Answer::RequiresAction { .. }) {
            return Ok(stands);
        }
        let path = format!("/v1/payment_intents/{id}/cancel");
        let fields = [("cancellation_reason", "abandoned".to_owned())];
        let said = self.post(&path, &format!("{}-void", charge.key), &fields).await?;
        if said.is_success() {
            return said.read::<Intent>()?.answer(Some(charge.amount));
        }
        match Failure::read(&said)?.kind.as_str() {
            "invalid_request_error" => self.look(&id).await?.answer(Some(charge.amount)),
            _ => Err(said.odd()),
        }
    }

    async fn refunded(&self, refund: &Refund) -> Result<Answer, Trouble> {
        let id = match self.checked(&refund.charge).await? {
            Checked::Known(id) => id,
            Checked::Not(answer) => return Ok(answer),
        };
        // Stripe forgets idempotency keys after a day or so; its list of refunds stays.
        if let Some(before) = self.refund_of(&id, &refund.key).await? {
            return before.answer(refund);
        }
        // Asked for a refund, Stripe would cancel what was only set aside. That is what `void` is for.
        let intent = self.look(&id).await?;
        let took_some = intent.received > 0;
        match intent.answer(Some(refund.charge.amount))? {
            Answer::Captured { .. } => {}
            // The rest of it is still set aside.
            Answer::Authorized { .. } if took_some => {}
            Answer::Refunded { .. } => return Ok(too_much()),
            _ => return Ok(nothing_taken()),
        }
        let Ok(units) = amounts::units(refund.amount) else {
            return Ok(too_much());
        };
        let fields = [
            ("payment_intent", id.clone()),
            ("amount", units.to_string()),
            ("metadata[stoa_key]", refund.charge.key.clone()),
            ("metadata[stoa_refund]", refund.key.clone()),
            ("metadata[reason]", refund.reason.clone()),
        ];
        let said = self.post("/v1/refunds", &refund.key, &fields).await?;
        if said.is_success() {
            return said.read::<intent::Refund>()?.answer(refund);
        }
        let failure = Failure::read(&said)?;
        if failure.kind != "invalid_request_error" {
            return Err(said.odd());
        }
        match (failure.code.as_deref(), failure.param.as_deref()) {
            (Some("charge_already_refunded" | "amount_too_large"), _) | (_, Some("amount")) => Ok(too_much()),
            (Some("charge_disputed"), _) => Ok(declined("The buyer disputes this payment with their bank.")),
            (Some("balance_insufficient"), _) => {
                Ok(declined("The marketplace's balance at Stripe does not cover it."))
            }
            _ => Err(said.odd()),
        }
    }

    async fn asked(&self, key: &str) -> Result<Answer, Trouble> {
        let charge = self.charges.of(key).await?;
        let amount = charge.as_ref().map(|charge| charge.amount);
        if let Some(id) = charge.as_ref().and_then(|charge| charge.reference.as_ref()) {
            return self.look(id).await?.answer(amount);
        }
        match self
            .find(key, Since::of(charge.as_ref(), self.clock.now()))
            .await?
        {
            Found::Here(intent) => intent.answer(amount),
            Found::Nowhere => Ok(Answer::NotFound),
        }
    }

    async fn asked_of_refund(&self, refund: &Refund) -> Result<Answer, Trouble> {
        match self.checked(&refund.charge).await? {
            Checked::Not(answer) => Ok(answer),
            Checked::Known(id) => match self.refund_of(&id, &refund.key).await? {
                Some(before) => before.answer(refund),
                None => Ok(Answer::NotFound),
            },
        }
    }

    async fn heard(&self, webhook: &Webhook, now: Timestamp) -> Result<Notice, Refusal> {
        webhook::read(&self.config.webhook_secret, webhook, now)
    }

    fn unpayable(&self, method: &str, amount: Money) -> Option<String> {
        if !method.starts_with(METHOD_PREFIX) {
            return Some(NOT_TAKEN.to_owned());
        }
        amounts::units(amount)
            .err()
            .map(|unpayable| unpayable.to_string())
    }

    fn line(&self) -> Option<&Circuit> {
        Some(self.wire.circuit())
    }
}
