//! Stripe's webhooks: `Stripe-Signature: t=<seconds>,v1=<hex>,...`, HMAC-SHA256 over `t.body`, signed anew whenever they
//! are sent again. <https://docs.stripe.com/webhooks/signature>

use super::{KEY, REFUND_KEY};
use crate::Hidden;
use crate::webhook::{Notice, NoticeKind, Refusal, TOLERANCE_S, Webhook};
use kernel::Timestamp;
use serde::Deserialize;
use std::collections::HashMap;

const SIGNATURE: &str = "stripe-signature";

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    status: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

pub fn read(secret: &Hidden, webhook: &Webhook, now: Timestamp) -> Result<Notice, Refusal> {
    verify(secret, webhook, now)?;
    let event: Event = serde_json::from_slice(&webhook.body).map_err(|e| Refusal::Body(e.to_string()))?;
    let Object { status, mut metadata } = event.data.object;
    Ok(Notice {
        id: event.id,
        kind: kind(&event.kind, status.as_deref()),
        refund: metadata.remove(REFUND_KEY),
        // What carries no key is about something else, which nobody looks for.
        key: metadata.remove(KEY).unwrap_or_default(),
    })
}

fn verify(secret: &Hidden, webhook: &Webhook, now: Timestamp) -> Result<(), Refusal> {
    let header = webhook.header(SIGNATURE)?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(name, _)| *name == "t").map(|(_, time)| time);
    let time = time.ok_or(Refusal::Header(SIGNATURE))?;
    let sent: i64 = time.parse().map_err(|_| Refusal::Header(SIGNATURE))?;
    let signed = parts().filter(|(name, _)| *name == "v1").any(|(_, signature)| {
        crate::webhook::is_hmac(
            secret.reveal().as_bytes(),
            &[time.as_bytes(), b".", &webhook.body],
            signature,
        )
    });
    if !signed {
        return Err(Refusal::Signature);
    }
    match now.timestamp().abs_diff(sent) <= TOLERANCE_S.unsigned_abs() {
        true => Ok(()),
        false => Err(Refusal::Stale),
    }
}

/// `status` is that of what the event is about.
fn kind(name: &str, status: Option<&str>) -> NoticeKind {
    match name {
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => match status {
            Some("succeeded") => NoticeKind::Refunded,
            Some("failed" | "canceled") => NoticeKind::RefundFailed,
            _ => NoticeKind::Other,
        },
        "payment_intent.requires_action" => NoticeKind::RequiresAction,
        "payment_intent.amount_capturable_updated" => NoticeKind::Authorized,
        // A part of it, or all: a charge carries the metadata of its PaymentIntent.
        "payment_intent.succeeded" | "charge.captured" => NoticeKind::Captured,
        "payment_intent.payment_failed" => NoticeKind::Declined,
        "payment_intent.canceled" => NoticeKind::Voided,
        "charge.refunded" => NoticeKind::Refunded,
        _ => NoticeKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_that_is_captured_is_told_of_and_so_is_the_last() {
        for told in ["charge.captured", "payment_intent.succeeded"] {
            assert_eq!(kind(told, Some("succeeded")), NoticeKind::Captured);
        }
    }
}
