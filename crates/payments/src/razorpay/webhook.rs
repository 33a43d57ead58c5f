//! Razorpay's webhooks: `X-Razorpay-Signature`, the HMAC-SHA256 of the body in hexadecimal digits.
//! <https://razorpay.com/docs/webhooks/validate-test/>
//!
//! The time of a message is within what is signed and stays the same when it is sent again, which Razorpay does for a day.
//! Its id is in a header that is not signed, so that the body's own hash stands for it: a replay is the same message.

use super::{KEY, REFUND_KEY};
use crate::Hidden;
use crate::webhook::{Notice, NoticeKind, Refusal, TOLERANCE_S, Webhook, is_hmac};
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

const SIGNATURE: &str = "x-razorpay-signature";
/// Seconds for which Razorpay sends again what was not heard; shorter than ids are remembered.
const RETRIES_S: i64 = 24 * 60 * 60;

#[derive(Deserialize)]
struct Event {
    event: String,
    #[serde(default)]
    payload: Value,
    created_at: i64,
}

/// A notice, and Razorpay's id of the order it is about.
pub struct Told {
    pub notice: Notice,
    pub order: Option<String>,
}

pub fn read(secret: &Hidden, webhook: &Webhook, now: Timestamp) -> Result<Told, Refusal> {
    let signature = webhook.header(SIGNATURE)?;
    if !is_hmac(secret.reveal().as_bytes(), &[&webhook.body], signature) {
        return Err(Refusal::Signature);
    }
    let event: Event = serde_json::from_slice(&webhook.body).map_err(|e| Refusal::Body(e.to_string()))?;
    let age = now.timestamp().saturating_sub(event.created_at);
    if !(-TOLERANCE_S..=RETRIES_S + TOLERANCE_S).contains(&age) {
        return Err(Refusal::Stale);
    }
    let text = |pointer: &str| event.payload.pointer(pointer).and_then(Value::as_str);
    let key = ["payment", "refund", "order"]
        .iter()
        .find_map(|entity| text(&format!("/{entity}/entity/notes/{KEY}")))
        .or_else(|| text("/order/entity/receipt"));
    let refund = text(&format!("/refund/entity/notes/{REFUND_KEY}"));
    let order = text("/payment/entity/order_id").or_else(|| text("/order/entity/id"));
    Ok(Told {
        notice: Notice {
            id: format!("{:x}", Sha256::digest(&webhook.body)),
            kind: kind(&event.event),
            key: key.unwrap_or_default().to_owned(),
            refund: refund.map(str::to_owned),
        },
        order: order.map(str::to_owned),
    })
}

fn kind(name: &str) -> NoticeKind {
    match name {
        "payment.authorized" => NoticeKind::Authorized,
        "payment.captured" | "order.paid" => NoticeKind::Captured,
        "payment.failed" => NoticeKind::Declined,
        "refund.processed" => NoticeKind::Refunded,
        "refund.failed" => NoticeKind::RefundFailed,
        _ => NoticeKind::Other,
    }
}
