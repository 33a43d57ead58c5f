//! People: who they are, how they prove it, and what they may do.
//!
//! An account is a person. Roles hang on it: any number of shops, at most one role with the operator; everybody may
//! shop. Secrets (passwords, cookies, refresh tokens, mailed links, recovery codes) are kept
//! as hashes and shown once; those that have to be read again (signing keys, the secrets of authenticator apps) are sealed.
//!
//! What is absent: shops and their staff lists (tenants), SMTP, and the words of mails (notifications).

mod app;
mod attempts;
mod domain;
mod error;
mod hash;
mod http;
mod keys;
mod mail;
mod service;
mod store;
mod token;

pub use app::{Accounts, Config, NewApiKey, NewPartnerKey, Shown, ShownApiKey, SignInAs, TokenPair, work};
pub use attempts::AttemptLimits;
pub use error::Error;
pub use http::routes;
pub use mail::{DevelopmentInbox, MailError, MailPort, Message};

pub const CONTEXT: &str = "identity";

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The context's schema.
#[must_use]
pub fn schema() -> ::store::migrate::Schema {
    ::store::migrate::Schema {
        context: CONTEXT,
        migrator: &MIGRATOR,
        composes: &[],
    }
}
