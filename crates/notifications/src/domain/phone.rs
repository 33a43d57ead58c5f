//! Numbers of telephones, and the codes that are sent to them.

use hmac::{Hmac, Mac};
use kernel::secret;
use sha2::Sha256;
use uuid::Uuid;

/// Digits of a number with its country's, as ITU-T E.164 has them.
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
const CODE_DIGITS: usize = 6;
const CODES: u64 = 1_000_000;

/// A number as people write it, in E.164: `+34 600 00 00 00` is `+34600000000`.
pub fn read(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix('+')?;
    let is_between = |c: &char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}');
    let digits: String = digits.chars().filter(|c| !is_between(c)).collect();
    let is_number = DIGITS.contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    is_number.then(|| format!("+{digits}"))
}

/// Six digits that nobody can guess.
pub fn code() -> String {
    let random = <Sha256 as sha2::Digest>::digest(secret::token().as_bytes());
    let number = random
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{:0width$}", number % CODES, width = CODE_DIGITS)
}

fn signature(key: &[u8], id: Uuid, code: &str) -> Hmac<Sha256> {
    // A key of any length is one.
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(format!("code {id} {code}").as_bytes());
    mac
}

/// What is kept of a code.
pub fn seal(key: &[u8], id: Uuid, code: &str) -> Vec<u8> {
    signature(key, id, code).finalize().into_bytes().to_vec()
}

/// Whether a code is the one that was sealed, as its owner types it.
pub fn opens(key: &[u8], id: Uuid, code: &str, sealed: &[u8]) -> bool {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    signature(key, id, &code).verify_slice(sealed).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("+34 600 00 00 00", Some("+34600000000")),
            (" +1 (500) 555-0006 ", Some("+15005550006")),
            ("+44.20.7946.0958", Some("+442079460958")),
            ("600 00 00 00", None),
            ("+0034600000000", None),
            ("+1234567", None),
            ("+1234567890123456", None),
            ("+34 600 ABC 000", None),
            ("+３４600000000", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn a_code_opens_what_it_sealed_alone() {
        let (key, id) = (b"a key", Uuid::from_u128(7));
        let code = code();
        assert!(code.len() == CODE_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()));
        let sealed = seal(key, id, &code);
        assert!(opens(
            key,
            id,
            &format!(" {} {} ", &code[..3], &code[3..]),
            &sealed
        ));
        assert!(!opens(key, Uuid::from_u128(8), &code, &sealed));
        assert!(!opens(b"another", id, &code, &sealed));
        assert!(!opens(key, id, "", &sealed));
    }
}
