//! What providers tell by themselves, signed as the Standard Webhooks specification says: headers `webhook-id`,
//! `webhook-timestamp` and `webhook-signature`, the last one HMAC-SHA256 over `id.timestamp.body`.
//!
//! A webhook is never believed about money: it only says that the provider is worth asking now. So it may come twice,
//! late, or in any order.

use axum::http::HeaderMap;
use hmac::{Hmac, Mac};
use httpkit::webhook as standard;
use httpkit::webhook::Unbelieved;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

pub use httpkit::webhook::TOLERANCE_S;

/// A provider's message, as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    pub id: String,
    /// Seconds since 1970, in digits.
    pub timestamp: String,
    /// One or several signatures, separated by spaces: `v1,<base64>`.
    pub signature: String,
    /// All headers, in lower case, for providers that sign in ways of their own.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Webhook {
    /// A message with all headers of its request.
    #[must_use]
    pub fn new(message: standard::Message, headers: &HeaderMap) -> Self {
        let headers = headers.iter().filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        });
        Self {
            id: message.id,
            timestamp: message.timestamp,
            signature: message.signature,
            headers: headers.collect(),
            body: message.body,
        }
    }

    /// A header that must be there.
    pub fn header(&self, name: &'static str) -> Result<&str, Refusal> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Ok(value),
            _ => Err(Refusal::Header(name)),
        }
    }
}

/// What a webhook is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The same id is the same message.
    pub id: String,
    pub kind: NoticeKind,
    /// The key under which the charge was asked for.
    pub key: String,
    /// The key of the refund, where it is about one that was asked for here.
    pub refund: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeKind {
    #[serde(rename = "charge.requires_action")]
    RequiresAction,
    #[serde(rename = "charge.authorized")]
    Authorized,
    #[serde(rename = "charge.captured")]
    Captured,
    #[serde(rename = "charge.declined")]
    Declined,
    #[serde(rename = "charge.voided")]
    Voided,
    #[serde(rename = "charge.refunded")]
    Refunded,
    /// A refund did not go through, maybe after it seemed to.
    #[serde(rename = "refund.failed")]
    RefundFailed,
    /// Something that this version does not know, and need not.
    #[serde(other)]
    Other,
}

/// Why a webhook is not listened to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The header `{0}` is missing or cannot be read.")]
    Header(&'static str),
    #[error(
        "The webhook's time is too far from ours: it came too late, or is a replay. \
         Send it again with the present time and a new signature."
    )]
    Stale,
    #[error("The signature does not fit the message. Check the signing secret, and send the body unchanged.")]
    Signature,
    #[error("The body is not a message of this provider: {0}.")]
    Body(String),
    /// The provider has to say whether the message is its own, and does not answer.
    #[error("The provider cannot be asked whether this message is its own. Send it again later.")]
    Unavailable,
}

/// The secret that a provider and this marketplace share.
#[derive(Clone, Debug)]
pub struct Secret(standard::Secret);

impl Secret {
    /// Reads `whsec_<base64>`, the form in which providers show it.
    pub fn parse(text: &str) -> Result<Self, String> {
        standard::Secret::parse(text).map(Self)
    }

    /// These very bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(standard::Secret::new(bytes))
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, id: &str, now: Timestamp, body: Vec<u8>) -> Webhook {
        Webhook::new(self.0.sign(id, now, body), &HeaderMap::new())
    }

    /// Whether the message is of somebody who knows the secret, and of about now.
    pub fn verify(&self, webhook: &Webhook, now: Timestamp) -> Result<(), Refusal> {
        let Webhook {
            id,
            timestamp,
            signature,
            body,
            ..
        } = webhook;
        let believed = self.0.verify(id, timestamp, signature, body, now);
        believed.map_err(|why| match why {
            Unbelieved::Header(name) => Refusal::Header(name),
            Unbelieved::Stale => Refusal::Stale,
            Unbelieved::Signature => Refusal::Signature,
        })
    }
}

/// Whether `signature` is the HMAC-SHA256 of the parts, in hexadecimal digits.
pub(crate) fn is_hmac(key: &[u8], parts: &[&[u8]], signature: &str) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    unhex(signature).is_some_and(|signature| mac.verify_slice(&signature).is_ok())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair)
            .ok()
            .filter(|p| p.len() == 2 && !p.starts_with('+'))?;
        u8::from_str_radix(pair, 16).ok()
    };
    text.as_bytes().chunks(2).map(digits).collect()
}

impl NoticeKind {
    /// Whether the message says that the provider holds the buyer's money.
    #[must_use]
    pub fn claims_money(self) -> bool {
        matches!(self, Self::Authorized | Self::Captured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_kinds_are_read_and_claim_nothing() {
        let kind: NoticeKind = serde_json::from_str(r#""charge.reviewed""#).expect("read");
        assert_eq!(kind, NoticeKind::Other);
        assert!(!kind.claims_money());
    }
}
