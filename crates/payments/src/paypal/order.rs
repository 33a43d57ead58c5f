//! What PayPal says of orders and their payments.

use super::{amounts, refund_id};
use crate::charges::{declined, other_amount};
use crate::provider::{self, Answer, Take};
use crate::wire::Trouble;
use chrono::TimeDelta;
use kernel::{Money, Timestamp};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Order {
    pub id: String,
    status: String,
    #[serde(default)]
    purchase_units: Vec<PurchaseUnit>,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Debug, Deserialize)]
struct PurchaseUnit {
    amount: Option<Amount>,
    #[serde(default)]
    payments: Payments,
}

#[derive(Clone, Debug, Deserialize)]
struct Amount {
    currency_code: String,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
struct Payments {
    #[serde(default)]
    authorizations: Vec<Part>,
    #[serde(default)]
    captures: Vec<Part>,
    #[serde(default)]
    refunds: Vec<Refund>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    id: String,
    status: String,
    amount: Option<Amount>,
    custom_id: Option<String>,
}

/// Days for which PayPal keeps money set aside, where it does not say until when.
const HOLD_DAYS: i64 = 29;

/// An authorisation or capture.
#[derive(Debug, Deserialize)]
pub struct Part {
    pub id: String,
    pub status: String,
    amount: Option<Amount>,
    /// The key of the take, where a capture is one.
    invoice_id: Option<String>,
    create_time: Option<Timestamp>,
    expiration_time: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
struct Link {
    rel: String,
    href: String,
}

#[derive(Debug, Deserialize)]
pub struct Failure {
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Debug, Deserialize)]
struct Detail {
    issue: Option<String>,
}

impl Failure {
    /// What was wrong, in PayPal's word for it.
    pub fn issue(&self) -> &str {
        let first = self.details.first().and_then(|detail| detail.issue.as_deref());
        first.unwrap_or_default()
    }
}

/// How an order stands, with PayPal's id of what the next call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// For its buyer, at this address.
    Waiting(String),
    Approved,
    Authorized(String),
    /// Some of it was captured, and the rest is still set aside by this authorisation.
    Partly(String),
    Captured(String),
    Refunded,
    Voided,
    Declined,
    /// Its capture was declined, and the money is still set aside.
    Refused(String),
}

impl Order {
    /// The amount must be that of the charge, where PayPal says one.
    pub fn check(&self, amount: Money) -> Result<(), Trouble> {
        let said = self.purchase_units.first().and_then(|unit| unit.amount.as_ref());
        let Some(said) = said else { return Ok(()) };
        (amounts::money(&said.value, &said.currency_code) == Some(amount))
            .then_some(())
            .ok_or_else(|| {
                Trouble::Odd(format!(
                    "{} is about {} {}",
                    self.id, said.value, said.currency_code
                ))
            })
    }

    /// The refund that was asked for under this key.
    pub fn refund(&self, asked: &provider::Refund) -> Option<Refund> {
        let id = refund_id(asked);
        let payments = self.purchase_units.first().map(|unit| &unit.payments)?;
        let mut refunds = payments.refunds.iter();
        refunds
            .find(|refund| refund.custom_id.as_deref() == Some(&*id))
            .cloned()
    }

    fn payments(&self) -> Option<&Payments> {
        self.purchase_units.first().map(|unit| &unit.payments)
    }

    fn captures(&self) -> &[Part] {
        self.payments()
            .map(|payments| payments.captures.as_slice())
            .unwrap_or_default()
    }

    /// The capture that was asked for as this take.
    pub fn take(&self, key: &str) -> Option<&Part> {
        let mut captures = self.captures().iter();
        captures.find(|capture| capture.invoice_id.as_deref() == Some(key))
    }

    pub fn took_some(&self) -> bool {
        self.captures().iter().any(Part::took)
    }

    /// What was captured must be what the caller knows of.
    pub fn check_taken(&self, known: Money) -> Result<(), Trouble> {
        let took = self.captures().iter().filter(|capture| capture.took());
        let sum = took.map(|capture| capture.amount.as_ref()).try_fold(
            Money::zero(known.currency),
            |sum, amount| {
                let amount = amount.and_then(|said| amounts::money(&said.value, &said.currency_code))?;
                sum.add(amount).ok()
            },
        );
        (sum == Some(known))
            .then_some(())
            .ok_or_else(|| Trouble::Odd(format!("{} was captured otherwise than asked for", self.id)))
    }

    /// Until when the money is set aside.
    pub fn lapses_at(&self) -> Option<Timestamp> {
        let authorization = self.payments()?.authorizations.last()?;
        let made = authorization.create_time;
        let hold = || made.map(|made| made + TimeDelta::days(HOLD_DAYS));
        authorization.expiration_time.or_else(hold)
    }

    pub fn stands(&self) -> Result<Stands, Trouble> {
        match self.status.as_str() {
            "CREATED" | "SAVED" | "PAYER_ACTION_REQUIRED" => {
                let link = self
                    .links
                    .iter()
                    .find(|link| link.rel == "payer-action" || link.rel == "approve");
                let link =
                    link.ok_or_else(|| Trouble::Odd(format!("{} has no address to approve it at", self.id)))?;
                Ok(Stands::Waiting(link.href.clone()))
            }
            "APPROVED" => Ok(Stands::Approved),
            "VOIDED" => Ok(Stands::Voided),
            "COMPLETED" => self.paid(),
            status => Err(Trouble::Odd(format!("{} is {status}", self.id))),
        }
    }

