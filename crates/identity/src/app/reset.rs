//! Getting back in.

use super::{Accounts, note};
use crate::attempts::Attempt;
use crate::domain::Password;
use crate::store::account;
use crate::store::mailed_token::{self, Purpose};
use crate::store::{guard, hash_of, session};
use crate::{Error, mail};
use ::store::{Scope, log};
use kernel::Ctx;

impl Accounts {
    /// Sets a new password by a mailed link. Every session ends, and failed sign-ins are forgotten.
    pub async fn reset_password(
        &self,
        ctx: &Ctx,
        token: &str,
        password: String,
        address: &str,
    ) -> Result<(), Error> {
        self.0.attempts.count(Attempt::NewPassword, address)?;
        // Judged before the link is used up, so that a refused password does not cost it.
        let password = Password::parse(password, "/password")?;
        let token_hash = hash_of(token);
        // Looked at before the password is hashed: who guesses links gets no work out of us.
        if !mailed_token::is_open(self.db().pool(), &token_hash, Purpose::ResetPassword, ctx.now).await? {
            return Err(Error::BadMailedToken);
        }
        let password_hash = self.0.hasher.hash(&password).await?;
        let mut tx = self.db().begin(Scope::System).await?;
        let user = mailed_token::take(&mut *tx, &token_hash, Purpose::ResetPassword, ctx.now)
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

#[cfg(test)]
mod tests {
    use crate::mail::DevelopmentInbox;
    use crate::{Accounts, AttemptLimits, CONTEXT, Config, Error, schema};
    use ::store::Db;
    use ::store::seal::Keyring;
    use contracts::identity::RegisterUser;
    use kernel::{Clock, Ctx};
    use std::sync::Arc;

    #[tokio::test]
    async fn what_is_refused_anyway_costs_no_hash() {
        let test_db = testkit::TestDb::new(&[schema()]).await;
        let db = Db::connect(test_db.url(), CONTEXT).expect("url");
        let config = Config {
            public_url: "https://market.test".to_owned(),
            limits: AttemptLimits::default(),
            keyring: Keyring::fleeting().expect("a key"),
        };
        let inbox = Arc::new(DevelopmentInbox::new(db.clone(), "stoa@market.test"));
        let accounts = Accounts::new(db, inbox, config).expect("accounts");
        let ctx = Ctx::system("test", testkit::clock().now());
        let lucia = || RegisterUser {
            email: "lucia@example.org".to_owned(),
            name: "Lucía".to_owned(),
            password: "Sevilla-azul-7".to_owned(),
            address: String::new(),
        };
        accounts.register(&ctx, lucia()).await.expect("registered");

        // Every core hashes: whoever needs one as well would be told that we are busy.
        let mut turns = Vec::new();
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            turns.push(accounts.0.hasher.turn().await.expect("a turn"));
        }
        let password = "Sevilla-azul-8".to_owned();
        let guessed = accounts.reset_password(&ctx, "a-guess", password, "").await;
        assert!(matches!(guessed, Err(Error::BadMailedToken)), "{guessed:?}");
        let taken = accounts.register(&ctx, lucia()).await;
        assert!(matches!(taken, Err(Error::EmailTaken)), "{taken:?}");
    }
}
