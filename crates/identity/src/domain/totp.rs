//! Codes of an authenticator app: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 seconds, which every app knows.

use super::base32;
use crate::Error;
use hmac13::{Hmac, KeyInit, Mac};
use kernel::Timestamp;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha1::Sha1;
use std::fmt::Write;
use subtle::ConstantTimeEq;

const SECRET_BYTES: usize = 20;
const STEP_S: i64 = 30;
const DIGITS: usize = 6;
/// Ten to the number of digits.
const CODES: u32 = 1_000_000;
/// Steps to either side of the present one whose codes are taken: clocks differ, and typing takes time.
const WINDOW: i64 = 1;

/// What the app and we both know. Prints as nothing.
#[derive(Clone)]
pub struct TotpSecret(Vec<u8>);

impl TotpSecret {
    pub fn random() -> Result<Self, Error> {
        let mut bytes = vec![0u8; SECRET_BYTES];
        OsRng
            .try_fill_bytes(&mut bytes)
            .map_err(|e| Error::Internal(format!("no randomness: {e}")))?;
        Ok(Self(bytes))
    }

    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// As it is typed into an app that cannot see the picture.
    #[must_use]
    pub fn text(&self) -> String {
        base32::encode(&self.0)
    }

    /// As apps read it from a picture; `issuer` and `account` are what they show beside the code.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (percent(issuer), percent(account));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}",
            self.text()
        )
    }

    /// The step whose code this is, if it is in the window around `now` and later than `after`.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Timestamp, after: i64) -> Option<i64> {
        let present = now.timestamp().div_euclid(STEP_S);
        let mut found = None;
        // All of them are looked at, so that the time it takes does not tell which one it was.
        for step in present - WINDOW..=present + WINDOW {
            let right = self.code(step);
            let is_right: bool = right.as_bytes().ct_eq(code.as_bytes()).into();
            if is_right && step > after {
                found = Some(step);
            }
        }
        found
    }

    fn code(&self, step: i64) -> String {
        format!("{:0DIGITS$}", self.truncated(step) % CODES)
    }

    /// The 31 bits that HOTP (RFC 4226) takes from the hash.
    fn truncated(&self, step: i64) -> u32 {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else {
            return 0;
        };
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let offset = usize::from(hash[19] & 0xf);
        let bits = hash[offset..offset + 4]
            .iter()
            .fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte));
        bits & 0x7fff_ffff
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

/// The digits of what was typed, if it is a code of an app: apps show a space in the middle.
#[must_use]
pub fn digits(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    (digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret::new(b"12345678901234567890".to_vec())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B; there with eight digits.
        let table = [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ];
        for (seconds, eight) in table {
            let step = seconds / STEP_S;
            assert_eq!(secret().truncated(step) % 100_000_000, eight, "at {seconds}");
            let six = format!("{:06}", eight % CODES);
            assert_eq!(secret().code(step), six, "at {seconds}");
            assert_eq!(secret().step_of(&six, at(seconds), 0), Some(step));
        }
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        // Appendix D.
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(secret().code(step), code, "{step}");
        }
    }

    #[test]
    fn a_code_holds_one_step_to_either_side() {
        let (now, step) = (at(1_234_567_890), 1_234_567_890 / STEP_S);
        let code = |of: i64| secret().code(step + of);
        let taken = |of: i64| secret().step_of(&code(of), now, 0);
        assert_eq!(
            [-2, -1, 0, 1, 2].map(taken),
            [None, Some(step - 1), Some(step), Some(step + 1), None]
        );
    }

    #[test]
    fn neither_a_used_code_nor_one_before_it_is_taken() {
        let (now, step) = (at(1_234_567_890), 1_234_567_890 / STEP_S);
        let taken = |of: i64| secret().step_of(&secret().code(step + of), now, step);
        assert_eq!([-1, 0, 1].map(taken), [None, None, Some(step + 1)]);
    }

    #[test]
    fn apps_are_told_all_they_need() {
        assert_eq!(
            secret().uri("market.example", "lucía@example.org"),
            "otpauth://totp/market.example:luc%C3%ADa%40example.org\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=market.example&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn secrets_are_long_and_differ() {
        let (a, b) = (
            TotpSecret::random().expect("random"),
            TotpSecret::random().expect("random"),
        );
        assert_eq!((a.expose().len(), a.text().len()), (20, 32));
        assert_ne!(a.expose(), b.expose());
        assert_eq!(format!("{a:?}"), "TotpSecret(..)");
    }

    #[test]
    fn a_code_is_six_digits_however_they_are_spaced() {
        assert_eq!(digits(" 123 456 ").as_deref(), Some("123456"));
        for other in ["", "12345", "1234567", "12345a", "ABCD-EFGH-IJKL-MNOP"] {
            assert_eq!(digits(other), None, "{other}");
        }
    }
}
