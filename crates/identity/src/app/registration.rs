//! New accounts.

use super::mailed_link::Link;
use super::{Accounts, note};
use crate::Error;
use crate::attempts::Attempt;
use crate::domain::{Email, NAME_CHARS_MAX, Password};
use crate::store::account::{self, Account};
use crate::store::mailed_token::{self, Purpose};
use crate::store::{hash_of, language, role};
use ::store::{Scope, log};
use contracts::identity::{RegisterUser, UserCard, UserRegistered};
use httpkit::text;
use kernel::{Ctx, Fault, Role, UserId};
use std::collections::{HashMap, HashSet};

/// Accounts created by one statement.
const REGISTER_BATCH: usize = 1_000;

/// What is wrong with a form, with all its fields: nobody should have to send it once for each. The code and the words are
/// those of the first.
fn all_at_once<A, B, C>(
    a: Result<A, Error>,
    b: Result<B, Error>,
    c: Result<C, Error>,
) -> Result<(A, B, C), Error> {
    match (a, b, c) {
        (Ok(a), Ok(b), Ok(c)) => Ok((a, b, c)),
        (a, b, c) => {
            let refused = [a.err(), b.err(), c.err()].into_iter().flatten().map(Fault::from);
            let together = refused.reduce(|mut first, next| {
                first.fields.extend(next.fields);
                first
            });
            Err(together.unwrap_or_else(Fault::internal).into())
        }
    }
}

impl Accounts {
    /// Creates a buyer and mails the link that verifies the address.
    pub async fn register(&self, ctx: &Ctx, request: RegisterUser) -> Result<UserId, Error> {
        let (email, name, password) = all_at_once(
            Email::parse(&request.email).map_err(Error::from),
            text::line("/name", &request.name, NAME_CHARS_MAX).map_err(Error::from),
            Password::parse(request.password, "/password"),
        )?;
        // The answer tells whether an address is taken, so it may not be asked for many, nor again and again for one.
        let attempt = Attempt::Register {
            email: email.as_str(),
        };
        self.0.attempts.count(attempt, &request.address)?;
        if account::by_email(self.db().pool(), &email).await?.is_some() {
            return Err(Error::EmailTaken);
        }
        let password_hash = self.0.hasher.hash(&password).await?;
        let account = Account {
            id: UserId::new(ctx.now),
            email: email.to_string(),
            name,
            email_verified_at: None,
        };
        let mut tx = self.db().begin(Scope::System).await?;
        account::insert(&mut *tx, &account, &password_hash, ctx.now).await?;
        language::keep(&mut *tx, account.id, request.language).await?;
        let (kind, facts) = self
            .write_link(&mut tx, ctx, Link::Verification, &account)
            .await?;
        let registered = UserRegistered {
            user: account.id,
            name: account.name.clone(),
        };
        log::append(&mut tx, ctx, &registered).await?;
        tx.commit().await?;
        log::wake();
        self.tell(ctx, &account, kind, facts).await;
        Ok(account.id)
    }

    /// Marks the address behind a mailed link as verified.
    pub async fn verify_email(&self, ctx: &Ctx, token: &str) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let user = mailed_token::take(&mut *tx, &hash_of(token), Purpose::VerifyEmail, ctx.now)
            .await?
            .ok_or(Error::BadMailedToken)?;
        account::verify_email(&mut *tx, user, ctx.now).await?;
        note(&mut tx, ctx, user, "email_verified", None).await?;
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Creates many accounts with one password, hashed once; the ids come back in order of `users`.
    pub async fn register_many(
        &self,
        ctx: &Ctx,
        users: Vec<UserCard>,
        password: String,
    ) -> Result<Vec<UserId>, Error> {
        let password = Password::parse(password, "/password")?;
        let hash = self.0.hasher.hash(&password).await?;
        let mut ids = Vec::with_capacity(users.len());
        for batch in users.chunks(REGISTER_BATCH) {
            ids.extend(self.register_batch(ctx, batch, &hash).await?);
        }
        log::wake();
        Ok(ids)
    }

    async fn register_batch(
        &self,
        ctx: &Ctx,
        users: &[UserCard],
        password_hash: &str,
    ) -> Result<Vec<UserId>, Error> {
        let emails: Vec<String> = users
            .iter()
            .map(|u| Email::parse(&u.email).map(|e| e.to_string()))
            .collect::<Result<_, _>>()?;
        let names: Vec<String> = users
            .iter()
            .map(|u| text::line("/name", &u.name, NAME_CHARS_MAX))
            .collect::<Result<_, _>>()?;
        let ids: Vec<_> = users.iter().map(|u| u.id.0).collect();
        let mut tx = self.db().begin(Scope::System).await?;
        let inserted = account::insert_many(&mut *tx, &ids, &emails, &names, password_hash, ctx.now).await?;
        let inserted: HashSet<UserId> = inserted.into_iter().collect();
        let mut outbox = log::Outbox::new();
        for (user, name) in users.iter().zip(names) {
            if inserted.contains(&user.id) {
                outbox
                    .push(ctx, &UserRegistered { user: user.id, name })
                    .map_err(|e| Error::Internal(e.to_string()))?;
            }
        }
        outbox.append(&mut tx).await?;
        let known = account::by_emails(&mut *tx, &emails).await?;
        tx.commit().await?;
        let by_email: HashMap<String, UserId> = known.into_iter().map(|a| (a.email, a.id)).collect();
        emails
            .iter()
            .map(|email| by_email.get(email).copied().ok_or(Error::NoSuchAccount))
            .collect()
    }

    /// Makes sure that an operator exists: creates the account if there is none, and gives it the role `admin`.
    /// An existing account keeps its password.
    pub async fn ensure_operator(&self, ctx: &Ctx, email: &str, password: &str) -> Result<UserId, Error> {
        let email = Email::parse(email)?;
        let known = account::by_email(self.db().pool(), &email).await?;
        let user = match known {
            Some(account) => account.id,
            None => self.create_operator(ctx, &email, password).await?,
        };
        let mut tx = self.db().begin(Scope::System).await?;
        if role::grant_operators(&mut *tx, user, Role::Admin, ctx.now).await? {
            note(&mut tx, ctx, user, "role_granted:admin", None).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(user)
    }

    async fn create_operator(&self, ctx: &Ctx, email: &Email, password: &str) -> Result<UserId, Error> {
        let card = UserCard {
            id: UserId::new(ctx.now),
            email: email.to_string(),
            name: "Operator".to_owned(),
        };
        let ids = self.register_many(ctx, vec![card], password.to_owned()).await?;
        ids.first().copied().ok_or(Error::NoSuchAccount)
    }
}
