//! What can be done with accounts, one method per use case.

mod api_keys;
mod authenticate;
mod key;
mod mailed_link;
mod operator_invitations;
mod own_account;
mod partner_keys;
mod people;
mod registration;
mod reset;
mod roles;
mod saved_views;
mod second_factor;
mod second_step;
mod sign_in;
mod tokens;
mod upkeep;

pub use api_keys::{NewApiKey, ShownApiKey};
pub use key::OVERLAP_HOURS_MAX;
pub use partner_keys::{NewPartnerKey, Shown};
pub(crate) use saved_views::named as view_name;
pub use sign_in::{SignInAs, TokenPair};
pub use upkeep::work;

use crate::Error;
use crate::attempts::{AttemptLimits, Attempts};
use crate::hash::Hasher;
use crate::keys::Keys;
use crate::mail::{MailError, MailPort, Message};
use crate::store::account::Account;
use crate::store::language;
use ::store::Db;
use ::store::seal::Keyring;
use contracts::identity::AccountChanged;
use contracts::notifications::{MailFacts, MailKind, MailText, MailWords, MailWriter};
use contracts::tenants::{FeatureGate, Features, Tenants};
use kernel::{Ctx, TenantId, Timestamp, UserId};
use sqlx::PgConnection;
use std::sync::{Arc, OnceLock};

/// What identity needs to know about its surroundings.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where mailed links lead, without a slash at the end: `https://market.example`.
    pub public_url: String,
    pub limits: AttemptLimits,
    /// Seals what the database keeps of secrets.
    pub keyring: Keyring,
}

/// The identity context.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    db: Db,
    hasher: Hasher,
    keys: Keys,
    attempts: Attempts,
    keyring: Keyring,
    mail: Arc<dyn MailPort>,
    public_url: String,
    shops: OnceLock<Arc<dyn Tenants>>,
    features: FeatureGate,
    writer: MailWriter,
}

impl Accounts {
    pub fn new(db: Db, mail: Arc<dyn MailPort>, config: Config) -> Result<Self, Error> {
        let Config {
            public_url,
            limits,
            keyring,
        } = config;
        Ok(Self(Arc::new(Inner {
            hasher: Hasher::new()?,
            keys: Keys::new(db.clone(), keyring.clone()),
            keyring,
            attempts: Attempts::new(limits),
            mail,
            public_url: public_url.trim_end_matches('/').to_owned(),
            shops: OnceLock::new(),
            features: FeatureGate::default(),
            writer: MailWriter::default(),
            db,
        })))
    }

    /// Lets staff of several shops name theirs by its slug. Set after construction, because shops need accounts first;
    /// without it, only the shop's id is understood.
    pub fn know_shops(&self, shops: Arc<dyn Tenants>) {
        // Set twice, the first stays: both are the same context.
        let _ = self.0.shops.set(shops);
    }

    /// Whom to ask which shops may have keys; without, all may.
    pub fn know_features(&self, features: Arc<dyn Features>) {
        self.0.features.know(features);
    }

    /// Whose words mails are in; without, they are in those of the program.
    pub fn know_words(&self, words: Arc<dyn MailWords>) {
        self.0.writer.know(words);
    }

    /// The keys that access tokens are signed with.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    fn db(&self) -> &Db {
        &self.0.db
    }

    /// Mails an account's holder in their language, after the commit. A mail that is not taken is logged: the person can ask
    /// for another.
    async fn tell(&self, ctx: &Ctx, account: &Account, kind: MailKind, facts: MailFacts) {
        // In another language it is still better than none.
        let language = language::of(self.db().pool(), account.id)
            .await
            .unwrap_or_default();
        let facts = facts.text("name", account.name.as_str());
        let MailText { subject, body } = self.0.writer.write(ctx, kind, language, &facts).await;
        let message = Message {
            to: account.email.clone(),
            subject,
            body,
            headers: Vec::new(),
        };
        if let Err(error) = self.post(message, ctx.now).await {
            tracing::error!(%error, "a mail was lost");
        }
    }

    /// What the marketplace is called where it has no other name.
    fn host(&self) -> &str {
        let url = &self.0.public_url;
        url.split_once("://").map_or(url, |(_, host)| host)
    }

    async fn post(&self, message: Message, now: Timestamp) -> Result<(), MailError> {
        self.0.mail.send(message, now).await
    }
}

/// Appends what an auditor wants to see, in the transaction that does it.
async fn note(
    conn: &mut PgConnection,
    ctx: &Ctx,
    user: UserId,
    change: &str,
    tenant: Option<TenantId>,
) -> Result<(), sqlx::Error> {
    let event = AccountChanged {
        user,
        change: change.to_owned(),
        tenant,
    };
    ::store::log::append(conn, ctx, &event).await
}

fn card(account: Account) -> contracts::identity::UserCard {
    contracts::identity::UserCard {
        id: account.id,
        email: account.email,
        name: account.name,
    }
}
