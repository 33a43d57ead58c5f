//! E-mail addresses.

use crate::Fault;

/// A parsed address, in lower case: one mailbox is one account.
///
/// Accepts the dot-atom form of RFC 5321 in ASCII. Quoted local parts, comments and address literals exist on
/// paper alone and are refused; international domains come in their `xn--` form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

/// What was written is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not an e-mail address. Write it as name@example.org, in plain ASCII.")]
pub struct BadEmail;

impl From<BadEmail> for Fault {
    fn from(error: BadEmail) -> Self {
        Self::field("email_invalid", "/email", error.to_string())
    }
}

/// RFC 5321: a path is at most 256 octets with its angle brackets.
const EMAIL_BYTES_MAX: usize = 254;
const LOCAL_BYTES_MAX: usize = 64;
const LABEL_BYTES_MAX: usize = 63;

impl Email {
    /// Reads an address; blanks around it are not part of it.
    pub fn parse(text: &str) -> Result<Self, BadEmail> {
        let text = text.trim().to_ascii_lowercase();
        let is_one = text.len() <= EMAIL_BYTES_MAX
            && text
                .rsplit_once('@')
                .is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
        if is_one { Ok(Self(text)) } else { Err(BadEmail) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_local(local: &str) -> bool {
    local.len() <= LOCAL_BYTES_MAX
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        })
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=LABEL_BYTES_MAX).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_lower_case() {
        let read = |text| Email::parse(text).map(|e| e.to_string()).ok();
        assert_eq!(
            read(" Lucia.Romero@Example.ORG ").as_deref(),
            Some("lucia.romero@example.org")
        );
        assert_eq!(read("a+b@c.de").as_deref(), Some("a+b@c.de"));
        assert_eq!(
            read("o'neil@xn--mnchen-3ya.de").as_deref(),
            Some("o'neil@xn--mnchen-3ya.de")
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in [
            "", "@", "a@", "@b.c", "a@b", "a b@c.de", "a@@b.de", "a@b..de", ".a@b.de", "a@-b.de", "a@b\n.de",
            "a\0@b.de", "ä@b.de", "<a@b.de>", &long,
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }
}
