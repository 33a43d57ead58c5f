//! Razorpay: an order per charge, which the buyer pays on Razorpay's hosted page, captured by hand.
//!
//! Written to version 1 of the API: <https://razorpay.com/docs/api/orders/>. Amounts are in the currency's smallest unit.
//! Orders have no idempotency key: their `receipt` carries the charge's, is asked for before another is made, and only the
//! first order of a charge is ever shown to a buyer.
//!
//! There is no call that lets an authorised payment go: what is not captured goes back by itself after
//! [`EXPIRY_MINUTES`], or [`LATER_EXPIRY_MINUTES`]. So a void is a note of ours that keeps it from being captured.

mod entities;
mod page;
mod takes;
mod webhook;

use crate::Hidden;
use crate::amounts::{Format, Unpayable};
use crate::breaker::Circuit;
use crate::charges::{Charge, Charges, Known, NOT_TAKEN, declined, nothing_taken, other_amount, too_much};
use crate::provider::{Adapter, Answer, Authorize, ProviderCharge, Refund};
use crate::webhook::{Notice, Refusal, Webhook};
use crate::wire::{Said, Trouble, Wire};
use ::store::Db;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::payments::{CaptureTime, MethodType};
use entities::{Collection, Order, Payment};
use hyper::StatusCode;
use hyper::http::request::Builder;
use kernel::{Money, SharedClock, Timestamp};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub use page::pages;

pub const NAME: &str = "razorpay";
pub const BASE: &str = "https://api.razorpay.com";
/// The member of notes that has the charge's key.
const KEY: &str = "stoa_key";
/// The member of a refund's notes that has the refund's.
const REFUND_KEY: &str = "stoa_refund";
/// Pages of a hundred that are leafed through for a refund.
const REFUND_PAGES_MAX: usize = 10;
/// Characters of a receipt.
const RECEIPT_CHARS_MAX: usize = 40;
/// After so long a payment that was not captured goes back. Charges are captured at once, so that this is for what was
/// let go and for outages.
const EXPIRY_MINUTES: u32 = 24 * 60;
/// And where they are captured as goods are sent: as long as Razorpay keeps them.
const LATER_EXPIRY_MINUTES: u32 = 5 * 24 * 60;
/// The member of an order's notes that says so, and what it says.
const TAKEN: &str = "stoa_capture";
const LATER: &str = "on_dispatch";
const ALL_OR_NOTHING: &str = "Razorpay takes all of a payment or nothing.";
/// The buyer may try another card on the hosted page: only after so long is a failed payment the end.
const RETRY_S: i64 = 90;
const NOT_REFUNDED: &str =
    "Razorpay refuses it: more than is left of the payment, or more than the marketplace's balance.";

/// How this marketplace is known to Razorpay.
#[derive(Clone, Debug)]
pub struct Config {
    pub base: String,
    /// The public half of the API key (`rzp_...`).
    pub key_id: String,
    pub key_secret: Hidden,
    pub webhook_secret: Hidden,
    /// The address people use, without a slash at its end: buyers come back there.
    pub public_url: String,
    pub timeout: Duration,
}

#[derive(Clone)]
pub struct Razorpay {
    config: Config,
    wire: Wire,
    charges: Charges,
    clock: SharedClock,
}

impl Razorpay {
    pub fn new(config: Config, db: Db, clock: SharedClock) -> Result<Self, String> {
        let wire = Wire::new(NAME, &config.base, config.timeout, Arc::clone(&clock))?;
        Ok(Self {
            config,
            wire,
            charges: Charges::new(db, NAME),
            clock,
        })
    }

    async fn order(&self, request: &Authorize) -> Result<Said, Trouble> {
        let units = units(request.amount).map_err(|e| Trouble::Odd(e.to_string()))?;
        let (notes, expiry) = match request.capture {
            CaptureTime::AtOnce => (json!({ KEY: request.key }), EXPIRY_MINUTES),
            CaptureTime::OnDispatch => (json!({ KEY: request.key, TAKEN: LATER }), LATER_EXPIRY_MINUTES),
        };
        let body = json!({
            "amount": units,
            "currency": request.amount.currency.code(),
            "receipt": request.key,
            "notes": notes,
            "payment": {
                "capture": "manual",
                "capture_options": { "manual_expiry_period": expiry, "refund_speed": "normal" },
            },
        });
        self.post("/v1/orders", None, &body).await
    }

