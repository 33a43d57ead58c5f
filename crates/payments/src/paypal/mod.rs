//! PayPal: an order per charge with intent AUTHORIZE, which the buyer approves at PayPal, captured by hand.
//!
//! Written to Orders v2 and Payments v2: <https://developer.paypal.com/docs/api/orders/v2/>. Every call that changes
//! something carries a `PayPal-Request-Id` made from the charge's key.
//!
//! PayPal has no search by our key. It needs none: an order moves no money before its buyer approved it, nobody can approve
//! an order whose address was never given out, and it is given out only after its id was noted. So a key without an
//! id has moved nothing. Should our notes be lost altogether, PayPal's webhooks bring the id back.

mod amounts;
mod order;
mod session;
mod takes;
mod webhook;

use crate::Hidden;
use crate::breaker::Circuit;
use crate::charges::{Charge, Charges, Known, NOT_TAKEN, declined, nothing_taken, too_much};
use crate::provider::{Adapter, Answer, Authorize, ProviderCharge, Refund};
use crate::webhook::{Notice, Refusal, Webhook};
use crate::wire::{Said, Trouble, Wire};
use ::store::Db;
use contracts::payments::MethodType;
use hyper::StatusCode;
use kernel::{Money, SharedClock, Timestamp};
use order::{Failure, Order, Part, Stands, decline_reason};
use serde_json::{Value, json};
use session::Session;
use std::sync::Arc;
use std::time::Duration;

pub const NAME: &str = "paypal";
pub const BASE: &str = "https://api-m.paypal.com";
/// What a buyer can pay with at PayPal.
pub const METHODS: [MethodType; 2] = [MethodType::Wallet, MethodType::Card];
/// Characters of a note to the payer.
const NOTE_CHARS_MAX: usize = 255;
const DECLINED: &str = "The payment was declined.";
/// What PayPal says of an authorisation that is not there to be let go of.
const GONE_BEFORE: [&str; 2] = ["PREVIOUSLY_VOIDED", "AUTHORIZATION_VOIDED"];
const NOT_CONFIRMED: &str = "The payment was not confirmed in time.";

/// How this marketplace is known to PayPal.
#[derive(Clone, Debug)]
pub struct Config {
    pub base: String,
    pub client_id: String,
    pub client_secret: Hidden,
    /// PayPal's id of the webhook that leads here: part of what it signs.
    pub webhook_id: String,
    /// The address people use, without a slash at its end: buyers come back there.
    pub public_url: String,
    /// How often PayPal lets this account capture one authorisation: once, unless it was agreed on.
    pub captures_max: u32,
    pub timeout: Duration,
}

#[derive(Clone)]
pub struct PayPal {
    config: Config,
    session: Session,
    verdicts: webhook::Verdicts,
    charges: Charges,
    clock: SharedClock,
}

impl PayPal {
    pub fn new(config: Config, db: Db, clock: SharedClock) -> Result<Self, String> {
        let wire = Wire::new(NAME, &config.base, config.timeout, Arc::clone(&clock))?;
        let session = Session::new(wire, &config.client_id, &config.client_secret, clock.clone());
        Ok(Self {
            config,
            session,
            verdicts: webhook::Verdicts::default(),
            charges: Charges::new(db, NAME),
            clock,
        })
    }

    fn order(&self, request: &Authorize, amount: &Value) -> Value {
        let back = format!("{}{}", self.config.public_url, request.return_path);
        let landing = match request.method == MethodType::Card.name() {
            true => "GUEST_CHECKOUT",
            false => "LOGIN",
        };
        json!({
            "intent": "AUTHORIZE",
            "purchase_units": [{ "custom_id": request.key, "amount": amount }],
            "payment_source": { "paypal": { "experience_context": {
                "return_url": back,
                "cancel_url": back,
                "user_action": "PAY_NOW",
                "landing_page": landing,
                "shipping_preference": "NO_SHIPPING",
            } } },
        })
    }

