//! The mail port and its development inbox.

use crate::store;
use ::store::Db;
use contracts::Reply;
use contracts::identity::{Mail, Mailbox};
use contracts::notifications::MailKind;
use futures::future::BoxFuture;
use kernel::{Ctx, Timestamp};
use uuid::Uuid;

/// A message to one person, in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub to: String,
    pub subject: String,
    pub body: String,
    /// Those beside the usual ones, such as `List-Unsubscribe`.
    pub headers: Vec<(String, String)>,
}

#[derive(Debug, thiserror::Error)]
#[error("the mail was not taken: {0}")]
pub struct MailError(pub String);

/// Takes mails and delivers them.
pub trait MailPort: Send + Sync + 'static {
    fn send<'a>(&'a self, message: Message, now: Timestamp) -> BoxFuture<'a, Result<(), MailError>>;
}

/// Mails shown on the development inbox's page.
const MAILS_MAX: u16 = 100;

/// Keeps mails in `identity.mail`, where the page `/dev/mail` shows them, and sends nothing.
#[derive(Clone)]
pub struct DevelopmentInbox {
    db: Db,
    sender: String,
}

impl DevelopmentInbox {
    #[must_use]
    pub fn new(db: Db, sender: impl Into<String>) -> Self {
        Self {
            db,
            sender: sender.into(),
        }
    }
}

impl MailPort for DevelopmentInbox {
    fn send<'a>(&'a self, message: Message, now: Timestamp) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            store::mail::insert(self.db.pool(), &message, &self.sender, now)
                .await
                .map_err(|e| MailError(e.to_string()))
        })
    }
}

impl Mailbox for DevelopmentInbox {
    fn mails<'a>(&'a self, _ctx: &'a Ctx, to: Option<String>, limit: u16) -> Reply<'a, Vec<Mail>> {
        Box::pin(async move {
            let to = to
                .map(|t| t.trim().to_ascii_lowercase())
                .filter(|t| !t.is_empty());
            let limit = i64::from(limit.clamp(1, MAILS_MAX));
            store::mail::list(self.db.pool(), to.as_deref(), limit)
                .await
                .map_err(|e| crate::Error::from(e).into())
        })
    }

    fn mail<'a>(&'a self, _ctx: &'a Ctx, id: Uuid) -> Reply<'a, Option<Mail>> {
        Box::pin(async move {
            store::mail::get(self.db.pool(), id)
                .await
                .map_err(|e| crate::Error::from(e).into())
        })
    }
}

/// The link behind every mailed token; `public_url` has no slash at its end.
#[must_use]
pub fn link(public_url: &str, page: &str, token: &str) -> String {
    format!("{public_url}/{page}?token={token}")
}

/// What became of an account's second factor.
#[derive(Clone, Copy, Debug)]
pub enum FactorChange {
    On,
    Off,
    CodesMade,
    CodeUsed,
}

impl FactorChange {
    pub(crate) fn kind(self) -> MailKind {
        match self {
            Self::On => MailKind::SecondFactorOn,
            Self::Off => MailKind::SecondFactorOff,
            Self::CodesMade => MailKind::RecoveryCodesMade,
            Self::CodeUsed => MailKind::RecoveryCodeUsed,
        }
    }
}
