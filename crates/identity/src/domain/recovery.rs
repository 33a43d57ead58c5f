//! Recovery codes: for whoever has lost the app.

use super::base32;
use crate::Error;
use kernel::UserId;
use rand::TryRngCore;
use rand::rngs::OsRng;

/// Codes that are made at a time.
pub const RECOVERY_CODES: usize = 10;
/// Eighty random bits: what is kept of them, a plain hash, cannot be reversed by guessing.
const CODE_BYTES: usize = 10;
const GROUP: usize = 4;

/// As many new codes as a person gets: `ABCD-EFGH-IJKL-MNOP`.
pub fn new_codes() -> Result<Vec<String>, Error> {
    (0..RECOVERY_CODES).map(|_| new_code()).collect()
}

fn new_code() -> Result<String, Error> {
    let mut bytes = [0u8; CODE_BYTES];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|e| Error::Internal(format!("no randomness: {e}")))?;
    let letters: Vec<char> = base32::encode(&bytes).chars().collect();
    let groups: Vec<String> = letters
        .chunks(GROUP)
        .map(|group| group.iter().collect())
        .collect();
    Ok(groups.join("-"))
}

/// What a code's hash is made of: its letters, however they were typed, and whose it is.
#[must_use]
pub fn hashed_text(user: UserId, typed: &str) -> String {
    let letters: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            // No code has these; they are what some letters look like.
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            other => other,
        })
        .collect();
    format!("{user}/{letters}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;
    use std::collections::HashSet;

    #[test]
    fn codes_are_ten_and_differ() {
        let codes = new_codes().expect("codes");
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), RECOVERY_CODES);
        for code in codes {
            assert_eq!(code.len(), 19, "{code}");
            assert_eq!(
                code.split('-').map(str::len).collect::<Vec<_>>(),
                [4, 4, 4, 4],
                "{code}"
            );
        }
    }

    #[test]
    fn a_code_is_the_same_however_it_is_typed_but_not_for_another_person() {
        let lucia = UserId::new(Timestamp::default());
        let kept = hashed_text(lucia, "ABCD-EFGH-IJKL-MNOP");
        for typed in ["abcdefghijklmnop", " ABCD EFGH IJKL MNOP ", "a8cd-efgh-1jkl-mn0p"] {
            assert_eq!(hashed_text(lucia, typed), kept, "{typed}");
        }
        assert_ne!(hashed_text(lucia, "ABCD-EFGH-IJKL-MNOQ"), kept);
        assert_ne!(
            hashed_text(UserId::new(Timestamp::default()), "ABCD-EFGH-IJKL-MNOP"),
            kept
        );
    }
}