    async fn known(&self, key: &str, amount: Option<Money>) -> Result<Known, Trouble> {
        let Some(charge) = self.charges.of(key).await? else {
            return Ok(Known::Not(Answer::NotFound));
        };
        if let Some(refusal) = amount.and_then(|amount| charge.refuses(amount)) {
            return Ok(Known::Not(refusal));
        }
        Ok(match charge.reference.clone() {
            Some(id) => Known::Here { id, charge },
            None => Known::Not(Answer::NotFound),
        })
    }

    /// Money that cannot be taken is not kept from its buyer: what was set aside is let go, and only then is it a decline.
    async fn refuse(&self, authorization: &str, charge: &Charge, reason: &str) -> Result<Answer, Trouble> {
        self.charges.declined(&charge.key, reason).await?;
        self.void_authorization(authorization, charge).await?;
        Ok(declined(reason))
    }

    /// Lets an authorisation go. That it went before is as good; any other refusal leaves it as it was.
    async fn void_authorization(&self, authorization: &str, charge: &Charge) -> Result<(), Trouble> {
        let path = format!("/v2/payments/authorizations/{authorization}/void");
        let key = format!("{}-void", charge.key);
        let said = self.session.post(&path, &key, &json!({})).await?;
        let went = said.is_success()
            || said.status == StatusCode::UNPROCESSABLE_ENTITY
                && GONE_BEFORE.contains(&said.read::<Failure>()?.issue());
        went.then_some(()).ok_or_else(|| said.odd())
    }

    /// The order; none if PayPal does not know it any more, which is so a few hours after nobody approved it.
    async fn look(&self, id: &str) -> Result<Option<Order>, Trouble> {
        let said = self.session.get(&format!("/v2/checkout/orders/{id}")).await?;
        match said.status {
            StatusCode::OK => said.read().map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(said.odd()),
        }
    }

    async fn stands(&self, id: &str, charge: &Charge) -> Result<Answer, Trouble> {
        match self.look(id).await? {
            Some(order) => self.answer(order, charge).await,
            None => Ok(gone(id.to_owned(), charge)),
        }
    }

    /// How an order stands. One that its buyer approved is authorised now: that is what they approved.
    async fn answer(&self, order: Order, charge: &Charge) -> Result<Answer, Trouble> {
        order.check(charge.amount)?;
        let reference = order.id.clone();
        Ok(match order.stands()? {
            Stands::Authorized(authorization) => match &charge.decline_reason {
                Some(reason) => return self.refuse(&authorization, charge, reason).await,
                None => Answer::Authorized { reference },
            },
            Stands::Partly(_) => Answer::Authorized { reference },
            Stands::Captured(_) => Answer::Captured { reference },
            Stands::Refunded => Answer::Refunded { reference },
            Stands::Declined => declined(charge.decline_reason.as_deref().unwrap_or(DECLINED)),
            Stands::Refused(authorization) => {
                let reason = charge.decline_reason.as_deref().unwrap_or(DECLINED);
                return self.refuse(&authorization, charge, reason).await;
            }
            Stands::Voided if charge.decline_reason.is_some() => gone(reference, charge),
            Stands::Voided => Answer::Voided { reference },
            Stands::Waiting(_) | Stands::Approved if charge.let_go => gone(reference, charge),
            Stands::Waiting(url) => Answer::RequiresAction { reference, url },
            Stands::Approved => return self.authorize_approved(&order, charge).await,
        })
    }

