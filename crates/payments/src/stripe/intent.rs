//! What Stripe says of a charge.

use super::{KEY, REFUND_KEY, amounts};
use crate::charges::{declined, other_amount};
use crate::provider::{self, Answer};
use crate::wire::{Said, Trouble};
use kernel::Money;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Debug, Deserialize)]
pub struct Intent {
    pub id: String,
    status: String,
    amount: i64,
    currency: String,
    /// In Stripe's units, refunded or not.
    #[serde(default, rename = "amount_received")]
    pub received: i64,
    /// Seconds since 1970.
    pub created: Option<i64>,
    #[serde(default)]
    metadata: HashMap<String, String>,
    next_action: Option<NextAction>,
    last_payment_error: Option<PaymentError>,
    latest_charge: Option<LatestCharge>,
}

#[derive(Debug, Deserialize)]
struct NextAction {
    redirect_to_url: Option<Redirect>,
}

#[derive(Debug, Deserialize)]
struct Redirect {
    url: String,
}

#[derive(Debug, Deserialize)]
struct PaymentError {
    code: Option<String>,
    decline_code: Option<String>,
}

/// Its id alone, unless it was asked for in full.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum LatestCharge {
    Full {
        refunded: bool,
        payment_method_details: Option<MethodDetails>,
    },
    Id(#[allow(dead_code, reason = "tells the two forms apart")] String),
}

#[derive(Debug, Deserialize)]
struct MethodDetails {
    card: Option<CardDetails>,
}

#[derive(Debug, Deserialize)]
struct CardDetails {
    multicapture: Option<Multicapture>,
    capture_before: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Multicapture {
    status: String,
}

#[derive(Debug, Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}

#[derive(Debug, Deserialize)]
pub struct Refund {
    pub id: String,
    status: String,
    amount: i64,
    currency: String,
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: Failure,
}

#[derive(Debug, Deserialize)]
pub struct Failure {
    #[serde(rename = "type")]
    pub kind: String,
    pub code: Option<String>,
    pub decline_code: Option<String>,
    /// The parameter that was at fault.
    pub param: Option<String>,
    pub payment_intent: Option<Intent>,
}

impl Failure {
    pub fn read(said: &Said) -> Result<Self, Trouble> {
        // 409 says that the same key is being worked on right now.
        if said.status == hyper::StatusCode::CONFLICT {
            return Err(said.odd());
        }
        Ok(said.read::<ErrorBody>()?.error)
    }
}

impl List<Intent> {
    /// The PaymentIntent that carries the key.
    pub fn of(&self, key: &str) -> Option<String> {
        self.data
            .iter()
            .find(|intent| intent.metadata.get(KEY).is_some_and(|of| of == key))
            .map(|intent| intent.id.clone())
    }
}

impl Intent {
    pub fn money(&self) -> Option<Money> {
        amounts::money(self.amount, &self.currency)
    }

    /// What was taken of it, refunded or not.
    pub fn received_money(&self) -> Result<Money, Trouble> {
        amounts::money(self.received, &self.currency).ok_or_else(|| {
            Trouble::Odd(format!(
                "{} has received {} {}",
                self.id, self.received, self.currency
            ))
        })
    }

    /// Whether something of it can still be taken.
    pub fn is_set_aside(&self) -> bool {
        self.status == "requires_capture"
    }

    fn card(&self) -> Option<&CardDetails> {
        match &self.latest_charge {
            Some(LatestCharge::Full {
                payment_method_details: Some(details),
                ..
            }) => details.card.as_ref(),
            _ => None,
        }
    }

    /// Whether its card lets it be captured several times.
    pub fn is_captured_in_parts(&self) -> bool {
        let multicapture = self.card().and_then(|card| card.multicapture.as_ref());
        multicapture.is_some_and(|multicapture| multicapture.status == "available")
    }

    /// When its card lets go of what was not captured, in seconds since 1970.
    pub fn capture_before(&self) -> Option<i64> {
        self.card()?.capture_before
    }

