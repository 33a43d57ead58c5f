//! What a password must be.

use crate::Error;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A password that keeps the policy. Prints as nothing.
#[derive(Clone)]
pub struct Password(String);

const PASSWORD_CHARS_MIN: usize = 8;
/// Hashing takes time by the byte; nobody types more.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// Passwords that everybody tries first, in lower case.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_passwords.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

impl Password {
    /// `pointer` names the field the password came in.
    pub fn parse(text: String, pointer: &'static str) -> Result<Self, Error> {
        let refuse = |reason| Err(Error::WeakPassword { pointer, reason });
        if text.chars().count() < PASSWORD_CHARS_MIN {
            return refuse("it has fewer than 8 characters; use at least 8");
        }
        if text.len() > PASSWORD_BYTES_MAX {
            return refuse("it is longer than 256 bytes; use a shorter one");
        }
        if text.chars().any(char::is_control) {
            return refuse("it contains control characters; leave them out");
        }
        if !text.chars().any(char::is_lowercase) || !text.chars().any(char::is_uppercase) {
            return refuse("it lacks a capital or a small letter; mix both");
        }
        if is_common(&text) {
            return refuse("it is one of those that everybody tries first; choose another");
        }
        Ok(Self(text))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Common as it stands, or common once the figures and marks that people hang on its end are taken off.
fn is_common(text: &str) -> bool {
    let lower = text.to_lowercase();
    let stem = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    COMMON.contains(lower.as_str()) || (stem.len() >= 4 && COMMON.contains(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> &'static str {
        match Password::parse(text.to_owned(), "/password") {
            Ok(_) => "taken",
            Err(Error::WeakPassword { reason, .. }) => reason,
            Err(_) => "another error",
        }
    }

    #[test]
    fn the_policy_names_what_is_missing() {
        let table = [
            ("Sevilla-2024-azul", "taken"),
            ("ÁrbolÑandú", "taken"),
            ("Short1", "it has fewer than 8 characters; use at least 8"),
            ("alllowercase9", "it lacks a capital or a small letter; mix both"),
            ("ALLUPPERCASE9", "it lacks a capital or a small letter; mix both"),
            (
                "Password",
                "it is one of those that everybody tries first; choose another",
            ),
            (
                "Password123!",
                "it is one of those that everybody tries first; choose another",
            ),
            (
                "QwertyUiop",
                "it is one of those that everybody tries first; choose another",
            ),
            ("Has\tTabInside", "it contains control characters; leave them out"),
        ];
        for (text, expected) in table {
            assert_eq!(verdict(text), expected, "{text}");
        }
        assert_eq!(
            verdict(&"aB".repeat(129)),
            "it is longer than 256 bytes; use a shorter one"
        );
    }

    #[test]
    fn the_list_of_common_passwords_is_there() {
        assert!(COMMON.len() >= 200, "{}", COMMON.len());
        assert!(COMMON.iter().all(|word| word.to_lowercase() == **word));
    }
}
