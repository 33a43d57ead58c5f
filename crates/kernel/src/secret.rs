//! Random secrets: tokens in links and cookies.

use rand::RngCore;
use rand::rngs::OsRng;

/// A URL-safe token of 256 random bits (43 characters).
#[must_use]
pub fn token() -> String {
    let mut bytes = [0u8; 32];
    // OsRng fails only where the operating system has no randomness; no secret can be made there.
    rand::TryRngCore::unwrap_err(OsRng).fill_bytes(&mut bytes);
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(43);
    let (mut acc, mut bits) = (0u32, 0u32);
    for byte in bytes {
        acc = (acc << 8) | u32::from(byte);
        bits += 8;
        while bits >= 6 {
            bits -= 6;
            text.push(char::from(ALPHABET[(acc >> bits) as usize & 63]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(acc << (6 - bits)) as usize & 63]));
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn tokens_are_long_url_safe_and_differ() {
        let (a, b) = (super::token(), super::token());
        assert_eq!(a.len(), 43);
        assert!(
            a.chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        );
        assert_ne!(a, b);
    }
}
