//! Links that are mailed: one proves an address, the other lets its holder choose a new password.

use super::{Accounts, note};
use crate::attempts::Attempt;
use crate::domain::Email;
use crate::store::account::{self, Account};
use crate::store::hash_of;
use crate::store::mailed_token::{self, Purpose};
use crate::{Error, mail};
use ::store::{Scope, Tx, log};
use chrono::Duration;
use contracts::notifications::{MailFacts, MailKind};
use kernel::{Ctx, secret};

/// A request for a link takes at least this long, so that its time does not tell whether a mail was written.
const ANSWER_AFTER: std::time::Duration = std::time::Duration::from_millis(150);

/// What a link is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Link {
    Verification,
    Reset,
}

impl Link {
    fn purpose(self) -> Purpose {
        match self {
            Self::Verification => Purpose::VerifyEmail,
            Self::Reset => Purpose::ResetPassword,
        }
    }

    fn ttl(self) -> Duration {
        match self {
            Self::Verification => Duration::days(2),
            Self::Reset => Duration::hours(1),
        }
    }

    fn attempt(self, email: &str) -> Attempt<'_> {
        match self {
            Self::Verification => Attempt::Verify { email },
            Self::Reset => Attempt::Reset { email },
        }
    }

    /// Whether the account has any use for it.
    fn serves(self, account: &Account) -> bool {
        match self {
            Self::Verification => account.email_verified_at.is_none(),
            Self::Reset => true,
        }
    }

    /// What the auditor reads.
    fn requested(self) -> &'static str {
        match self {
            Self::Verification => "verification_requested",
            Self::Reset => "password_reset_requested",
        }
    }

    fn mail(self, public_url: &str, token: &str) -> (MailKind, MailFacts) {
        let (kind, page) = match self {
            Self::Verification => (MailKind::VerifyEmail, "verify-email"),
            Self::Reset => (MailKind::ResetPassword, "reset-password"),
        };
        let link = mail::link(public_url, page, token);
        (kind, MailFacts::default().text("link", link))
    }
}

impl Accounts {
    /// Mails a link to choose a new password, if the account exists.
    pub async fn request_reset(&self, ctx: &Ctx, email: &str, address: &str) -> Result<(), Error> {
        self.request_link(ctx, Link::Reset, email, address).await
    }

    /// Mails the link that verifies an address, if there is such an account and it is not verified yet.
    pub async fn request_verification(&self, ctx: &Ctx, email: &str, address: &str) -> Result<(), Error> {
        self.request_link(ctx, Link::Verification, email, address).await
    }

    /// Mails a link to whoever has use for it; answers the same, and as late, where nobody has.
    async fn request_link(&self, ctx: &Ctx, link: Link, email: &str, address: &str) -> Result<(), Error> {
        let email = Email::parse(email)?;
        self.0.attempts.count(link.attempt(email.as_str()), address)?;
        let answer_at = tokio::time::Instant::now() + ANSWER_AFTER;
        let account = account::by_email(self.db().pool(), &email).await?;
        if let Some(account) = account.filter(|account| link.serves(account)) {
            self.mail_link(ctx, link, &account).await?;
        }
        tokio::time::sleep_until(answer_at).await;
        Ok(())
    }

    /// As [`Self::request_verification`], by somebody who is signed in to the account.
    pub(super) async fn request_own_verification(&self, ctx: &Ctx, account: &Account) -> Result<(), Error> {
        let link = Link::Verification;
        if !link.serves(account) {
            return Ok(());
        }
        self.0.attempts.count(link.attempt(&account.email), "")?;
        self.mail_link(ctx, link, account).await
    }

    async fn mail_link(&self, ctx: &Ctx, link: Link, account: &Account) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        // The newest link alone is good.
        mailed_token::void_all(&mut *tx, account.id, link.purpose(), ctx.now).await?;
        let (kind, facts) = self.write_link(&mut tx, ctx, link, account).await?;
        note(&mut tx, ctx, account.id, link.requested(), None).await?;
        tx.commit().await?;
        log::wake();
        self.tell(ctx, account, kind, facts).await;
        Ok(())
    }

    /// Makes a link; its mail is to be sent after the commit.
    pub(super) async fn write_link(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        link: Link,
        account: &Account,
    ) -> Result<(MailKind, MailFacts), Error> {
        let token = secret::token();
        let expires_at = ctx.now + link.ttl();
        mailed_token::insert(
            &mut **tx,
            &hash_of(&token),
            account.id,
            link.purpose(),
            expires_at,
        )
        .await?;
        Ok(link.mail(&self.0.public_url, &token))
    }
}
