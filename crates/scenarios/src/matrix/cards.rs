//! Orders that a gift card pays of: a part of them, or all.

use super::stage::{Stage, signed_in};
use super::story::{Buyer, Ends, HOLD_OVER, Told, persist, words};
use crate::Shop;
use serde_json::json;

/// How much a gift card holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// Less than an order costs.
    Part,
    /// More than that.
    Whole,
}

/// What becomes of an order.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    Paid,
    DeclinedFirst,
    NeverPaid,
    CancelledPaid,
    /// Some of it.
    GivenBack,
}

impl Card {
    fn cents(self) -> i64 {
        match self {
            Self::Part => 1_001,
            Self::Whole => 50_000,
        }
    }

    /// Issued for one story; its code, and how many cents are on it.
    pub(super) async fn issued(self, stage: &Stage) -> Told<(String, i64)> {
        let key = kernel::secret::token();
        // Hours go by between stories: whoever signed in for one is signed out in the next.
        let stranger = stage.stranger();
        let operator = signed_in(|| Shop::operator_again(&stranger)).await?;
        let operator = operator.with("idempotency-key", key);
        let card = json!({
            "amount": {"amount": self.cents(), "currency": "EUR"}, "funding": "sold", "note": "a trial",
        });
        let issued = persist(|| operator.post("/v1/admin/gift-cards", &card)).await?;
        match issued.json()["code"].as_str() {
            Some(code) => Ok((code.to_owned(), self.cents())),
            None => Err(words(&issued)),
        }
    }

    fn method(self) -> &'static str {
        match self {
            Self::Part => "tok_visa",
            Self::Whole => "",
        }
    }
}

impl Buyer<'_> {
    pub(super) async fn pays_by_card(&self, card: Card, fate: Fate) -> Told<Ends> {
        let method = card.method();
        match fate {
            Fate::NeverPaid => {
                self.stage.wait(HOLD_OVER).await;
                return Ok(Ends::Cancelled);
            }
            Fate::DeclinedFirst => {
                self.pay("tok_declined").await?;
                self.pay(method).await?;
            }
            Fate::Paid | Fate::CancelledPaid | Fate::GivenBack => self.pay(method).await?,
        }
        match fate {
            Fate::CancelledPaid => {
                self.cancel(&format!("/v1/orders/{}/cancel", self.order.id))
                    .await?;
                Ok(Ends::Cancelled)
            }
            Fate::GivenBack => {
                self.give_back().await?;
                Ok(Ends::Confirmed)
            }
            _ => Ok(Ends::Confirmed),
        }
    }
}