    /// What is known of a key. What our books lost is found at Razorpay by its receipt.
    async fn known(&self, key: &str, amount: Option<Money>) -> Result<Known, Trouble> {
        let charge = self.charges.of(key).await?;
        if let Some(charge) = &charge
            && let Some(refusal) = amount.and_then(|amount| charge.refuses(amount))
        {
            return Ok(Known::Not(refusal));
        }
        if let Some(charge) = charge.as_ref().filter(|charge| charge.reference.is_some()) {
            let id = charge.reference.clone().unwrap_or_default();
            return Ok(Known::Here {
                id,
                charge: charge.clone(),
            });
        }
        let Some(order) = self.find(key).await? else {
            return Ok(Known::Not(Answer::NotFound));
        };
        let found = order
            .money()
            .ok_or_else(|| Trouble::Odd(format!("{} has an amount of its own", order.id)))?;
        self.charges
            .found(NAME, key, &order.id, found, self.clock.now())
            .await?;
        let charge = self.charges.of(key).await?;
        Ok(match charge {
            Some(charge) if amount.is_none_or(|amount| amount == charge.amount) => {
                Known::Here { id: order.id, charge }
            }
            _ => Known::Not(other_amount()),
        })
    }

    /// The order that carries the key; the one with a payment, should there be several, else the first.
    async fn find(&self, key: &str) -> Result<Option<Order>, Trouble> {
        let receipt: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
        let said = self
            .ask(self.wire.get(&format!("/v1/orders?count=100&receipt={receipt}")))
            .await?;
        if said.status != StatusCode::OK {
            return Err(said.odd());
        }
        let mut orders = said.read::<Collection<Order>>()?.items;
        orders.retain(|order| order.receipt.as_deref() == Some(key));
        Ok(orders
            .into_iter()
            .min_by_key(|order| (order.attempts == 0, order.created_at)))
    }

    async fn payments(&self, order: &str) -> Result<Collection<Payment>, Trouble> {
        let said = self
            .ask(self.wire.get(&format!("/v1/orders/{order}/payments")))
            .await?;
        match said.status {
            StatusCode::OK => said.read(),
            _ => Err(said.odd()),
        }
    }

    /// The refund of a payment that carries the key.
    async fn refund_of(&self, payment: &str, key: &str) -> Result<Option<entities::Refund>, Trouble> {
        for page in 0..REFUND_PAGES_MAX {
            let path = format!("/v1/payments/{payment}/refunds?count=100&skip={}", page * 100);
            let said = self.ask(self.wire.get(&path)).await?;
            if said.status != StatusCode::OK {
                return Err(said.odd());
            }
            let refunds = said.read::<Collection<entities::Refund>>()?.items;
            let last = refunds.len() < 100;
            let found = refunds.into_iter().find(|refund| refund.is(key));
            if found.is_some() || last {
                return Ok(found);
            }
        }
        Err(Trouble::Odd(format!(
            "{payment} has more refunds than can be leafed through"
        )))
    }

    async fn stands(&self, order: &str, charge: &Charge) -> Result<Answer, Trouble> {
        self.answer(order, charge, &self.payments(order).await?)
    }

    fn answer(
        &self,
        order: &str,
        charge: &Charge,
        payments: &Collection<Payment>,
    ) -> Result<Answer, Trouble> {
        let reference = order.to_owned();
        if let Some(payment) = payments.decisive() {
            payment.check(charge.amount)?;
            let authorized = payment.is_authorized();
            return Ok(match charge.let_go && authorized {
                true => Answer::Voided { reference },
                false => payment.answer(order),
            });
        }
        if charge.let_go {
            return Ok(Answer::Voided { reference });
        }
        if let Some(reason) = payments.failed(self.clock.now().timestamp() - RETRY_S) {
            return Ok(declined(reason));
        }
        Ok(Answer::RequiresAction {
            url: page::path(order),
            reference,
        })
    }

    async fn ask(&self, request: Builder) -> Result<Said, Trouble> {
        self.wire.ask(self.signed(request)).await
    }