    async fn authorize_approved(&self, order: &Order, charge: &Charge) -> Result<Answer, Trouble> {
        let path = format!("/v2/checkout/orders/{}/authorize", order.id);
        let key = format!("{}-authorize", charge.key);
        let said = self.session.post(&path, &key, &json!({})).await?;
        if said.is_success() {
            let authorized: Order = said.read()?;
            return match authorized.stands()? {
                Stands::Authorized(_) => Ok(Answer::Authorized {
                    reference: order.id.clone(),
                }),
                Stands::Declined => {
                    self.charges.declined(&charge.key, DECLINED).await?;
                    Ok(declined(DECLINED))
                }
                _ => Err(said.odd()),
            };
        }
        if said.status != StatusCode::UNPROCESSABLE_ENTITY {
            return Err(said.odd());
        }
        let Some(reason) = decline_reason(said.read::<Failure>()?.issue()) else {
            // Somebody else was quicker, or PayPal changed its mind: the next inquiry tells.
            return Err(said.odd());
        };
        // PayPal would let the buyer try again with another card; here that is another attempt.
        self.charges.declined(&charge.key, reason).await?;
        Ok(declined(reason))
    }

    /// The order, authorised if its buyer approved it.
    async fn approved(&self, id: &str, charge: &Charge) -> Result<Order, Trouble> {
        let missing = || Trouble::Odd(format!("PayPal does not know {id} any more"));
        let order = self.look(id).await?.ok_or_else(missing)?;
        if charge.let_go || !matches!(order.stands()?, Stands::Approved) {
            return Ok(order);
        }
        self.answer(order, charge).await?;
        self.look(id).await?.ok_or_else(missing)
    }
}

/// The answer about an order that nobody can approve any more.
fn gone(reference: String, charge: &Charge) -> Answer {
    match &charge.decline_reason {
        Some(reason) => declined(reason),
        None if charge.let_go => Answer::Voided { reference },
        None => declined(NOT_CONFIRMED),
    }
}

/// What PayPal is told of a refund, and tells again: which charge it is of, and its key.
fn refund_id(refund: &Refund) -> String {
    format!("{}/{}", refund.charge.key, refund.key)
}

/// What a refusal to make an order means: no order, no money.
fn refused(said: &Said) -> Result<Answer, Trouble> {
    match said.status {
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            let failure: Failure = said.read()?;
            tracing::warn!(
                issue = failure.issue(),
                "PayPal refuses an order as it was asked for"
            );
            Ok(declined(decline_reason(failure.issue()).unwrap_or(NOT_TAKEN)))
        }
        _ => Err(said.odd()),
    }
}

