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
use sha2::{Digest as _, Sha256};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Seconds for which PayPal sends again what was not heard; shorter than ids are remembered.
const RETRIES_S: i64 = 3 * 24 * 60 * 60;

const SENT: &str = "paypal-transmission-time";
const SIGNED_BY: [&str; 5] = [
    "paypal-auth-algo",
    "paypal-cert-url",
    "paypal-transmission-id",
    "paypal-transmission-sig",
    SENT,
];
/// Messages whose verdict is remembered.
const VERDICTS_MAX: usize = 1_000;

/// What PayPal signs a message with.
struct Signed<'a> {
    algorithm: &'a str,
    certificate: &'a str,
    id: &'a str,
    signature: &'a str,
    sent: &'a str,
}

type Digest = [u8; 32];

impl Signed<'_> {
    /// Of all that PayPal would be asked about: another message has another one.
    fn digest(&self, body: &[u8]) -> Digest {
        let parts = [
            self.algorithm,
            self.certificate,
            self.id,
            self.signature,
            self.sent,
        ];
        let mut hash = Sha256::new();
        for part in parts.map(str::as_bytes).into_iter().chain([body]) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// Certificates are PayPal's own, fetched from PayPal.
fn is_paypals(url: &str) -> bool {
    let uri = url.parse::<hyper::Uri>().ok();
    uri.is_some_and(|uri| {
        let host = uri.host().unwrap_or_default();
        uri.scheme_str() == Some("https") && (host == "paypal.com" || host.ends_with(".paypal.com"))
    })
}

/// What PayPal said of the latest messages, so that a copy is not asked about again.
#[derive(Clone, Default)]
pub(super) struct Verdicts(Arc<Mutex<VecDeque<(Digest, bool)>>>);

impl Verdicts {
    fn of(&self, message: &Digest) -> Option<bool> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = known.iter();
        known
            .find(|(digest, _)| digest == message)
            .map(|(_, is_own)| *is_own)
    }

    fn keep(&self, message: Digest, is_own: bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.iter().any(|(digest, _)| *digest == message) {
            return;
        }
        known.push_back((message, is_own));
        if known.len() > VERDICTS_MAX {
            known.pop_front();
        }
    }
}

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
        // PayPal is asked last, and once for each message: strangers can send as many as they like.
        let [algorithm, certificate, id, signature, sent] = SIGNED_BY.map(|name| webhook.header(name));
        let signed = Signed {
            algorithm: algorithm?,
            certificate: certificate?,
            id: id?,
            signature: signature?,
            sent: sent?,
        };
        let time = chrono::DateTime::parse_from_rfc3339(signed.sent).map_err(|_| Refusal::Header(SENT))?;
        let age = now.timestamp().saturating_sub(time.timestamp());
        if !(-TOLERANCE_S..=RETRIES_S + TOLERANCE_S).contains(&age) {
            return Err(Refusal::Stale);
        }
        if !is_paypals(signed.certificate) {
            return Err(Refusal::Signature);
        }
        let event: Event = serde_json::from_slice(&webhook.body).map_err(|e| Refusal::Body(e.to_string()))?;
        let digest = signed.digest(&webhook.body);
        let known = self.verdicts.of(&digest);
        let is_own = match known {
            Some(is_own) => is_own,
            None => self.verify(&signed, &webhook.body).await?,
        };
        self.verdicts.keep(digest, is_own);
        if !is_own {
            return Err(Refusal::Signature);
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

    /// Whether PayPal says that a message is its own.
    async fn verify(&self, signed: &Signed<'_>, body: &[u8]) -> Result<bool, Refusal> {
        let unread = |e: serde_json::Error| Refusal::Body(e.to_string());
        // The body goes back unchanged, to the last space: it is what was signed.
        let event: &RawValue = serde_json::from_slice(body).map_err(unread)?;
        let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
        let question = format!(
            r#"{{"auth_algo":{},"cert_url":{},"transmission_id":{},"transmission_sig":{},"transmission_time":{},"webhook_id":{},"webhook_event":{}}}"#,
            text(signed.algorithm),
            text(signed.certificate),
            text(signed.id),
            text(signed.signature),
            text(signed.sent),
            text(&self.config.webhook_id),
            event.get(),
        );
        let said = self
            .session
            .post_raw("/v1/notifications/verify-webhook-signature", question)
            .await;
        match said.and_then(verdict) {
            Ok(is_own) => Ok(is_own),
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
        // A refund's amount may be a part of the charge's; and so is a share's, whose capture carries its take's key.
        let of_refund = matches!(event.kind(), NoticeKind::Refunded | NoticeKind::RefundFailed);
        let whole = !of_refund && text("/invoice_id").is_none();
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
