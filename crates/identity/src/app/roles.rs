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
    /// Gives a role in a shop, or an operator's role where `tenant` is none. Given twice, it changes nothing.
    pub async fn grant(
        &self,
        ctx: &Ctx,
        user: UserId,
        tenant: Option<TenantId>,
        role: Role,
    ) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let changed = match tenant {
            Some(tenant) if role.is_sellers() => {
                role::grant_in_shop(&mut *tx, user, tenant, role, ctx.now).await?
            }
            None if role.is_operators() => role::grant_operators(&mut *tx, user, role, ctx.now).await?,
            _ => return Err(Error::RoleOutOfPlace(role)),
        };
        if changed {
            let change = format!("role_granted:{}", name_of(role));
            note(&mut tx, ctx, user, &change, tenant).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Takes the role in a shop, or the operator's role where `tenant` is none. Sessions in that capacity end with
    /// their next request.
    pub async fn revoke(&self, ctx: &Ctx, user: UserId, tenant: Option<TenantId>) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let changed = match tenant {
            Some(tenant) => role::revoke_in_shop(&mut *tx, user, tenant).await?,
            None => role::revoke_operators(&mut *tx, user).await?,
        };
        if changed {
            note(&mut tx, ctx, user, "role_revoked", tenant).await?;
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

    /// The account whose verified address this is: an unverified one may be somebody else's.
    pub async fn verified_user(&self, email: &str) -> Result<Option<UserCard>, Error> {
        let email = Email::parse(email)?;
        let account = account::by_email(self.db().pool(), &email).await?;
        Ok(account.filter(|a| a.email_verified_at.is_some()).map(card))
    }

    /// Mails somebody on behalf of another context.
    pub async fn send_mail(&self, ctx: &Ctx, to: &str, subject: String, body: String) -> Result<(), Error> {
        let to = Email::parse(to)?.to_string();
        self.send(Message { to, subject, body }, ctx.now).await;
        Ok(())
    }

    /// The shops a person is staff of.
    pub(crate) async fn shops_of(&self, user: UserId) -> Result<Vec<ShopRole>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let shops = role::shops_of(&mut *tx, user).await?;
        tx.commit().await?;
        Ok(shops)
    }
}
