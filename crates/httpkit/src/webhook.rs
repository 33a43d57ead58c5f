//! Webhooks signed as the Standard Webhooks specification says: headers `webhook-id`, `webhook-timestamp` and
//! `webhook-signature`, the last one HMAC-SHA256 over `id.timestamp.body`.

use axum::body::Body;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use kernel::limits::BODY_BYTES_MAX;
use kernel::{Fault, Kind, Timestamp};
use sha2::Sha256;

/// Seconds by which a webhook's time may differ from ours. What is older may be a replay.
pub const TOLERANCE_S: i64 = 5 * 60;
/// Bytes of a webhook's id.
const ID_BYTES_MAX: usize = 255;
/// By what secrets begin when people handle them.
const SECRET_PREFIX: &str = "whsec_";

const HEADERS: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/// A message as it came over the wire, believed by nobody yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    /// Seconds since 1970, in digits.
    pub timestamp: String,
    /// One or several signatures, separated by spaces: `v1,<base64>`.
    pub signature: String,
    pub body: Vec<u8>,
}

impl Message {
    /// The message that a request carries.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Fault> {
        let [id, timestamp, signature] = HEADERS.map(|name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        });
        let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| {
            let detail = format!("The body may have at most {BODY_BYTES_MAX} bytes.");
            Fault::new(Kind::TooLarge, "body_too_large", detail)
        })?;
        Ok(Self {
            id,
            timestamp,
            signature,
            body: body.into(),
        })
    }
}

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbelieved {
    /// A header is missing or cannot be read.
    Header(&'static str),
    /// Its time is too far from ours.
    Stale,
    Signature,
}

/// The secret that a sender and this marketplace share.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Reads `whsec_<base64>`, the form in which senders show it.
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
    pub fn sign(&self, id: &str, now: Timestamp, body: Vec<u8>) -> Message {
        let timestamp = now.timestamp().to_string();
        let signature = STANDARD.encode(self.mac(id, &timestamp, &body).finalize().into_bytes());
        Message {
            id: id.to_owned(),
            timestamp,
            signature: format!("v1,{signature}"),
            body,
        }
    }

    /// Whether the message is of somebody who knows the secret, and of about now.
    pub fn verify(
        &self,
        id: &str,
        timestamp: &str,
        signature: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), Unbelieved> {
        let sent = timestamp.parse::<i64>();
        let sent = sent.map_err(|_| Unbelieved::Header("webhook-timestamp"))?;
        if id.is_empty() || id.len() > ID_BYTES_MAX {
            return Err(Unbelieved::Header("webhook-id"));
        }
        let signed = signature
            .split(' ')
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .any(|signature| self.mac(id, timestamp, body).verify_slice(&signature).is_ok());
        if !signed {
            return Err(Unbelieved::Signature);
        }
        // After the signature: a stranger learns nothing about our clock.
        match now.timestamp().abs_diff(sent) <= TOLERANCE_S.unsigned_abs() {
            true => Ok(()),
            false => Err(Unbelieved::Stale),
        }
    }

    /// As [`verify`](Self::verify), of a whole message.
    pub fn believe(&self, message: &Message, now: Timestamp) -> Result<(), Unbelieved> {
        let Message {
            id,
            timestamp,
            signature,
            body,
        } = message;
        self.verify(id, timestamp, signature, body, now)
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
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

    fn signed() -> Message {
        secret().sign("msg_1", at(0), b"{}".to_vec())
    }

    #[test]
    fn a_message_is_believed_from_who_knows_the_secret() {
        assert_eq!(secret().believe(&signed(), at(0)), Ok(()));
        assert_eq!(
            Secret(vec![8; 32]).believe(&signed(), at(0)),
            Err(Unbelieved::Signature)
        );
        let mut rotated = signed();
        rotated.signature = format!("v1,AAAA v2,xx {}", rotated.signature);
        assert_eq!(
            secret().believe(&rotated, at(0)),
            Ok(()),
            "one of several will do"
        );
    }

    #[test]
    fn nothing_of_a_message_can_be_changed() {
        let changes: [fn(&mut Message); 5] = [
            |w| w.id = "msg_2".into(),
            |w| w.timestamp = "1790000001".into(),
            |w| w.body = b"{ }".to_vec(),
            |w| w.signature = String::new(),
            |w| w.signature = w.signature.replacen("v1,", "v0,", 1),
        ];
        for (n, change) in changes.into_iter().enumerate() {
            let mut message = signed();
            change(&mut message);
            assert_eq!(
                secret().believe(&message, at(0)),
                Err(Unbelieved::Signature),
                "{n}"
            );
        }
        let mut unreadable = signed();
        unreadable.timestamp = "soon".into();
        assert_eq!(
            secret().believe(&unreadable, at(0)),
            Err(Unbelieved::Header("webhook-timestamp"))
        );
    }

    #[test]
    fn an_old_message_is_a_replay() {
        for (seconds, expected) in [
            (TOLERANCE_S, Ok(())),
            (TOLERANCE_S + 1, Err(Unbelieved::Stale)),
            (-TOLERANCE_S - 1, Err(Unbelieved::Stale)),
        ] {
            assert_eq!(secret().believe(&signed(), at(seconds)), expected);
        }
    }

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example in the Standard Webhooks specification.
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
        let message = secret.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            Timestamp::from_timestamp(1_614_265_330, 0).expect("in range"),
            br#"{"test": 2432232314}"#.to_vec(),
        );
        assert_eq!(
            message.signature,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert!(Secret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_err());
        assert!(Secret::parse("whsec_c2hvcnQ=").is_err());
    }
}
