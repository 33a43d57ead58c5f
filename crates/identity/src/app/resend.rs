//! The verification link, mailed anew to whoever lost it.

use super::Accounts;
use super::reset::ANSWER_AFTER;
use crate::Error;
use crate::attempts::Attempt;
use crate::domain::Email;
use crate::store::account;
use kernel::Ctx;

impl Accounts {
    /// Mails the link if there is such an account and its address is not verified yet; answers the same, and as late,
    /// if not.
    pub async fn request_verification(&self, ctx: &Ctx, email: &str, address: &str) -> Result<(), Error> {
        let email = Email::parse(email)?;
        self.0.attempts.count(Attempt::Verify, address, email.as_str())?;
        let answer_at = tokio::time::Instant::now() + ANSWER_AFTER;
        let account = account::by_email(self.db().pool(), &email).await?;
        if let Some(account) = account.filter(|a| a.email_verified_at.is_none()) {
            self.mail_verification(ctx, &account).await?;
        }
        tokio::time::sleep_until(answer_at).await;
        Ok(())
    }
}
