//! Getting back in.

use super::{Accounts, note};
use crate::Error;
use crate::attempts::Attempt;
use crate::domain::Password;
use crate::store::account;
use crate::store::mailed_token::{self, Purpose};
use crate::store::{challenge, guard, hash_of, role, second_factor, session};
use ::store::{Scope, Tx, log};
use contracts::notifications::{MailFacts, MailKind};
use kernel::{Actor, Ctx, UserId};

impl Accounts {
    /// Sets a new password by a mailed link. Every session ends, and failed sign-ins are forgotten, unless they
    /// guard a second factor.
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
        // What the old password began ends with it.
        challenge::drop_of(&mut *tx, user).await?;
        // A second factor stays, and so do the failures that guard it: who holds the mailbox alone is not to guess on.
        if !second_factor::is_on(&mut *tx, user).await? {
            guard::clear(&mut *tx, &hash_of(&account.email)).await?;
        }
        // Whoever holds the link is nobody yet; the account is somebody, whose changes may be audited.
        let holder = Ctx {
            actor: holder_of(&mut tx, user).await?,
            ..ctx.clone()
        };
        note(&mut tx, &holder, user, "password_changed", None).await?;
        tx.commit().await?;
        log::wake();
        let link = format!("{}/reset-password", self.0.public_url);
        let facts = MailFacts::default().text("link", link);
        self.tell(ctx, &account, MailKind::PasswordChanged, facts).await;
        Ok(())
    }
}

/// An account's holder as they act when they are signed in.
async fn holder_of(tx: &mut Tx, user: UserId) -> Result<Actor, Error> {
    if let Some(role) = role::operators(&mut **tx, user).await? {
        return Ok(Actor::Operator { user, role });
    }
    let shops = role::shops_of(&mut **tx, user).await?;
    Ok(shops.first().map_or(Actor::Buyer { user }, |shop| Actor::Seller {
        user,
        tenant: shop.tenant,
        role: shop.role,
    }))
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
            language: contracts::Language::En,
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
