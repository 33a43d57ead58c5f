//! What providers tell by themselves, signed as the Standard Webhooks specification says: headers `webhook-id`,
//! `webhook-timestamp` and `webhook-signature`, the last one HMAC-SHA256 over `id.timestamp.body`.
//!
//! A webhook is never believed about money: it only says that the provider is worth asking now. So it may come twice,
//! late, or in any order.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Seconds by which a webhook's time may differ from ours. What is older may be a replay.
pub const TOLERANCE_S: i64 = 5 * 60;
/// Bytes of a webhook's id.
const ID_BYTES_MAX: usize = 255;
/// By what secrets begin when people handle them.
const SECRET_PREFIX: &str = "whsec_";

pub const HEADERS: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

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
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Reads `whsec_<base64>`, the form in which providers show it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = text
            .strip_prefix(SECRET_PREFIX)
            .and_then(|rest| STANDARD.decode(rest).ok())
            .filter(|bytes| (24..=64).contains(&bytes.len()));
        bytes
            .map(Self)
            .ok_or_else(|| format!("a webhook secret reads {SECRET_PREFIX}<base64 of 24 to 64 random bytes>"))
    }

    /// These very bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, id: &str, now: Timestamp, body: Vec<u8>) -> Webhook {
        let timestamp = now.timestamp().to_string();
        let signature = STANDARD.encode(self.mac(id, &timestamp, &body).finalize().into_bytes());
        Webhook {
            id: id.to_owned(),
            timestamp,
            signature: format!("v1,{signature}"),
            headers: Vec::new(),
            body,
        }
    }

    /// Whether the message is of somebody who knows the secret, and of about now.
    pub fn verify(&self, webhook: &Webhook, now: Timestamp) -> Result<(), Refusal> {
        let sent = webhook.timestamp.parse::<i64>();
        let sent = sent.map_err(|_| Refusal::Header("webhook-timestamp"))?;
        if webhook.id.is_empty() || webhook.id.len() > ID_BYTES_MAX {
            return Err(Refusal::Header("webhook-id"));
        }
        let signed = webhook
            .signature
            .split(' ')
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .any(|signature| {
                self.mac(&webhook.id, &webhook.timestamp, &webhook.body)
                    .verify_slice(&signature)
                    .is_ok()
            });
        if !signed {
            return Err(Refusal::Signature);
        }
        // After the signature: a stranger learns nothing about our clock.
        match now.timestamp().abs_diff(sent) <= TOLERANCE_S.unsigned_abs() {
            true => Ok(()),
            false => Err(Refusal::Stale),
        }
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = mac(&self.0, id.as_bytes());
        mac.update(b".");
        mac.update(timestamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

fn mac(key: &[u8], first: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(first);
    mac
}

/// Whether `signature` is the HMAC-SHA256 of the parts, in hexadecimal digits.
pub(crate) fn is_hmac(key: &[u8], parts: &[&[u8]], signature: &str) -> bool {
    let mut mac = mac(key, b"");
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

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + seconds, 0).expect("in range")
    }

    fn secret() -> Secret {
        Secret(vec![7; 32])
    }

    fn signed() -> Webhook {
        secret().sign("msg_1", at(0), b"{}".to_vec())
    }

    #[test]
    fn a_message_is_believed_from_who_knows_the_secret() {
        assert_eq!(secret().verify(&signed(), at(0)), Ok(()));
        assert_eq!(
            Secret(vec![8; 32]).verify(&signed(), at(0)),
            Err(Refusal::Signature)
        );
        let mut rotated = signed();
        rotated.signature = format!("v1,AAAA v2,xx {}", rotated.signature);
        assert_eq!(secret().verify(&rotated, at(0)), Ok(()), "one of several will do");
    }

    #[test]
    fn nothing_of_a_message_can_be_changed() {
        let changes: [fn(&mut Webhook); 5] = [
            |w| w.id = "msg_2".into(),
            |w| w.timestamp = "1790000001".into(),
            |w| w.body = b"{ }".to_vec(),
            |w| w.signature = String::new(),
            |w| w.signature = w.signature.replacen("v1,", "v0,", 1),
        ];
        for (n, change) in changes.into_iter().enumerate() {
            let mut webhook = signed();
            change(&mut webhook);
            assert_eq!(secret().verify(&webhook, at(0)), Err(Refusal::Signature), "{n}");
        }
        let mut unreadable = signed();
        unreadable.timestamp = "soon".into();
        assert_eq!(
            secret().verify(&unreadable, at(0)),
            Err(Refusal::Header("webhook-timestamp"))
        );
    }

    #[test]
    fn an_old_message_is_a_replay() {
        assert_eq!(secret().verify(&signed(), at(TOLERANCE_S)), Ok(()));
        assert_eq!(
            secret().verify(&signed(), at(TOLERANCE_S + 1)),
            Err(Refusal::Stale)
        );
        assert_eq!(
            secret().verify(&signed(), at(-TOLERANCE_S - 1)),
            Err(Refusal::Stale)
        );
    }

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example in the Standard Webhooks specification.
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let webhook = secret.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            Timestamp::from_timestamp(1_614_265_330, 0).expect("in range"),
            br#"{"test": 2432232314}"#.to_vec(),
        );
        assert_eq!(
            webhook.signature,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert!(Secret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_err());
        assert!(Secret::parse("whsec_c2hvcnQ=").is_err());
    }

    #[test]
    fn unknown_kinds_are_read_and_claim_nothing() {
        let kind: NoticeKind = serde_json::from_str(r#""charge.reviewed""#).expect("read");
        assert_eq!(kind, NoticeKind::Other);
        assert!(!kind.claims_money());
    }
}
