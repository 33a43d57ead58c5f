//! Who works for a shop. The list here is the truth; identity holds the roles that follow from it.

use super::Shops;
use crate::Error;
use crate::domain::{Member, check_leaves_owner, staff_role};
use crate::store::staff;
use ::store::jobs::Queue;
use ::store::{Scope, Tx, log};
use contracts::tenants::StaffChanged;
use kernel::{Ctx, Role, TenantId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Bring somebody's role in identity in line with the staff list. Enqueued with every change of the list.
pub const SYNC_ROLE: Queue = Queue::new("tenants.sync_role");

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RoleJob {
    pub tenant: TenantId,
    pub user: UserId,
}

impl Shops {
    pub async fn staff(&self, tenant: TenantId) -> Result<Vec<Member>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let staff = staff::list(&mut *tx, tenant).await?;
        tx.commit().await?;
        Ok(staff)
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

    /// Takes somebody off the staff.
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

    pub(super) async fn after_staff_change(&self, ctx: &Ctx, tenant: TenantId, user: UserId) {
        log::wake();
        self.sync_role(ctx, tenant, user).await;
    }

    /// Brings the role in identity in line at once. If that fails, the job does it a moment later.
    pub(super) async fn sync_role(&self, ctx: &Ctx, tenant: TenantId, user: UserId) {
        if let Err(error) = self.apply_role(ctx, tenant, user).await {
            tracing::warn!(%error, %tenant, "a role follows with the log");
        }
    }

    /// Makes the role in identity what the staff list says; safe to repeat, and to die in.
    ///
    /// The list may change between reading and writing, and whoever changed it may write before us. The version that was
    /// read with the role goes along: identity lets no older one overwrite a newer one.
    pub(crate) async fn apply_role(&self, ctx: &Ctx, tenant: TenantId, user: UserId) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let listed = staff::listed(&mut *tx, tenant, user).await?;
        tx.commit().await?;
        // The list never spoke of them.
        let Some(listed) = listed else { return Ok(()) };
        self.identity()
            .set_shop_role(ctx, user, tenant, listed.role, listed.version)
            .await?;
        Ok(())
    }
}

/// Tells everybody that somebody's role changed, and wants identity to follow.
pub(super) async fn tell_staff_changed(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    user: UserId,
    role: Option<Role>,
) -> Result<(), Error> {
    log::append(tx, ctx, &StaffChanged { tenant, user, role }).await?;
    want_role(tx, ctx, tenant, user).await
}

/// To be called with every change of the list, in its transaction.
async fn want_role(tx: &mut Tx, ctx: &Ctx, tenant: TenantId, user: UserId) -> Result<(), Error> {
    staff::raise_version(&mut **tx, tenant, user).await?;
    let key = format!("{tenant}/{user}");
    SYNC_ROLE
        .enqueue_once(tx, &key, &RoleJob { tenant, user }, ctx.now)
        .await?;
    Ok(())
}
