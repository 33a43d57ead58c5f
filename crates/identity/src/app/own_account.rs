//! What people do with their own accounts.

use super::Accounts;
use crate::Error;
use crate::store::{account, language};
use contracts::identity::{Device, OwnAccount};
use contracts::{Language, Reply, reply};
use kernel::{Ctx, SessionId, UserId};

impl Accounts {
    pub(super) async fn devices_of(&self, ctx: &Ctx, user: UserId) -> Result<Vec<Device>, Error> {
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
        self.request_own_verification(ctx, &account).await
    }
}

impl OwnAccount for Accounts {
    fn devices<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, Vec<Device>> {
        reply(self.devices_of(ctx, user))
    }

    fn sign_out_device<'a>(&'a self, ctx: &'a Ctx, user: UserId, session: SessionId) -> Reply<'a, ()> {
        reply(self.end_session(ctx, user, session))
    }

    fn send_verification<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, ()> {
        reply(self.verify_again(ctx, user))
    }

    fn keep_language<'a>(&'a self, _ctx: &'a Ctx, user: UserId, language: Language) -> Reply<'a, ()> {
        reply(async move {
            language::keep(self.db().pool(), user, language)
                .await
                .map_err(Error::from)
        })
    }
}
