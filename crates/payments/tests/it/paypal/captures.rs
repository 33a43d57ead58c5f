//! What PayPal's server does of captures in parts. They carry an invoice id of their own, which a whole one does not.

use super::{Account, Order, cents, issue};
use serde_json::{Value, json};

impl Order {
    /// What a webhook shows of it.
    pub(super) fn shown(&self, kind: &str) -> Value {
        let related = json!({ "related_ids": { "order_id": self.id } });
        match self.takes.last() {
            _ if kind.contains("REFUND") => self.refunds.last().unwrap().clone(),
            Some(take) if kind.contains("CAPTURE") => {
                let mut shown = take.clone();
                shown["supplementary_data"] = related;
                shown
            }
            _ => json!({ "id": "AUTH-1", "custom_id": self.unit["custom_id"], "amount": self.unit["amount"],
                "supplementary_data": related }),
        }
    }

    pub(super) fn taken_in_parts(&self) -> i64 {
        self.takes
            .iter()
            .filter(|take| take["status"] != "DECLINED")
            .map(|take| cents(&take["amount"]))
            .sum()
    }

    /// Whether the call is about captures in parts.
    pub(super) fn takes_part(&self, verb: &str, body: &Value) -> bool {
        match verb {
            "capture" => body["invoice_id"].is_string(),
            _ => !self.takes.is_empty(),
        }
    }

    pub(super) fn take_part(&mut self, verb: &str, body: &Value) -> (u16, Value) {
        match (verb, self.authorization) {
            ("capture" | "void", Some("CREATED" | "PARTIALLY_CAPTURED")) => {}
            ("void", Some("VOIDED")) => return issue("PREVIOUSLY_VOIDED"),
            (_, Some("VOIDED")) => return issue("AUTHORIZATION_VOIDED"),
            _ => return issue("AUTHORIZATION_ALREADY_CAPTURED"),
        }
        if verb == "void" {
            self.authorization = Some("VOIDED");
            return (204, Value::Null);
        }
        if let Some(refusal) = self.no_capture {
            return issue(refusal);
        }
        let left = cents(&self.unit["amount"]) - self.taken_in_parts();
        let amount = cents(&body["amount"]);
        if amount > left {
            return issue("MAX_CAPTURE_AMOUNT_EXCEEDED");
        }
        assert!(body["invoice_id"].as_str().unwrap().len() <= 127);
        if self
            .takes
            .iter()
            .any(|take| take["invoice_id"] == body["invoice_id"])
        {
            return issue("DUPLICATE_INVOICE_ID");
        }
        let last = body["final_capture"].as_bool().unwrap();
        self.authorization = Some(match last || amount == left {
            true => "CAPTURED",
            false => "PARTIALLY_CAPTURED",
        });
        let take = json!({ "id": format!("TAKE-{}-{}", self.id, self.takes.len()), "status": "COMPLETED",
            "amount": body["amount"], "invoice_id": body["invoice_id"], "custom_id": self.unit["custom_id"],
            "final_capture": last });
        self.takes.push(take.clone());
        (201, take)
    }
}

/// Gives back some of a capture in parts; none if it is no such one.
pub(super) fn refund(account: &mut Account, id: &str, body: &Value) -> Option<(u16, Value)> {
    let slow = account.slow_refunds;
    let order = account
        .orders
        .iter_mut()
        .find(|order| order.takes.iter().any(|take| take["id"] == id))?;
    let at = order.takes.iter().position(|take| take["id"] == id)?;
    let back: i64 = order
        .refunds
        .iter()
        .filter(|refund| refund["capture"] == id && refund["status"] != "FAILED")
        .map(|refund| cents(&refund["amount"]))
        .sum();
    let left = cents(&order.takes[at]["amount"]) - back;
    let amount = cents(&body["amount"]);
    if left == 0 {
        return Some(issue("CAPTURE_FULLY_REFUNDED"));
    }
    if amount > left {
        return Some(issue("REFUND_AMOUNT_EXCEEDED"));
    }
    let status = if slow { "PENDING" } else { "COMPLETED" };
    let refund = json!({ "id": format!("1JU0890278169141{}", order.refunds.len()), "status": status, "capture": id,
        "amount": body["amount"], "custom_id": body["custom_id"], "note_to_payer": body["note_to_payer"] });
    order.refunds.push(refund.clone());
    order.takes[at]["status"] = json!(match amount == left {
        true => "REFUNDED",
        false => "PARTIALLY_REFUNDED",
    });
    Some((201, refund))
}
