//! All SQL of identity, one file per noun.

pub mod account;
pub mod api_key;
pub mod challenge;
pub mod device;
pub mod guard;
pub mod key;
pub mod language;
pub mod mail;
pub mod mailed_token;
pub mod operator_invitation;
pub mod partner_key;
pub mod person;
pub mod recovery_code;
pub mod role;
pub mod saved_view;
pub mod second_factor;
pub mod session;

use sha2::{Digest, Sha256};

/// What is kept of a secret. The secrets are 256 random bits, so a plain hash cannot be reversed by guessing.
#[must_use]
pub fn hash_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
