//! PayPal's webhooks. They are signed with a certificate of PayPal's, which is asked whether the signature is its own:
//! <https://developer.paypal.com/docs/api/webhooks/v1/#verify-webhook-signature_post>
//!
//! PayPal sends again for three days what was not heard, with the first time: as long are messages listened to.

use super::{NAME, PayPal, amounts};
use crate::webhook::{Notice, NoticeKind, Refusal, TOLERANCE_S, Webhook};
use crate::wire::{Said, Trouble};
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// Seconds for which PayPal sends again what was not heard; shorter than ids are remembered.
const RETRIES_S: i64 = 3 * 24 * 60 * 60;

#[derive(Deserialize)]
struct Event {
    id: String,
    event_type: String,
    #[serde(default)]
    resource: Value,
}

#[derive(Deserialize)]
struct Verification {
    verification_status: String,
}

impl PayPal {
    pub(super) async fn read(&self, webhook: &Webhook, now: Timestamp) -> Result<Notice, Refusal> {
        let sent = webhook.header("paypal-transmission-time")?;
        let sent = chrono::DateTime::parse_from_rfc3339(sent)
            .map_err(|_| Refusal::Header("paypal-transmission-time"))?;
        let event: Event = serde_json::from_slice(&webhook.body).map_err(|e| Refusal::Body(e.to_string()))?;
        self.verify(webhook).await?;
        let age = now.timestamp().saturating_sub(sent.timestamp());
        if !(-TOLERANCE_S..=RETRIES_S + TOLERANCE_S).contains(&age) {
            return Err(Refusal::Stale);
        }
        let key = self.key(&event, now).await.map_err(|_| Refusal::Unavailable)?;
        let (key, refund) = match key.split_once('/') {
            Some((key, refund)) => (key.to_owned(), Some(refund.to_owned())),
            None => (key, None),
        };
        Ok(Notice {
            kind: event.kind(),
            id: event.id,
            key,
            refund,
        })
    }

    async fn verify(&self, webhook: &Webhook) -> Result<(), Refusal> {
        let unread = |e: serde_json::Error| Refusal::Body(e.to_string());
        // The body goes back unchanged, to the last space: it is what was signed.
        let event: &RawValue = serde_json::from_slice(&webhook.body).map_err(unread)?;
        let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
        let question = format!(
            r#"{{"auth_algo":{},"cert_url":{},"transmission_id":{},"transmission_sig":{},"transmission_time":{},"webhook_id":{},"webhook_event":{}}}"#,
            text(webhook.header("paypal-auth-algo")?),
            text(webhook.header("paypal-cert-url")?),
            text(webhook.header("paypal-transmission-id")?),
            text(webhook.header("paypal-transmission-sig")?),
            text(webhook.header("paypal-transmission-time")?),
            text(&self.config.webhook_id),
            event.get(),
        );
        let said = self
            .session
            .post_raw("/v1/notifications/verify-webhook-signature", question)
            .await;
        match said.and_then(verdict) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::Signature),
            Err(trouble) => {
                tracing::warn!(%trouble, "PayPal does not say whether a webhook is its own");
                Err(Refusal::Unavailable)
            }
        }
    }

    /// The charge that an event is about. What our books lost of it is noted again.
    async fn key(&self, event: &Event, now: Timestamp) -> Result<String, Trouble> {
        let text = |pointer: &str| event.resource.pointer(pointer).and_then(Value::as_str);
        let order = text("/supplementary_data/related_ids/order_id")
            .or_else(|| text("/id").filter(|_| event.event_type.starts_with("CHECKOUT.ORDER.")));
        let key = text("/custom_id").or_else(|| text("/purchase_units/0/custom_id"));
        let Some(key) = key else {
            let charge = match order {
                Some(order) => self.charges.by_reference(NAME, order).await?,
                None => None,
            };
            return Ok(charge.map(|charge| charge.key).unwrap_or_default());
        };
        let amount = ["/purchase_units/0/amount", "/amount"].iter().find_map(|at| {
            amounts::money(
                text(&format!("{at}/value"))?,
                text(&format!("{at}/currency_code"))?,
            )
        });
        // A refund's amount may be a part of the charge's.
        let whole = !matches!(event.kind(), NoticeKind::Refunded | NoticeKind::RefundFailed);
        if let (Some(order), Some(amount), true) = (order, amount, whole) {
            self.charges.found(NAME, key, order, amount, now).await?;
        }
        Ok(key.to_owned())
    }
}

#[allow(clippy::needless_pass_by_value, reason = "fits `and_then`")]
fn verdict(said: Said) -> Result<bool, Trouble> {
    match said.status.as_u16() {
        200 => Ok(said.read::<Verification>()?.verification_status == "SUCCESS"),
        // A header that cannot be one of PayPal's.
        400 | 422 => Ok(false),
        _ => Err(said.odd()),
    }
}

impl Event {
    fn kind(&self) -> NoticeKind {
        match self.event_type.as_str() {
            "PAYMENT.AUTHORIZATION.CREATED" => NoticeKind::Authorized,
            "PAYMENT.AUTHORIZATION.VOIDED" => NoticeKind::Voided,
            "PAYMENT.CAPTURE.COMPLETED" => NoticeKind::Captured,
            "PAYMENT.CAPTURE.DENIED" | "PAYMENT.CAPTURE.DECLINED" => NoticeKind::Declined,
            name if name == "PAYMENT.CAPTURE.REFUNDED" || name.starts_with("PAYMENT.REFUND.") => {
                match self.resource.pointer("/status").and_then(Value::as_str) {
                    Some("FAILED" | "CANCELLED") => NoticeKind::RefundFailed,
                    Some("PENDING") => NoticeKind::Other,
                    _ => NoticeKind::Refunded,
                }
            }
            // Approved is not paid: it is worth asking about, and claims no money.
            _ => NoticeKind::Other,
        }
    }
}
