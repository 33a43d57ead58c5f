//! Links at the end of mails, by which their readers say that they want no more. They are signed, so that nobody says it for
//! others, and good for ever: a mail may be read years later.

use contracts::notifications::NoticeTopic;
use hmac::{Hmac, Mac};
use kernel::{UserId, hex};
use sha2::Sha256;

/// Characters of a token: anything longer is none.
const TOKEN_CHARS_MAX: usize = 160;

fn signature(key: &[u8], user: UserId, topic: NoticeTopic) -> Hmac<Sha256> {
    // A key of any length is one.
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(format!("mails of {} to {user}", topic.name()).as_bytes());
    mac
}

pub fn seal(key: &[u8], user: UserId, topic: NoticeTopic) -> String {
    let signature = signature(key, user, topic).finalize().into_bytes();
    format!("{}.{}.{}", user.0.simple(), topic.name(), hex(&signature))
}

/// Whose it is and what of, if it is one of ours.
pub fn open(key: &[u8], token: &str) -> Option<(UserId, NoticeTopic)> {
    if token.len() > TOKEN_CHARS_MAX || !token.is_ascii() {
        return None;
    }
    let mut parts = token.split('.');
    let (user, topic, told) = (parts.next()?, parts.next()?, parts.next()?);
    let (user, topic): (UserId, _) = (user.parse().ok()?, NoticeTopic::named(topic)?);
    let bytes: Option<Vec<u8>> = told
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    signature(key, user, topic).verify_slice(&bytes?).ok()?;
    parts.next().is_none().then_some((user, topic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_believed_as_it_was_made_and_not_otherwise() {
        let (key, user) = (b"a key", UserId(uuid::Uuid::from_u128(7)));
        let token = seal(key, user, NoticeTopic::Messages);
        assert_eq!(open(key, &token), Some((user, NoticeTopic::Messages)));
        assert_eq!(open(b"another", &token), None);
        assert_eq!(open(key, &token.replace("messages", "reviews")), None);
        assert_eq!(open(key, &token[..token.len() - 2]), None);
        assert_eq!(open(key, &format!("{token}.more")), None);
        assert_eq!(open(key, "é.messages.00"), None);
        assert_eq!(open(key, ""), None);
    }
}
