//! People, for administrators: who works for the marketplace, and help for whoever cannot help themselves.

use super::roles::granted;
use super::{Accounts, note};
use crate::Error;
use crate::domain::Email;
use crate::mail::FactorChange;
use crate::store::{account, challenge, person, recovery_code, role, second_factor, session};
use ::store::{Scope, log};
use contracts::audit::{AuditSubject, Changed};
use contracts::people::{OperatorInvitation, People, Person, PersonCard};
use contracts::{Reply, reply};
use httpkit::text;
use kernel::{Ctx, Role, UserId};
use serde_json::json;
use uuid::Uuid;

/// More nobody looks through.
const STAFF_MAX: i64 = 500;
/// Of a reason.
const REASON_CHARS_MAX: usize = 500;

impl Accounts {
    /// Those with a role at the marketplace itself.
    pub async fn staff(&self) -> Result<Vec<Person>, Error> {
        Ok(person::staff(self.db().pool(), STAFF_MAX).await?)
    }

    /// Who has this address.
    pub async fn find_person(&self, ctx: &Ctx, email: &str) -> Result<Option<PersonCard>, Error> {
        // What is no address is nobody's.
        let Ok(email) = Email::parse(email) else {
            return Ok(None);
        };
        match person::by_email(self.db().pool(), &email).await? {
            Some(person) => Ok(Some(self.with_devices(ctx, person).await?)),
            None => Ok(None),
        }
    }

    /// Somebody, and where they are signed in.
    pub async fn person(&self, ctx: &Ctx, user: UserId) -> Result<PersonCard, Error> {
        let person = person::by_id(self.db().pool(), user)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        self.with_devices(ctx, person).await
    }

    async fn with_devices(&self, ctx: &Ctx, person: Person) -> Result<PersonCard, Error> {
        let devices = self.devices_of(ctx, person.user).await?;
        Ok(PersonCard { person, devices })
    }

    /// Gives somebody a role with the marketplace, another, or none; given twice, it changes nothing. There is always an
    /// administrator.
    pub async fn set_operators_role(
        &self,
        ctx: &Ctx,
        user: UserId,
        role: Option<Role>,
    ) -> Result<PersonCard, Error> {
        if let Some(role) = role.filter(|role| !role.is_operators()) {
            return Err(Error::RoleOutOfPlace(role));
        }
        let mut tx = self.db().begin(Scope::System).await?;
        account::by_id(&mut *tx, user)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        let admins = person::lock_admins(&mut *tx).await?;
        if role != Some(Role::Admin) && admins == [user] {
            return Err(Error::LastAdmin);
        }
        let (is_changed, change) = match role {
            Some(role) => (
                role::grant_operators(&mut *tx, user, role, ctx.now).await?,
                granted(role),
            ),
            None => (
                role::revoke_operators(&mut *tx, user).await?,
                "role_revoked".to_owned(),
            ),
        };
        if is_changed {
            note(&mut tx, ctx, user, &change, None).await?;
        }
        tx.commit().await?;
        log::wake();
        self.person(ctx, user).await
    }

    /// Signs somebody out everywhere.
    pub async fn end_sessions(&self, ctx: &Ctx, user: UserId) -> Result<PersonCard, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        account::by_id(&mut *tx, user)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        session::end_all(&mut *tx, user, ctx.now).await?;
        note(&mut tx, ctx, user, "sessions_ended", None).await?;
        tx.commit().await?;
        log::wake();
        self.person(ctx, user).await
    }

    /// Takes the second factor of somebody who has lost the app and the recovery codes: from then on the password is enough.
    pub async fn remove_factor(&self, ctx: &Ctx, user: UserId, reason: &str) -> Result<PersonCard, Error> {
        let reason = text::line("/reason", reason, REASON_CHARS_MAX)?;
        // An administrator's session that was left open is no proof of its own second factor.
        if ctx.user() == Some(user) {
            return Err(Error::OwnSecondFactor);
        }
        let mut tx = self.db().begin(Scope::System).await?;
        let account = account::by_id(&mut *tx, user)
            .await?
            .ok_or(Error::NoSuchAccount)?;
        second_factor::lock(&mut *tx, user)
            .await?
            .filter(|factor| factor.confirmed_at.is_some())
            .ok_or(Error::NoSecondFactor)?;
        second_factor::delete(&mut *tx, user).await?;
        recovery_code::delete(&mut *tx, user).await?;
        challenge::drop_of(&mut *tx, user).await?;
        let told = Changed {
            kind: "account.second_factor_removed".to_owned(),
            about: AuditSubject::new("user", user, account.name.clone()),
            tenant: None,
            before: Some(json!({"second_factor": true})),
            after: Some(json!({"second_factor": false, "reason": reason})),
        };
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        log::wake();
        self.tell_change(ctx, &account, FactorChange::Off).await;
        self.person(ctx, user).await
    }
}

impl People for Accounts {
    fn staff<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<Person>> {
        reply(self.staff())
    }

    fn find<'a>(&'a self, ctx: &'a Ctx, email: String) -> Reply<'a, Option<PersonCard>> {
        reply(async move { self.find_person(ctx, &email).await })
    }

    fn set_role<'a>(&'a self, ctx: &'a Ctx, user: UserId, role: Option<Role>) -> Reply<'a, PersonCard> {
        reply(self.set_operators_role(ctx, user, role))
    }

    fn end_sessions<'a>(&'a self, ctx: &'a Ctx, user: UserId) -> Reply<'a, PersonCard> {
        reply(self.end_sessions(ctx, user))
    }

    fn remove_second_factor<'a>(
        &'a self,
        ctx: &'a Ctx,
        user: UserId,
        reason: String,
    ) -> Reply<'a, PersonCard> {
        reply(async move { self.remove_factor(ctx, user, &reason).await })
    }

    fn invitations<'a>(&'a self, ctx: &'a Ctx) -> Reply<'a, Vec<OperatorInvitation>> {
        reply(self.operator_invitations(ctx))
    }

    fn invite<'a>(&'a self, ctx: &'a Ctx, email: String, role: Role) -> Reply<'a, OperatorInvitation> {
        reply(async move { self.invite_operator(ctx, &email, role).await })
    }

    fn withdraw<'a>(&'a self, ctx: &'a Ctx, invitation: Uuid) -> Reply<'a, ()> {
        reply(self.withdraw_invitation(ctx, invitation))
    }

    fn joining<'a>(&'a self, ctx: &'a Ctx, token: String) -> Reply<'a, Role> {
        reply(async move { self.operator_joining(ctx, &token).await })
    }

    fn join<'a>(&'a self, ctx: &'a Ctx, user: UserId, token: String) -> Reply<'a, Role> {
        reply(async move { self.join_operators(ctx, user, &token).await })
    }
}
