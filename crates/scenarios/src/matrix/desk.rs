//! What the marketplace's staff do about payments and refunds that do not get on.

use super::stage::signed_in;
use super::story::{Buyer, Ends, Told, persist, words};
use crate::{Caller, Shop};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug)]
pub enum ByHand {
    /// A payment at the bank is looked at now.
    Retried,
    /// Somebody read at the bank that it said no.
    Said,
    /// A paid order is undone.
    Undone,
    /// A refund that was refused is asked for again.
    RefundRetried,
}

impl ByHand {
    pub fn name(self) -> &'static str {
        match self {
            Self::Retried => "retried",
            Self::Said => "said",
            Self::Undone => "undone",
            Self::RefundRetried => "refund retried",
        }
    }
}

impl Buyer<'_> {
    pub(super) async fn seen_to(&self, by: ByHand) -> Told<Ends> {
        let stranger = self.stage.stranger();
        let operator = signed_in(|| Shop::operator_again(&stranger)).await?;
        let (id, note) = (self.order.id, json!({"note": "looked at"}));
        let path = |act: &str| format!("/v1/admin/payments/{id}/{act}");
        match by {
            ByHand::Retried => {
                self.pay("tok_3ds").await?;
                self.at_the_bank("authorized").await?;
                step_in(&operator, &path("retry"), &note).await?;
            }
            ByHand::Said => {
                self.pay("tok_3ds").await?;
                self.at_the_bank("declined").await?;
                let said = json!({"answer": "declined", "note": "looked at"});
                step_in(&operator, &path("skip"), &said).await?;
                self.pay("tok_visa").await?;
            }
            ByHand::Undone => {
                self.pay("tok_visa").await?;
                step_in(&operator, &path("compensate"), &note).await?;
                return Ok(Ends::Cancelled);
            }
            ByHand::RefundRetried => {
                self.pay("tok_refund_fails").await?;
                self.give_back().await?;
                self.settled().await?;
                let refund = self.refund().await?;
                let path = format!("/v1/admin/orders/{id}/refunds/{refund}/retry");
                step_in(&operator, &path, &json!({})).await?;
            }
        }
        Ok(Ends::Confirmed)
    }

    /// Staff have what is left to capture tried again.
    pub(super) async fn has_capture_retried(&self) -> Told<()> {
        let stranger = self.stage.stranger();
        let operator = signed_in(|| Shop::operator_again(&stranger)).await?;
        let path = format!("/v1/admin/uncaptured-payments/{}/retry", self.order.id);
        step_in(&operator, &path, &json!({"note": "looked at"})).await
    }

    /// The buyer answers their bank, which tells nobody.
    async fn at_the_bank(&self, state: &str) -> Told<()> {
        let sql = "update payments.sandbox_charge set state = $2 where key = $1 || '-1' and state = 'requires_action'";
        let payment = self.order.payment.to_string();
        let answered = self.stage.books.execute(sql, &[&payment, &state]).await;
        answered.map(drop).map_err(|error| error.to_string())
    }

    async fn refund(&self) -> Told<String> {
        let sql = "select id::text from checkout.refund where order_id::text = $1";
        let order = self.order.id.to_string();
        let row = self.stage.books.query_one(sql, &[&order]).await;
        row.map(|row| row.get(0)).map_err(|error| error.to_string())
    }
}

/// Until nobody else is at it. Where it was done before and its answer was lost, there is nothing left to do.
async fn step_in(operator: &Caller, path: &str, body: &Value) -> Told<()> {
    let answer = persist(|| operator.post(path, body)).await?;
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    match (answer.status, code.as_str()) {
        (200, _) | (409, "payment_ended" | "order_cancelled" | "step_not_skippable") => Ok(()),
        _ => Err(words(&answer)),
    }
}
