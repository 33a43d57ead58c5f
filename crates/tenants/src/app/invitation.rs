//! Inviting people to a shop's staff. Nobody joins without their own consent, and nobody learns from an invitation whether
//! an address has an account: identity is not asked.

use super::Shops;
use super::staff::tell_staff_changed;
use crate::Error;
use crate::domain::{INVITATION_TTL, Invitation, InvitationState, Member, staff_role};
use crate::store::invitation::hash_of;
use crate::store::{invitation, shop, staff};
use ::store::{Scope, Tx, log};
use contracts::Language;
use contracts::notifications::{MailFact, MailFacts, MailKind, MailText};
use contracts::tenants::{InvitationChanged, Invitee, Joining, Shop, ShopStatus};
use kernel::{Ctx, Email, Role, TenantId, secret, uuid_at};
use uuid::Uuid;

impl Shops {
    /// Whom the shop invited, the latest first.
    pub async fn invitations(&self, tenant: TenantId) -> Result<Vec<Invitation>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let invitations = invitation::list(&mut *tx, tenant).await?;
        tx.commit().await?;
        Ok(invitations)
    }

    /// Invites an address, and mails the secret that lets its holder join.
    pub async fn invite(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        email: &str,
        role: Role,
    ) -> Result<Invitation, Error> {
        let invited = Invitation {
            id: uuid_at(ctx.now),
            role: staff_role(role)?,
            email: Email::parse(email)?.to_string(),
            invited_at: ctx.now,
            sent_at: ctx.now,
            expires_at: ctx.now + INVITATION_TTL,
            revoked_at: None,
            accepted_at: None,
            accepted_by: None,
        };
        let token = secret::token();
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let shop = open_shop(&mut tx, tenant).await?;
        if staff::has_address(&mut *tx, tenant, &invited.email).await? {
            return Err(Error::AlreadyStaff);
        }
        if let Some(before) = invitation::lock_of_address(&mut *tx, tenant, &invited.email).await? {
            before.check_may_start_over(ctx.now)?;
        }
        if !invitation::start(&mut *tx, tenant, &invited, &hash_of(&token)).await? {
            return Err(Error::AlreadyInvited);
        }
        tell_changed(&mut tx, ctx, tenant, &invited, "sent").await?;
        tx.commit().await?;
        log::wake();
        self.mail_invitation(ctx, &invited, &shop, &token).await;
        Ok(invited)
    }

    /// Mails an invitation again, with a secret that is good for as long as a first one. The one before is void.
    pub async fn resend_invitation(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Invitation, Error> {
        let token = secret::token();
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let shop = open_shop(&mut tx, tenant).await?;
        let before = invitation::lock(&mut *tx, tenant, id)
            .await?
            .ok_or(Error::NoSuchInvitation)?;
        before.check_may_resend(ctx.now)?;
        let renewed = Invitation {
            sent_at: ctx.now,
            expires_at: ctx.now + INVITATION_TTL,
            ..before
        };
        invitation::renew(&mut *tx, tenant, &renewed, &hash_of(&token)).await?;
        tell_changed(&mut tx, ctx, tenant, &renewed, "resent").await?;
        tx.commit().await?;
        log::wake();
        self.mail_invitation(ctx, &renewed, &shop, &token).await;
        Ok(renewed)
    }

    /// Takes an invitation back. Taken back twice, it changes nothing.
    pub async fn revoke_invitation(&self, ctx: &Ctx, tenant: TenantId, id: Uuid) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let invited = invitation::lock(&mut *tx, tenant, id)
            .await?
            .ok_or(Error::NoSuchInvitation)?;
        if invited.check_may_revoke(ctx.now)? {
            invitation::revoke(&mut *tx, tenant, id, ctx.now).await?;
            tell_changed(&mut tx, ctx, tenant, &invited, "revoked").await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Where a mailed secret leads, while it is good.
    pub async fn invitation(&self, ctx: &Ctx, token: &str) -> Result<Joining, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let (tenant, invited) = invitation::lock_of_token(&mut *tx, &hash_of(token))
            .await?
            .filter(|(_, invited)| invited.state(ctx.now) == InvitationState::Pending)
            .ok_or(Error::BadInvitation)?;
        let name = open_shop(&mut tx, tenant).await?.name;
        tx.commit().await?;
        Ok(Joining {
            shop: tenant,
            name,
            role: invited.role,
        })
    }

    /// Puts the invited person on the staff. Asked twice by the same person, it is done once.
    pub async fn accept_invitation(
        &self,
        ctx: &Ctx,
        invitee: &Invitee,
        token: &str,
    ) -> Result<Joining, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let (tenant, invited) = invitation::lock_of_token(&mut *tx, &hash_of(token))
            .await?
            .ok_or(Error::BadInvitation)?;
        let joining = Joining {
            shop: tenant,
            name: open_shop(&mut tx, tenant).await?.name,
            role: invited.role,
        };
        match invited.state(ctx.now) {
            InvitationState::Pending => {}
            InvitationState::Accepted if invited.accepted_by == Some(invitee.user) => {
                let listed = staff::listed(&mut *tx, tenant, invitee.user).await?;
                // Who was dismissed since then needs another invitation.
                let role = listed
                    .and_then(|listed| listed.role)
                    .ok_or(Error::BadInvitation)?;
                return Ok(Joining { role, ..joining });
            }
            InvitationState::Accepted | InvitationState::Revoked | InvitationState::Expired => {
                return Err(Error::BadInvitation);
            }
        }
        invited.check_meant_for(invitee)?;
        let member = Member {
            id: uuid_at(ctx.now),
            email: invited.email.clone(),
            user: invitee.user,
            role: invited.role,
            joined_at: ctx.now,
        };
        if !staff::insert(&mut *tx, tenant, &member).await? {
            return Err(Error::AlreadyStaff);
        }
        invitation::accept(&mut *tx, tenant, invited.id, invitee.user, ctx.now).await?;
        tell_changed(&mut tx, ctx, tenant, &invited, "accepted").await?;
        tell_staff_changed(&mut tx, ctx, tenant, invitee.user, Some(invited.role)).await?;
        tx.commit().await?;
        self.after_staff_change(ctx, tenant, invitee.user).await;
        Ok(joining)
    }

    /// In the language of the shop's country: nobody knows the one of whoever is invited.
    async fn mail_invitation(&self, ctx: &Ctx, invited: &Invitation, shop: &Shop, token: &str) {
        let link = format!("{}/invitation?token={token}", self.0.public_url);
        let facts = MailFacts::default()
            .text("shop", shop.name.as_str())
            .with("role", MailFact::Role(invited.role))
            .with("days", MailFact::Count(INVITATION_TTL.num_days()))
            .text("link", link);
        let language = Language::of_country(&shop.location.country);
        let writer = &self.0.writer;
        let MailText { subject, body } = writer.write(ctx, MailKind::Invitation, language, &facts).await;
        let mailed = self
            .identity()
            .send_mail(ctx, invited.email.clone(), subject, body)
            .await;
        if let Err(error) = mailed {
            tracing::error!(%error, "an invitation was lost; it can be sent again");
        }
    }
}

/// A shop that is not closed.
async fn open_shop(tx: &mut Tx, tenant: TenantId) -> Result<Shop, Error> {
    let record = shop::get(&mut **tx, tenant).await?.ok_or(Error::NoSuchShop)?;
    if record.shop.status == ShopStatus::Closed {
        return Err(Error::Closed);
    }
    Ok(record.shop)
}

async fn tell_changed(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    invited: &Invitation,
    change: &str,
) -> Result<(), Error> {
    let event = InvitationChanged {
        tenant,
        invitation: invited.id,
        role: invited.role,
        change: change.to_owned(),
    };
    log::append(tx, ctx, &event).await?;
    Ok(())
}