impl Adapter for PayPal {
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
        let amount = amounts::amount(request.amount).map_err(|e| Trouble::Odd(e.to_string()))?;
        let body = self.order(request, &amount);
        let said = self
            .session
            .post("/v2/checkout/orders", &request.key, &body)
            .await?;
        if !said.is_success() {
            return refused(&said);
        }
        let order: Order = said.read()?;
        let id = self.charges.named(&request.key, &order.id).await?;
        match id == order.id {
            true => self.answer(order, &charge).await,
            false => self.stands(&id, &charge).await,
        }
    }

    async fn captured(&self, asked: &ProviderCharge) -> Result<Answer, Trouble> {
        let (id, charge) = match self.known(&asked.key, Some(asked.amount)).await? {
            Known::Here { id, charge } => (id, charge),
            Known::Not(answer) => return Ok(answer),
        };
        let order = self.approved(&id, &charge).await?;
        let authorization = match order.stands()? {
            Stands::Authorized(authorization) if !charge.let_go => authorization,
            _ => return self.answer(order, &charge).await,
        };
        let amount = amounts::amount(asked.amount).map_err(|e| Trouble::Odd(e.to_string()))?;
        let body = json!({ "amount": amount, "final_capture": true });
        let path = format!("/v2/payments/authorizations/{authorization}/capture");
        let said = self
            .session
            .post(&path, &format!("{}-capture", asked.key), &body)
            .await?;
        if said.is_success() {
            return match said.read::<Part>()?.capture_answer(&id)? {
                Answer::Declined { reason } => self.refuse(&authorization, &charge, &reason).await,
                answer => Ok(answer),
            };
        }
        if said.status != StatusCode::UNPROCESSABLE_ENTITY {
            return Err(said.odd());
        }
        match decline_reason(said.read::<Failure>()?.issue()) {
            Some(reason) => self.refuse(&authorization, &charge, reason).await,
            // Somebody else was quicker, or it is too late: then how it stands is the answer.
            None => self.stands(&id, &charge).await,
        }
    }

    async fn voided(&self, asked: &ProviderCharge) -> Result<Answer, Trouble> {
        let (id, mut charge) = match self.known(&asked.key, Some(asked.amount)).await? {
            Known::Here { id, charge } => (id, charge),
            Known::Not(answer) => return Ok(answer),
        };
        // First: what the buyer approves from now on is not authorised any more.
        self.charges.let_go(&asked.key).await?;
        charge.let_go = true;
        let Some(order) = self.look(&id).await? else {
            return Ok(gone(id, &charge));
        };
        match order.stands()? {
            Stands::Authorized(authorization) => {
                self.void_authorization(&authorization, &charge).await?;
                self.stands(&id, &charge).await
            }
            _ => self.answer(order, &charge).await,
        }
    }

    async fn refunded(&self, refund: &Refund) -> Result<Answer, Trouble> {
        let id = match self.known(&refund.charge.key, Some(refund.charge.amount)).await? {
            Known::Here { id, .. } => id,
            Known::Not(answer) => return Ok(answer),
        };
        let Some(order) = self.look(&id).await? else {
            return Ok(nothing_taken());
        };
        order.check(refund.charge.amount)?;
        if let Some(before) = order.refund(refund) {
            return before.answer(refund);
        }
        let capture = match (&refund.of, order.stands()?) {
            (Some(take), _) => match order.take(take).filter(|part| part.took()) {
                Some(part) => part.id.clone(),
                None => return Ok(nothing_taken()),
            },
            (None, Stands::Captured(capture)) => capture,
            (None, Stands::Refunded) => return Ok(too_much()),
            _ => return Ok(nothing_taken()),
        };
        let Ok(amount) = amounts::amount(refund.amount) else {
            return Ok(too_much());
        };
        let path = format!("/v2/payments/captures/{capture}/refund");
        let body = json!({
            "amount": amount, "custom_id": refund_id(refund),
            "note_to_payer": refund.reason.chars().take(NOTE_CHARS_MAX).collect::<String>(),
        });
        let said = self.session.post(&path, &refund.key, &body).await?;
        match said.status {
            status if status.is_success() => said.read::<order::Refund>()?.answer(refund),
            StatusCode::UNPROCESSABLE_ENTITY => Ok(match said.read::<Failure>()?.issue() {
                "REFUND_AMOUNT_EXCEEDED" | "CAPTURE_FULLY_REFUNDED" => too_much(),
                "REFUND_TIME_LIMIT_EXCEEDED" => {
                    declined("The payment is too old for PayPal to give it back.")
                }
                "PENDING_CAPTURE" => return Err(said.undecided()),
                issue => {
                    tracing::warn!(key = %refund.key, issue, "PayPal refuses a refund");
                    declined("PayPal refuses to give it back.")
                }
            }),
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
        let order = self.look(&id).await?;
        match order.and_then(|order| order.refund(refund)) {
            Some(before) => before.answer(refund),
            None => Ok(Answer::NotFound),
        }
    }

    async fn heard(&self, webhook: &Webhook, now: Timestamp) -> Result<Notice, Refusal> {
        self.read(webhook, now).await
    }

    fn unpayable(&self, method: &str, amount: Money) -> Option<String> {
        if !MethodType::named(method).is_some_and(|kind| METHODS.contains(&kind)) {
            return Some(NOT_TAKEN.to_owned());
        }
        amounts::amount(amount)
            .err()
            .map(|unpayable| unpayable.to_string())
    }

    fn line(&self) -> Option<&Circuit> {
        Some(self.session.circuit())
    }
}
