//! Inviting people to work for the marketplace itself. Nobody joins without their own consent, and nobody learns from an
//! invitation whether an address has an account: whether it has one is not looked at.

use super::roles::granted;
use super::{Accounts, note};
use crate::Error;
use crate::domain::{Email, INVITATION_TTL, Invitation};
use crate::mail::{Message, link};
use crate::store::{account, hash_of, language, operator_invitation, person, role};
use ::store::{Scope, log};
use contracts::audit::{AuditSubject, Changed};
use contracts::notifications::{MailFact, MailFacts, MailKind, MailText};
use contracts::people::OperatorInvitation;
use contracts::tenants::InvitationState;
use kernel::{Ctx, Role, UserId, secret, uuid_at};
use serde_json::json;
use uuid::Uuid;

/// More nobody looks through.
const LISTED_MAX: i64 = 200;
/// Those that are not over.
const OPEN_MAX: i64 = 100;

fn card(invited: Invitation, ctx: &Ctx) -> OperatorInvitation {
    OperatorInvitation {
        state: invited.state(ctx.now),
        id: invited.id,
        email: invited.email,
        role: invited.role,
        sent_at: invited.sent_at,
        expires_at: invited.expires_at,
        by: invited.inviter,
    }
}

fn subject(invited: &Invitation) -> AuditSubject {
    AuditSubject::new("invitation", invited.id, invited.email.as_str())
}

impl Accounts {
    /// Whom administrators invited, the latest first.
    pub async fn operator_invitations(&self, ctx: &Ctx) -> Result<Vec<OperatorInvitation>, Error> {
        let found = operator_invitation::list(self.db().pool(), LISTED_MAX).await?;
        Ok(found.into_iter().map(|invited| card(invited, ctx)).collect())
    }

    /// Invites an address, and mails the secret that lets its holder join.
    pub async fn invite_operator(
        &self,
        ctx: &Ctx,
        email: &str,
        role: Role,
    ) -> Result<OperatorInvitation, Error> {
        if !role.is_operators() {
            return Err(Error::RoleOutOfPlace(role));
        }
        let email = Email::parse(email)?;
        let by = ctx.user().ok_or(Error::NoSuchAccount)?;
        let token = secret::token();
        let mut tx = self.db().begin(Scope::System).await?;
        let inviter = account::by_id(&mut *tx, by).await?.ok_or(Error::NoSuchAccount)?;
        // Who works for the marketplace stands on the same page: that is told, and of no other address anything.
        let known = person::by_email(&mut *tx, &email).await?;
        if known.is_some_and(|person| person.role.is_some()) {
            return Err(Error::AlreadyOperator);
        }
        operator_invitation::drop_outlived(&mut *tx, email.as_str(), ctx.now).await?;
        if operator_invitation::open(&mut *tx, ctx.now).await? >= OPEN_MAX {
            return Err(Error::TooManyInvitations(OPEN_MAX));
        }
        let invited = Invitation {
            id: uuid_at(ctx.now),
            email: email.to_string(),
            role,
            invited_by: by,
            inviter: inviter.name,
            stands: true,
            sent_at: ctx.now,
            expires_at: ctx.now + INVITATION_TTL,
            withdrawn_at: None,
            accepted_at: None,
            accepted_by: None,
        };
        operator_invitation::insert(&mut *tx, &invited, &hash_of(&token)).await?;
        let told = Changed::new("account.invited", subject(&invited)).after(json!({"role": role}));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        log::wake();
        self.mail_operator_invitation(ctx, &invited, &token).await;
        Ok(card(invited, ctx))
    }

    /// Takes an invitation back. Taken back twice, it changes nothing.
    pub async fn withdraw_invitation(&self, ctx: &Ctx, id: Uuid) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let invited = operator_invitation::lock(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchInvitation)?;
        if invited.accepted_at.is_some() {
            return Err(Error::InvitationOver(InvitationState::Accepted));
        }
        if invited.withdrawn_at.is_none() {
            operator_invitation::withdraw(&mut *tx, id, ctx.now).await?;
            let told = Changed::new("account.invitation_withdrawn", subject(&invited))
                .before(json!({"role": invited.role}));
            log::append(&mut tx, ctx, &told).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// The role behind a mailed secret, while it is good.
    pub async fn operator_joining(&self, ctx: &Ctx, token: &str) -> Result<Role, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let invited = operator_invitation::lock_of_hash(&mut *tx, &hash_of(token)).await?;
        tx.commit().await?;
        let good = invited.filter(|invited| invited.state(ctx.now) == InvitationState::Pending);
        good.map(|invited| invited.role).ok_or(Error::BadMailedToken)
    }

    /// Gives whoever holds the secret the role, once. The secret proves the mailbox; that the account is of the same mailbox,
    /// its verified address. Asked twice by the same person, it is done once.
    pub async fn join_operators(&self, ctx: &Ctx, user: UserId, token: &str) -> Result<Role, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        // Held until the end: who invited cannot stop being an administrator meanwhile, nor get a second role.
        person::lock_admins(&mut *tx).await?;
        let invited = operator_invitation::lock_of_hash(&mut *tx, &hash_of(token))
            .await?
            .ok_or(Error::BadMailedToken)?;
        let held = role::operators(&mut *tx, user).await?;
        match invited.state(ctx.now) {
            InvitationState::Pending => {}
            // Whose role was taken since then needs another invitation.
            InvitationState::Accepted if invited.accepted_by == Some(user) => {
                return held.ok_or(Error::BadMailedToken);
            }
            InvitationState::Accepted | InvitationState::Revoked | InvitationState::Expired => {
                return Err(Error::BadMailedToken);
            }
        }
        let account = account::by_id(&mut *tx, user)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        if account.email != invited.email {
            return Err(Error::InvitedAnother);
        }
        if account.email_verified_at.is_none() {
            return Err(Error::EmailUnverified);
        }
        if held.is_some() {
            return Err(Error::AlreadyOperator);
        }
        operator_invitation::accept(&mut *tx, invited.id, user, ctx.now).await?;
        role::grant_operators(&mut *tx, user, invited.role, ctx.now).await?;
        note(&mut tx, ctx, user, &granted(invited.role), None).await?;
        tx.commit().await?;
        log::wake();
        Ok(invited.role)
    }

    /// In the language of who invites: nobody knows the one of whoever is invited.
    async fn mail_operator_invitation(&self, ctx: &Ctx, invited: &Invitation, token: &str) {
        // In another language it is still better than none.
        let language = language::of(self.db().pool(), invited.invited_by)
            .await
            .unwrap_or_default();
        let facts = MailFacts::default()
            .text("market", self.host())
            .with("role", MailFact::Role(invited.role))
            .with("days", MailFact::Count(INVITATION_TTL.num_days()))
            .text("link", link(&self.0.public_url, "join", token));
        let kind = MailKind::OperatorInvitation;
        let MailText { subject, body } = self.0.writer.write(ctx, kind, language, &facts).await;
        let message = Message {
            to: invited.email.clone(),
            subject,
            body,
            headers: Vec::new(),
        };
        if let Err(error) = self.post(message, ctx.now).await {
            tracing::error!(%error, "an invitation was lost; it can be taken back and sent anew");
        }
    }
}