    async fn post(
        &self,
        path: &str,
        refund_key: Option<&str>,
        body: &serde_json::Value,
    ) -> Result<Said, Trouble> {
        let mut request = self.signed(self.wire.post(path));
        if let Some(key) = refund_key {
            request = request.header("x-refund-idempotency", key);
        }
        self.wire.send_json(request, body).await
    }

    fn signed(&self, request: Builder) -> Builder {
        let Config {
            key_id, key_secret, ..
        } = &self.config;
        let credentials = STANDARD.encode(format!("{key_id}:{}", key_secret.reveal()));
        request.header("authorization", format!("Basic {credentials}"))
    }
}

/// What a refusal to make an order means: no order, no money.
fn refused(said: &Said) -> Result<Answer, Trouble> {
    match said.status {
        StatusCode::BAD_REQUEST if said.read::<entities::ErrorBody>()?.is_of_the_request() => {
            tracing::warn!(trouble = %said.odd(), "Razorpay refuses an order as it was asked for");
            Ok(declined(NOT_TAKEN))
        }
        _ => Err(said.odd()),
    }
}

/// The amount in Razorpay's units: the currency's smallest, of three decimals the last of which has to be 0.
fn units(money: Money) -> Result<i64, Unpayable> {
    format(money.currency).ok_or(Unpayable(money))?.units(money)
}

fn format(currency: kernel::Currency) -> Option<Format> {
    match currency.decimals() {
        3 => Some(Format::new(3, 10)),
        decimals @ (0 | 2) => Some(Format::new(decimals, 1)),
        _ => None,
    }
}

impl Adapter for Razorpay {
    const NAME: &'static str = NAME;

    async fn authorized(&self, request: &Authorize) -> Result<Answer, Trouble> {
        let charge = self.charges.asked(NAME, request, self.clock.now()).await?;
        if let Some(refusal) = charge.refuses(request.amount) {
            return Ok(refusal);
        }
        if let Some(id) = &charge.reference {
            return self.stands(id, &charge).await;
        }
        if let Some(reason) = self.unpayable(&request.method, request.amount) {
            return Ok(declined(&reason));
        }
        if request.key.len() > RECEIPT_CHARS_MAX {
            return Ok(declined(NOT_TAKEN));
        }
        let order = match self.find(&request.key).await? {
            Some(order) => order,
            None => {
                let said = self.order(request).await?;
                if !said.is_success() {
                    return refused(&said);
                }
                said.read()?
            }
        };
        order.check(request.amount)?;
        let id = self.charges.named(&request.key, &order.id).await?;
        self.stands(&id, &charge).await
    }

    async fn captured(&self, asked: &ProviderCharge) -> Result<Answer, Trouble> {
        let (id, charge) = match self.known(&asked.key, Some(asked.amount)).await? {
            Known::Here { id, charge } => (id, charge),
            Known::Not(answer) => return Ok(answer),
        };
        let payments = self.payments(&id).await?;
        let Some(payment) = payments.authorized().filter(|_| !charge.let_go) else {
            return self.answer(&id, &charge, &payments);
        };
        let body = json!({
            "amount": units(asked.amount).map_err(|e| Trouble::Odd(e.to_string()))?,
            "currency": asked.amount.currency.code(),
        });
        let said = self
            .post(&format!("/v1/payments/{}/capture", payment.id), None, &body)
            .await?;
        match said.status {
            StatusCode::OK => Ok(said.read::<Payment>()?.answer(&id)),
            // Somebody else was quicker, or it is too late: then how it stands is the answer.
            StatusCode::BAD_REQUEST => self.stands(&id, &charge).await,
            _ => Err(said.odd()),
        }
    }

    async fn voided(&self, asked: &ProviderCharge) -> Result<Answer, Trouble> {
        match self.known(&asked.key, Some(asked.amount)).await? {
            Known::Here { id, mut charge } => {
                self.charges.let_go(&asked.key).await?;
                charge.let_go = true;
                self.stands(&id, &charge).await
            }
            Known::Not(answer) => Ok(answer),
        }
    }