    /// How it stands. `amount` is what it must be about, where that is known.
    pub fn answer(self, amount: Option<Money>) -> Result<Answer, Trouble> {
        if amount.is_some() && self.money() != amount {
            let Self {
                id, amount, currency, ..
            } = self;
            return Err(Trouble::Odd(format!("{id} is about {amount} {currency}")));
        }
        let refunded = matches!(
            self.latest_charge,
            Some(LatestCharge::Full { refunded: true, .. })
        );
        let url = self
            .next_action
            .and_then(|next| next.redirect_to_url)
            .map(|to| to.url);
        let reference = self.id;
        Ok(match self.status.as_str() {
            "requires_capture" => Answer::Authorized { reference },
            "succeeded" if refunded => Answer::Refunded { reference },
            "succeeded" => Answer::Captured { reference },
            "canceled" => Answer::Voided { reference },
            "requires_action" => match url {
                Some(url) => Answer::RequiresAction { reference, url },
                None => {
                    return Err(Trouble::Odd(format!(
                        "{reference} asks the buyer for what is no redirect"
                    )));
                }
            },
            "requires_payment_method" => {
                let error = self.last_payment_error;
                let (code, decline_code) = error.map_or((None, None), |e| (e.code, e.decline_code));
                declined(decline_reason(code.as_deref(), decline_code.as_deref()))
            }
            // The bank has not decided.
            "processing" => return Err(Trouble::Undecided(format!("{reference} is being processed"))),
            status => return Err(Trouble::Odd(format!("{reference} is {status}"))),
        })
    }
}

impl Refund {
    /// Whether it was asked for under this key.
    pub fn is(&self, key: &str) -> bool {
        self.metadata.get(REFUND_KEY).is_some_and(|of| of == key)
    }

    /// How it stands: <https://docs.stripe.com/refunds#failed-refunds>.
    pub fn answer(self, asked: &provider::Refund) -> Result<Answer, Trouble> {
        if amounts::money(self.amount, &self.currency) != Some(asked.amount) {
            return Ok(other_amount());
        }
        let reference = self.id;
        Ok(match self.status.as_str() {
            "succeeded" => Answer::Refunded { reference },
            "pending" | "requires_action" => Answer::Pending { reference },
            "failed" | "canceled" => declined(match self.failure_reason.as_deref() {
                Some("lost_or_stolen_card" | "expired_or_canceled_card") => {
                    "The card that paid takes no money back: it was lost, stolen or has expired."
                }
                Some("charge_for_pending_refund_disputed") => {
                    "The buyer disputes this payment with their bank."
                }
                Some("insufficient_funds") => "The marketplace's balance at Stripe does not cover it.",
                _ => "The bank did not take the money back.",
            }),
            status => return Err(Trouble::Odd(format!("{reference} is {status}"))),
        })
    }
}

/// A decline in words a buyer understands; what a thief should not learn is kept general, as Stripe asks for.
/// Codes: <https://docs.stripe.com/declines/codes>.
pub fn decline_reason(code: Option<&str>, decline_code: Option<&str>) -> &'static str {
    match (code, decline_code) {
        (_, Some("insufficient_funds" | "withdrawal_count_limit_exceeded")) => {
            "The card has insufficient funds."
        }
        (Some("expired_card"), _) | (_, Some("expired_card")) => "The card has expired.",
        (Some("incorrect_cvc" | "invalid_cvc"), _) | (_, Some("incorrect_cvc" | "invalid_cvc")) => {
            "The card's security code is wrong."
        }
        (Some("authentication_required" | "payment_intent_authentication_failure"), _)
        | (_, Some("authentication_required")) => "The payment was not confirmed with the bank.",
        (_, Some("card_not_supported" | "currency_not_supported")) => {
            "The card cannot be used for this payment."
        }
        (Some("processing_error"), _)
        | (_, Some("try_again_later" | "processing_error" | "issuer_not_available")) => {
            "The bank could not be reached. Try again in a while."
        }
        _ => "The bank declined the payment.",
    }
}
