//! All SQL of identity, one file per noun.

pub mod account;
pub mod api_key;
pub mod guard;
pub mod key;
pub mod mail;
pub mod mailed_token;
pub mod partner_key;
pub mod role;
pub mod session;

use sha2::{Digest, Sha256};

/// What is kept of a secret. The secrets are 256 random bits, so a plain hash cannot be reversed by guessing.
#[must_use]
pub fn hash_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
