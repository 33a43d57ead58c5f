//! What Razorpay says of orders and payments.

use super::{LATER, REFUND_KEY, TAKEN, format};
use crate::amounts::currency;
use crate::charges::{declined, other_amount};
use crate::provider::{self, Answer};
use crate::wire::Trouble;
use kernel::Money;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Collection<T> {
    pub items: Vec<T>,
}

#[derive(Debug, Deserialize)]
pub struct Order {
    pub id: String,
    amount: i64,
    currency: String,
    pub receipt: Option<String>,
    #[serde(default)]
    pub attempts: u32,
    #[serde(default)]
    pub created_at: i64,
    /// An empty list where there are none.
    #[serde(default)]
    notes: serde_json::Value,
}

#[derive(Debug, Deserialize)]
pub struct Payment {
    pub id: String,
    status: String,
    amount: i64,
    currency: String,
    refund_status: Option<String>,
    error_reason: Option<String>,
    #[serde(default)]
    pub created_at: i64,
}

#[derive(Debug, Deserialize)]
pub struct Refund {
    id: String,
    status: String,
    amount: i64,
    currency: String,
    /// An empty list where there are none.
    #[serde(default)]
    notes: serde_json::Value,
}

#[derive(Debug, Deserialize)]
pub struct ErrorBody {
    error: ErrorPart,
}

#[derive(Debug, Deserialize)]
struct ErrorPart {
    code: String,
}

impl ErrorBody {
    /// Whether the request itself was at fault, not a bank or Razorpay.
    pub fn is_of_the_request(&self) -> bool {
        self.error.code == "BAD_REQUEST_ERROR"
    }
}

fn money(units: i64, code: &str) -> Option<Money> {
    let currency = currency(code)?;
    format(currency)?.money(units, currency)
}

impl Order {
    pub fn money(&self) -> Option<Money> {
        money(self.amount, &self.currency)
    }

    /// Whether it was made to be captured as its goods are sent.
    pub fn is_taken_later(&self) -> bool {
        self.notes.get(TAKEN).and_then(|of| of.as_str()) == Some(LATER)
    }

    pub fn check(&self, amount: Money) -> Result<(), Trouble> {
        (self.money() == Some(amount))
            .then_some(())
            .ok_or_else(|| Trouble::Odd(format!("{} is about {} {}", self.id, self.amount, self.currency)))
    }
}

impl Collection<Payment> {
    pub fn authorized(&self) -> Option<&Payment> {
        self.decisive().filter(|payment| payment.is_authorized())
    }

    /// The payment whose money was taken, whatever of it went back.
    pub fn taken(&self) -> Option<&Payment> {
        self.decisive()
            .filter(|payment| matches!(payment.rank(), Some(Rank::Captured | Rank::Refunded)))
    }

    /// The payment that says how the order stands: one with money taken before one with money set aside.
    pub fn decisive(&self) -> Option<&Payment> {
        let ranked = self.items.iter().filter(|payment| payment.rank().is_some());
        ranked.max_by_key(|payment| (payment.rank(), payment.created_at))
    }

    /// Why the last try failed, if that was before `before`, in words a buyer understands.
    pub fn failed(&self, before: i64) -> Option<&'static str> {
        let last = self.items.iter().max_by_key(|payment| payment.created_at)?;
        let over = last.status == "failed" && last.created_at < before;
        over.then(|| reason(last.error_reason.as_deref()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Refunded,
    Authorized,
    Captured,
}

impl Payment {
    fn rank(&self) -> Option<Rank> {
        match self.status.as_str() {
            "refunded" => Some(Rank::Refunded),
            "authorized" => Some(Rank::Authorized),
            "captured" if self.refund_status.as_deref() == Some("full") => Some(Rank::Refunded),
            "captured" => Some(Rank::Captured),
            _ => None,
        }
    }

    pub fn is_authorized(&self) -> bool {
        self.rank() == Some(Rank::Authorized)
    }

    pub fn check(&self, amount: Money) -> Result<(), Trouble> {
        (money(self.amount, &self.currency) == Some(amount))
            .then_some(())
            .ok_or_else(|| Trouble::Odd(format!("{} is about {} {}", self.id, self.amount, self.currency)))
    }

    /// How the order of this payment stands.
    pub fn answer(&self, order: &str) -> Answer {
        let reference = order.to_owned();
        match self.rank() {
            Some(Rank::Captured) => Answer::Captured { reference },
            Some(Rank::Authorized) => Answer::Authorized { reference },
            Some(Rank::Refunded) => Answer::Refunded { reference },
            None => Answer::Unknown,
        }
    }
}

impl Refund {
    /// Whether it was asked for under this key.
    pub fn is(&self, key: &str) -> bool {
        self.notes.get(REFUND_KEY).and_then(|of| of.as_str()) == Some(key)
    }

    /// How it stands: <https://razorpay.com/docs/api/refunds/entity/>.
    pub fn answer(self, asked: &provider::Refund) -> Result<Answer, Trouble> {
        if money(self.amount, &self.currency) != Some(asked.amount) {
            return Ok(other_amount());
        }
        let reference = self.id;
        Ok(match self.status.as_str() {
            "processed" => Answer::Refunded { reference },
            "pending" => Answer::Pending { reference },
            "failed" => declined("The bank did not take the money back."),
            status => return Err(Trouble::Odd(format!("{reference} is {status}"))),
        })
    }
}

/// <https://razorpay.com/docs/errors/payments/cards/>
fn reason(reason: Option<&str>) -> &'static str {
    match reason {
        Some("insufficient_funds" | "insufficient_balance" | "card_insufficient_funds") => {
            "The card has insufficient funds."
        }
        Some("card_expired" | "invalid_expiry_date") => "The card has expired.",
        Some("incorrect_cvv") => "The card's security code is wrong.",
        Some("payment_cancelled") => "The payment was not confirmed with the bank.",
        Some("payment_timed_out" | "bank_technical_error" | "gateway_technical_error") => {
            "The bank could not be reached. Try again in a while."
        }
        _ => "The bank declined the payment.",
    }
}
