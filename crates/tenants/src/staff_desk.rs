//! Who works for a shop, as its pages know it.

use crate::Shops;
use crate::domain::{Invitation, Member};
use contracts::Reply;
use contracts::tenants::{InvitationCard, StaffCard, StaffDesk};
use kernel::{Ctx, Role, TenantId, Timestamp};
use uuid::Uuid;

fn member(member: Member) -> StaffCard {
    StaffCard {
        id: member.id,
        user: member.user,
        email: member.email,
        role: member.role,
        joined_at: member.joined_at,
    }
}

fn invited(invitation: Invitation, now: Timestamp) -> InvitationCard {
    InvitationCard {
        state: invitation.state(now),
        id: invitation.id,
        email: invitation.email,
        role: invitation.role,
        sent_at: invitation.sent_at,
        expires_at: invitation.expires_at,
    }
}

impl StaffDesk for Shops {
    fn staff<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<StaffCard>> {
        Box::pin(async move {
            let staff = Shops::staff(self, tenant).await?;
            Ok(staff.into_iter().map(member).collect())
        })
    }

    fn invitations<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<InvitationCard>> {
        Box::pin(async move {
            let found = Shops::invitations(self, tenant).await?;
            Ok(found.into_iter().map(|one| invited(one, ctx.now)).collect())
        })
    }

    fn invite<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        email: String,
        role: Role,
    ) -> Reply<'a, InvitationCard> {
        Box::pin(async move {
            let invitation = Shops::invite(self, ctx, tenant, &email, role).await?;
            Ok(invited(invitation, ctx.now))
        })
    }

    fn resend<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: Uuid) -> Reply<'a, InvitationCard> {
        Box::pin(async move {
            let invitation = self.resend_invitation(ctx, tenant, id).await?;
            Ok(invited(invitation, ctx.now))
        })
    }

    fn take_back<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: Uuid) -> Reply<'a, ()> {
        Box::pin(async move { Ok(self.revoke_invitation(ctx, tenant, id).await?) })
    }

    fn set_role<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: Uuid, role: Role) -> Reply<'a, StaffCard> {
        Box::pin(async move { Ok(member(self.set_staff_role(ctx, tenant, id, role).await?)) })
    }

    fn dismiss<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: Uuid) -> Reply<'a, ()> {
        Box::pin(async move { Ok(Shops::dismiss(self, ctx, tenant, id).await?) })
    }
}
