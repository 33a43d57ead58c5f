//! Who may do what.

use super::{Accounts, card, note};
use crate::Error;
use crate::domain::Email;
use crate::mail::Message;
use crate::store::account;
use crate::store::role::{self, ShopRole, name_of};
use ::store::{Scope, log};
use contracts::identity::UserCard;
use kernel::{Ctx, Role, TenantId, UserId};
use std::collections::HashMap;

impl Accounts {
    /// Gives an operator's role. Given twice, it changes nothing.
    pub async fn grant(&self, ctx: &Ctx, user: UserId, role: Role) -> Result<(), Error> {
        if !role.is_operators() {
            return Err(Error::RoleOutOfPlace(role));
        }
        let mut tx = self.db().begin(Scope::System).await?;
        if role::grant_operators(&mut *tx, user, role, ctx.now).await? {
            note(&mut tx, ctx, user, &granted(role), None).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Takes the operator's role. Sessions in that capacity end with their next request.
    pub async fn revoke(&self, ctx: &Ctx, user: UserId) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        if role::revoke_operators(&mut *tx, user).await? {
            note(&mut tx, ctx, user, "role_revoked", None).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Makes somebody's role in a shop what its staff list said at `version`. What is not newer than what was seen before
    /// changes nothing: whoever brings it was overtaken, or brings it a second time.
    pub async fn set_shop_role(
        &self,
        ctx: &Ctx,
        user: UserId,
        tenant: TenantId,
        role: Option<Role>,
        version: i64,
    ) -> Result<(), Error> {
        if let Some(role) = role.filter(|role| !role.is_sellers()) {
            return Err(Error::RoleOutOfPlace(role));
        }
        let mut tx = self.db().begin(Scope::System).await?;
        if !role::see_version(&mut *tx, user, tenant, version).await? {
            return Ok(());
        }
        let (changed, change) = match role {
            Some(role) => (
                role::grant_in_shop(&mut *tx, user, tenant, role, ctx.now).await?,
                granted(role),
            ),
            None => (
                role::revoke_in_shop(&mut *tx, user, tenant).await?,
                "role_revoked".to_owned(),
            ),
        };
        if changed {
            note(&mut tx, ctx, user, &change, Some(tenant)).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Accounts by id, in order of `ids`; unknown ones are left out.
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<UserCard>, Error> {
        let raw: Vec<_> = ids.iter().map(|id| id.0).collect();
        let accounts = account::by_ids(self.db().pool(), &raw).await?;
        let mut by_id: HashMap<UserId, UserCard> = accounts.into_iter().map(|a| (a.id, card(a))).collect();
        Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
    }

    /// Mails somebody on behalf of another context.
    pub async fn send_mail(&self, ctx: &Ctx, to: &str, subject: String, body: String) -> Result<(), Error> {
        self.send_mail_with(ctx, to, subject, body, Vec::new()).await
    }

    /// As [`send_mail`](Self::send_mail), with headers of its own. A mail that is not taken is the caller's to send again.
    pub async fn send_mail_with(
        &self,
        ctx: &Ctx,
        to: &str,
        subject: String,
        body: String,
        headers: Vec<(String, String)>,
    ) -> Result<(), Error> {
        let message = Message {
            to: Email::parse(to)?.to_string(),
            subject,
            body,
            headers,
        };
        Ok(self.post(message, ctx.now).await?)
    }

    /// The shops a person is staff of.
    pub(crate) async fn shops_of(&self, user: UserId) -> Result<Vec<ShopRole>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let shops = role::shops_of(&mut *tx, user).await?;
        tx.commit().await?;
        Ok(shops)
    }
}

pub(super) fn granted(role: Role) -> String {
    format!("role_granted:{}", name_of(role))
}
