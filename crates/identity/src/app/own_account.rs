//! What people do with their own accounts.

use super::{Accounts, note};
use crate::attempts::Attempt;
use crate::store::account::{self, Account};
use crate::store::hash_of;
use crate::store::mailed_token::{self, Purpose};
use crate::{Error, mail};
use ::store::{Scope, log};
use chrono::Duration;
use contracts::Reply;
use contracts::identity::{Device, OwnAccount};
use kernel::{Ctx, Fault, SessionId, UserId, secret};

/// How long a link that verifies an address is good.
const VERIFY_TTL: Duration = Duration::days(2);

impl Accounts {
    async fn devices_of(&self, ctx: &Ctx, user: UserId) -> Result<Vec<Device>, Error> {
        let lines = self.sessions(ctx, user).await?;
        Ok(lines
            .into_iter()
            .map(|line| Device {
                session: line.id,
                browser: line.browser,
                device: line.device,
                address: line.address,
                started_at: line.started_at,
                last_seen_at: line.last_seen_at,
            })
            .collect())
    }

    /// Mails the verification link anew. A verified address gets none; one that asks too often is refused.
    async fn verify_again(&self, ctx: &Ctx, user: UserId) -> Result<(), Error> {
        let account = account::by_id(self.db().pool(), user)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        if account.email_verified_at.is_some() {
            return Ok(());
        }
        self.0.attempts.count(Attempt::Reset, "", &account.email)?;
        self.mail_verification(ctx, &account).await
    }

    pub(super) async fn mail_verification(&self, ctx: &Ctx, account: &Account) -> Result<(), Error> {
        let token = secret::token();
        let mut tx = self.db().begin(Scope::System).await?;
        // The newest link alone is good.
        mailed_token::void_all(&mut *tx, account.id, Purpose::VerifyEmail, ctx.now).await?;
        let expires_at = ctx.now + VERIFY_TTL;
        let hash = hash_of(&token);
        mailed_token::insert(&mut *tx, &hash, account.id, Purpose::VerifyEmail, expires_at).await?;
        note(&mut tx, ctx, account.id, "verification_requested", None).await?;
        tx.commit().await?;
        log::wake();
        let message = mail::verification(&account.email, &account.name, &self.0.public_url, &token);
        self.send(message, ctx.now).await;
        Ok(())
    }
}

impl OwnAccount for Accounts {
    fn devices<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, Vec<Device>> {
        Box::pin(async move { self.devices_of(ctx, user).await.map_err(Fault::from) })
    }

    fn sign_out_device<'a>(&'a self, ctx: &'a Ctx, user: UserId, session: SessionId) -> Reply<'a, ()> {
        Box::pin(async move { self.end_session(ctx, user, session).await.map_err(Fault::from) })
    }

    fn send_verification<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, ()> {
        Box::pin(async move { self.verify_again(ctx, user).await.map_err(Fault::from) })
    }
}