    async fn refunded(&self, refund: &Refund) -> Result<Answer, Trouble> {
        let (id, charge) = match self.known(&refund.charge.key, Some(refund.charge.amount)).await? {
            Known::Here { id, charge } => (id, charge),
            Known::Not(answer) => return Ok(answer),
        };
        let payments = self.payments(&id).await?;
        let Some(payment) = payments.taken() else {
            return Ok(nothing_taken());
        };
        payment.check(charge.amount)?;
        if let Some(before) = self.refund_of(&payment.id, &refund.key).await? {
            return before.answer(refund);
        }
        let Ok(units) = units(refund.amount) else {
            return Ok(too_much());
        };
        let body = json!({
            "amount": units,
            "speed": "normal",
            "notes": { KEY: refund.charge.key, REFUND_KEY: refund.key, "reason": refund.reason },
        });
        let path = format!("/v1/payments/{}/refund", payment.id);
        let said = self.post(&path, Some(&refund.key), &body).await?;
        match said.status {
            StatusCode::OK => said.read::<entities::Refund>()?.answer(refund),
            StatusCode::BAD_REQUEST if said.read::<entities::ErrorBody>()?.is_of_the_request() => {
                // Somebody else was quicker, under the same key: theirs is the refund.
                match self.refund_of(&payment.id, &refund.key).await? {
                    Some(before) => before.answer(refund),
                    None => {
                        tracing::warn!(trouble = %said.odd(), key = %refund.key, "Razorpay refuses a refund");
                        Ok(declined(NOT_REFUNDED))
                    }
                }
            }
            _ => Err(said.odd()),
        }
    }

    async fn asked(&self, key: &str) -> Result<Answer, Trouble> {
        match self.known(key, None).await? {
            Known::Here { id, charge } => self.stands(&id, &charge).await,
            Known::Not(answer) => Ok(answer),
        }
    }

    async fn asked_of_refund(&self, refund: &Refund) -> Result<Answer, Trouble> {
        let id = match self.known(&refund.charge.key, Some(refund.charge.amount)).await? {
            Known::Here { id, .. } => id,
            Known::Not(answer) => return Ok(answer),
        };
        let payments = self.payments(&id).await?;
        let Some(payment) = payments.taken() else {
            return Ok(Answer::NotFound);
        };
        match self.refund_of(&payment.id, &refund.key).await? {
            Some(before) => before.answer(refund),
            None => Ok(Answer::NotFound),
        }
    }

    async fn heard(&self, webhook: &Webhook, now: Timestamp) -> Result<Notice, Refusal> {
        let mut told = webhook::read(&self.config.webhook_secret, webhook, now)?;
        if told.notice.key.is_empty()
            && let Some(order) = &told.order
        {
            let charge = self.charges.by_reference(NAME, order).await;
            let charge = charge.map_err(|_| Refusal::Unavailable)?;
            told.notice.key = charge.map(|charge| charge.key).unwrap_or_default();
        }
        Ok(told.notice)
    }

    fn unpayable(&self, method: &str, amount: Money) -> Option<String> {
        if MethodType::named(method).is_none() {
            return Some(NOT_TAKEN.to_owned());
        }
        units(amount).err().map(|unpayable| unpayable.to_string())
    }

    fn line(&self) -> Option<&Circuit> {
        Some(self.wire.circuit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;
    use proptest::prelude::*;

    fn of(amount: i64, code: &str) -> Option<i64> {
        units(Money::new(amount, code.parse().expect("a currency"))).ok()
    }

    #[test]
    fn amounts_are_in_the_smallest_unit() {
        assert_eq!(of(29_500, "INR"), Some(29_500), "paise");
        assert_eq!(of(295, "JPY"), Some(295));
        assert_eq!(of(295_990, "KWD"), Some(295_990));
        assert_eq!(of(295_991, "KWD"), None);
        assert_eq!(of(10_000, "CLF"), None);
        assert_eq!(of(-1, "INR"), None);
    }

    proptest! {
        #[test]
        fn what_is_sent_is_the_amount(
            amount in 1..i64::MAX / 1000,
            currency in proptest::sample::select(Currency::all().collect::<Vec<_>>()),
        ) {
            let asked = Money::new(amount, currency);
            prop_assert!(currency.decimals() < 4 || units(asked).is_err());
            if let Ok(units) = units(asked) {
                let back = format(currency).and_then(|format| format.money(units, currency));
                prop_assert_eq!(back, Some(asked));
            }
        }
    }
}
