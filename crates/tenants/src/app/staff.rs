//! Who works for a shop. The list here is the truth; identity holds the roles that follow from it.

use super::Shops;
use crate::Error;
use crate::domain::{Member, check_leaves_owner};
use crate::store::{shop, staff};
use ::store::jobs::{self, Queue};
use ::store::{Scope, Tx, log};
use contracts::tenants::{ShopStatus, StaffChanged};
use kernel::{Ctx, Role, TenantId, UserId, uuid_at};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Bring somebody's role in identity in line with the staff list. Enqueued with every change of the list.
pub const SYNC_ROLE: Queue = Queue::new("tenants.sync_role");
/// Link open invitations to the account of a verified address. The payload is the account's id.
pub const JOIN_INVITED: Queue = Queue::new("tenants.join_invited");

/// How often a role is written anew because the list changed while it was being written.
const ROLE_WRITES_MAX: u32 = 5;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RoleJob {
    pub tenant: TenantId,
    pub user: UserId,
}

/// A role that staff may have.
fn staff_role(role: Role) -> Result<Role, Error> {
    if role.is_sellers() {
        Ok(role)
    } else {
        Err(Error::NotStaffRole(role))
    }
}

impl Shops {
    pub async fn staff(&self, tenant: TenantId) -> Result<Vec<Member>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let staff = staff::list(&mut *tx, tenant).await?;
        tx.commit().await?;
        Ok(staff)
    }

    /// Invites by e-mail. Who has an account with this address, verified, joins at once; others join when they verify it.
    pub async fn invite(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        email: &str,
        role: Role,
    ) -> Result<Member, Error> {
        let role = staff_role(role)?;
        let email = email.trim().to_ascii_lowercase();
        // Identity parses the address and refuses what is none.
        let known = self.identity().verified_user(ctx, email.clone()).await?;
        let member = Member {
            id: uuid_at(ctx.now),
            user: known.as_ref().map(|u| u.id),
            joined_at: known.as_ref().map(|_| ctx.now),
            invited_at: ctx.now,
            email,
            role,
        };
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let shop = shop::get(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        if shop.shop.status == ShopStatus::Closed {
            return Err(Error::Closed);
        }
        if !staff::insert(&mut *tx, tenant, &member).await? {
            return Err(Error::AlreadyStaff);
        }
        tell_staff_changed(&mut tx, ctx, tenant, member.user, Some(role)).await?;
        tx.commit().await?;
        self.after_staff_change(ctx, tenant, member.user).await;
        self.mail_invitation(ctx, &member, &shop.shop.name).await;
        Ok(member)
    }

    pub async fn set_staff_role(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: Uuid,
        role: Role,
    ) -> Result<Member, Error> {
        let role = staff_role(role)?;
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let all = staff::lock(&mut *tx, tenant).await?;
        let member = all.iter().find(|m| m.id == id).ok_or(Error::NoSuchMember)?;
        if member.role == role {
            return Ok(member.clone());
        }
        check_leaves_owner(&all, id, Some(role))?;
        staff::set_role(&mut *tx, tenant, id, role).await?;
        tell_staff_changed(&mut tx, ctx, tenant, member.user, Some(role)).await?;
        tx.commit().await?;
        self.after_staff_change(ctx, tenant, member.user).await;
        Ok(Member {
            role,
            ..member.clone()
        })
    }

    /// Takes somebody off the staff, or an invitation back.
    pub async fn dismiss(&self, ctx: &Ctx, tenant: TenantId, id: Uuid) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let all = staff::lock(&mut *tx, tenant).await?;
        let member = all.iter().find(|m| m.id == id).ok_or(Error::NoSuchMember)?;
        check_leaves_owner(&all, id, None)?;
        staff::delete(&mut *tx, tenant, id).await?;
        tell_staff_changed(&mut tx, ctx, tenant, member.user, None).await?;
        tx.commit().await?;
        self.after_staff_change(ctx, tenant, member.user).await;
        Ok(())
    }

    async fn after_staff_change(&self, ctx: &Ctx, tenant: TenantId, user: Option<UserId>) {
        log::wake();
        if let Some(user) = user {
            self.sync_role(ctx, tenant, user).await;
        }
    }

    /// Links every open invitation to the address of `user`, who has just verified it.
    pub(crate) async fn join(&self, ctx: &Ctx, user: UserId) -> Result<(), Error> {
        let users = self.identity().users(ctx, vec![user]).await?;
        let Some(card) = users.into_iter().next() else {
            return Ok(());
        };
        let mut tx = self.db().begin(Scope::System).await?;
        for (tenant, role) in staff::join(&mut *tx, &card.email, user, ctx.now).await? {
            tell_staff_changed(&mut tx, ctx, tenant, Some(user), Some(role)).await?;
        }
        tx.commit().await?;
        log::wake();
        jobs::wake();
        Ok(())
    }

    /// Brings the role in identity in line at once. If that fails, the job does it a moment later.
    pub(super) async fn sync_role(&self, ctx: &Ctx, tenant: TenantId, user: UserId) {
        if let Err(error) = self.apply_role(ctx, tenant, user).await {
            tracing::warn!(%error, %tenant, "a role follows with the log");
        }
    }

    /// Gives or takes the role in identity as the staff list says; safe to repeat, whatever was said before.
    ///
    /// The list may change between reading and writing, and whoever changed it may write before us. So it is read again
    /// after writing: whoever writes last has seen the list as it is, or writes again.
    pub(crate) async fn apply_role(&self, ctx: &Ctx, tenant: TenantId, user: UserId) -> Result<(), Error> {
        let mut role = self.listed_role(tenant, user).await?;
        for _ in 0..ROLE_WRITES_MAX {
            match role {
                Some(role) => self.identity().grant(ctx, user, Some(tenant), role).await?,
                None => self.identity().revoke(ctx, user, Some(tenant)).await?,
            }
            let now = self.listed_role(tenant, user).await?;
            if now == role {
                return Ok(());
            }
            role = now;
        }
        Err(Error::Internal(
            "the staff list changes faster than roles can follow".to_owned(),
        ))
    }

    async fn listed_role(&self, tenant: TenantId, user: UserId) -> Result<Option<Role>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let role = staff::role_of(&mut *tx, tenant, user).await?;
        tx.commit().await?;
        Ok(role)
    }

    async fn mail_invitation(&self, ctx: &Ctx, member: &Member, shop: &str) {
        let url = &self.0.public_url;
        let (subject, next) = match member.user {
            Some(_) => (
                "You now work for a shop",
                format!("Sign in to its portal:\n\n{url}/sign-in"),
            ),
            None => (
                "You are invited to work for a shop",
                format!("Register with this address and confirm it, and you are in:\n\n{url}/register"),
            ),
        };
        let body = format!("Hello,\n\n{shop} wants you on its staff. {next}\n");
        let mailed = self
            .identity()
            .send_mail(ctx, member.email.clone(), subject.to_owned(), body)
            .await;
        if let Err(error) = mailed {
            tracing::error!(%error, "an invitation was lost");
        }
    }
}

/// Tells everybody that somebody's role changed, and wants identity to follow. Who has not joined has no account to
/// speak of.
pub(super) async fn tell_staff_changed(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    user: Option<UserId>,
    role: Option<Role>,
) -> Result<(), Error> {
    if let Some(user) = user {
        log::append(tx, ctx, &StaffChanged { tenant, user, role }).await?;
        want_role(tx, ctx, tenant, user).await?;
    }
    Ok(())
}

pub(super) async fn want_role(tx: &mut Tx, ctx: &Ctx, tenant: TenantId, user: UserId) -> Result<(), Error> {
    let key = format!("{tenant}/{user}");
    SYNC_ROLE
        .enqueue_once(tx, &key, &RoleJob { tenant, user }, ctx.now)
        .await?;
    Ok(())
}