    /// How the money of a completed order stands: what was taken says it before what was set aside.
    fn paid(&self) -> Result<Stands, Trouble> {
        let payments = self.payments();
        let authorization = payments.and_then(|payments| payments.authorizations.last());
        // A take that was declined says nothing of the rest.
        let mut captures = self
            .captures()
            .iter()
            .filter(|capture| !capture.is_declined_take());
        if let Some(authorization) = authorization.filter(|part| part.status == "PARTIALLY_CAPTURED") {
            return Ok(Stands::Partly(authorization.id.clone()));
        }
        if let Some(capture) = captures.clone().rfind(|capture| capture.keeps_some()) {
            return Ok(Stands::Captured(capture.id.clone()));
        }
        if let Some(capture) = captures.next_back() {
            let open = authorization.filter(|authorization| authorization.status == "CREATED");
            return match capture.status.as_str() {
                "REFUNDED" => Ok(Stands::Refunded),
                "DECLINED" | "FAILED" => Ok(match open {
                    Some(authorization) => Stands::Refused(authorization.id.clone()),
                    None => Stands::Declined,
                }),
                _ => Err(capture.undecided()),
            };
        }
        let authorization = authorization
            .ok_or_else(|| Trouble::Odd(format!("{} is completed without a payment", self.id)))?;
        match authorization.status.as_str() {
            "CREATED" => Ok(Stands::Authorized(authorization.id.clone())),
            "DENIED" => Ok(Stands::Declined),
            "VOIDED" | "EXPIRED" => Ok(Stands::Voided),
            _ => Err(authorization.undecided()),
        }
    }
}

impl Refund {
    /// How it stands.
    pub fn answer(self, asked: &provider::Refund) -> Result<Answer, Trouble> {
        if let Some(said) = &self.amount
            && amounts::money(&said.value, &said.currency_code) != Some(asked.amount)
        {
            return Ok(other_amount());
        }
        let reference = self.id;
        Ok(match self.status.as_str() {
            "COMPLETED" => Answer::Refunded { reference },
            "PENDING" => Answer::Pending { reference },
            "FAILED" | "CANCELLED" => declined("PayPal could not give it back."),
            status => return Err(Trouble::Odd(format!("{reference} is {status}"))),
        })
    }
}

impl Part {
    fn undecided(&self) -> Trouble {
        Trouble::Undecided(format!("{} is {}", self.id, self.status))
    }

    /// Whether it took money, refunded or not.
    pub fn took(&self) -> bool {
        self.keeps_some() || self.status == "REFUNDED"
    }

    fn keeps_some(&self) -> bool {
        matches!(self.status.as_str(), "COMPLETED" | "PARTIALLY_REFUNDED")
    }

    fn is_declined_take(&self) -> bool {
        self.invoice_id.is_some() && matches!(self.status.as_str(), "DECLINED" | "FAILED")
    }

    /// What a capture says of the take that it is. That it went back since does not undo it.
    pub fn take_answer(&self, order: &str, take: &Take) -> Result<Answer, Trouble> {
        if let Some(said) = &self.amount
            && amounts::money(&said.value, &said.currency_code) != Some(take.amount)
        {
            return Ok(other_amount());
        }
        match self.took() {
            true => Ok(Answer::Captured {
                reference: order.to_owned(),
            }),
            false => self.capture_answer(order),
        }
    }

    /// What a capture says of its order.
    pub fn capture_answer(&self, order: &str) -> Result<Answer, Trouble> {
        match self.status.as_str() {
            "COMPLETED" => Ok(Answer::Captured {
                reference: order.to_owned(),
            }),
            "DECLINED" | "FAILED" => Ok(declined("The payment was declined.")),
            _ => Err(self.undecided()),
        }
    }
}

/// A decline in words a buyer understands; none if the issue is not one.
/// <https://developer.paypal.com/api/rest/reference/orders/v2/errors/>
pub fn decline_reason(issue: &str) -> Option<&'static str> {
    Some(match issue {
        "INSTRUMENT_DECLINED" | "TRANSACTION_REFUSED" | "CARD_TYPE_NOT_SUPPORTED" | "PAYMENT_DENIED" => {
            "The card or account was declined. Try another one."
        }
        "PAYER_ACCOUNT_RESTRICTED" | "PAYER_ACCOUNT_LOCKED_OR_CLOSED" | "PAYER_CANNOT_PAY" => {
            "PayPal does not let this account pay."
        }
        "TRANSACTION_LIMIT_EXCEEDED" | "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED" => {
            "The account's limit does not allow this payment."
        }
        "COMPLIANCE_VIOLATION" | "TRANSACTION_BLOCKED_BY_PAYEE" | "PAYEE_BLOCKED_TRANSACTION" => {
            "The payment was declined."
        }
        "CURRENCY_NOT_SUPPORTED" => "This means of payment cannot be used in this currency.",
        _ => return None,
    })
}
