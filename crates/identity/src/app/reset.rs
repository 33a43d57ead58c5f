//! Getting back in.

use super::{Accounts, note};
use crate::attempts::Attempt;
use crate::domain::{Email, Password};
use crate::store::account::{self, Account};
use crate::store::mailed_token::{self, Purpose};
use crate::store::{guard, hash_of, session};
use crate::{Error, mail};
use ::store::{Scope, log};
use chrono::Duration;
use kernel::{Ctx, secret};

/// How long a link that resets a password is good.
const RESET_TTL: Duration = Duration::hours(1);
/// A request for a link takes at least this long, so that its time does not tell whether a mail was written.
pub(super) const ANSWER_AFTER: std::time::Duration = std::time::Duration::from_millis(150);

impl Accounts {
    /// Mails a link if the account exists; answers the same, and as late, if not.
    pub async fn request_reset(&self, ctx: &Ctx, email: &str, address: &str) -> Result<(), Error> {
        let email = Email::parse(email)?;
        self.0.attempts.count(Attempt::Reset, address, email.as_str())?;
        let answer_at = tokio::time::Instant::now() + ANSWER_AFTER;
        if let Some(account) = account::by_email(self.db().pool(), &email).await? {
            self.mail_reset(ctx, &account).await?;
        }
        tokio::time::sleep_until(answer_at).await;
        Ok(())
    }

    async fn mail_reset(&self, ctx: &Ctx, account: &Account) -> Result<(), Error> {
        let token = secret::token();
        let mut tx = self.db().begin(Scope::System).await?;
        // The newest link alone is good.
        mailed_token::void_all(&mut *tx, account.id, Purpose::ResetPassword, ctx.now).await?;
        let expires_at = ctx.now + RESET_TTL;
        mailed_token::insert(
            &mut *tx,
            &hash_of(&token),
            account.id,
            Purpose::ResetPassword,
            expires_at,
        )
        .await?;
        note(&mut tx, ctx, account.id, "password_reset_requested", None).await?;
        tx.commit().await?;
        log::wake();
        let message = mail::reset(&account.email, &account.name, &self.0.public_url, &token);
        self.send(message, ctx.now).await;
        Ok(())
    }

    /// Sets a new password by a mailed link. Every session ends, and failed sign-ins are forgotten.
    pub async fn reset_password(&self, ctx: &Ctx, token: &str, password: String) -> Result<(), Error> {
        // Judged before the link is used up, so that a refused password does not cost it.
        let password = Password::parse(password, "/password")?;
        let password_hash = self.0.hasher.hash(&password).await?;
        let mut tx = self.db().begin(Scope::System).await?;
        let user = mailed_token::take(&mut *tx, &hash_of(token), Purpose::ResetPassword, ctx.now)
            .await?
            .ok_or(Error::BadMailedToken)?;
        account::set_password(&mut *tx, user, &password_hash).await?;
        // Who reads the mail holds the address.
        account::verify_email(&mut *tx, user, ctx.now).await?;
        session::end_all(&mut *tx, user, ctx.now).await?;
        let account = account::by_id(&mut *tx, user)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        guard::clear(&mut *tx, &hash_of(&account.email)).await?;
        note(&mut tx, ctx, user, "password_changed", None).await?;
        tx.commit().await?;
        log::wake();
        let message = mail::password_changed(&account.email, &account.name, &self.0.public_url);
        self.send(message, ctx.now).await;
        Ok(())
    }
}
