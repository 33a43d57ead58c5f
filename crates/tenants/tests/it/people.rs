//! The identity port as these tests need it: people, their verified addresses, the roles and mails given to them.
//! Tokens read `<audience>/<user>` and, for sellers, `/<tenant>`.

use contracts::Reply;
use contracts::identity::{
    Audience, BrowserSession, Credential, Identity, Principal, RegisterUser, SignIn, UserCard,
};
use kernel::{Ctx, Fault, Kind, Role, SessionId, TenantId, UserId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

#[derive(Default)]
pub struct People {
    accounts: Mutex<HashMap<UserId, (UserCard, bool)>>,
    pub roles: Mutex<HashMap<(UserId, TenantId), Role>>,
    pub mails: Mutex<Vec<(String, String)>>,
    /// Whether identity can be reached.
    pub is_down: Mutex<bool>,
    /// The next role to be given is given when this is notified.
    pub grant_waits_for: Mutex<Option<Arc<Notify>>>,
}

impl People {
    pub fn add(&self, user: UserId, email: &str, verified: bool) {
        let card = UserCard {
            id: user,
            email: email.to_owned(),
            name: email.to_owned(),
        };
        self.accounts.lock().expect("lock").insert(user, (card, verified));
    }

    pub fn role(&self, user: UserId, tenant: TenantId) -> Option<Role> {
        self.roles.lock().expect("lock").get(&(user, tenant)).copied()
    }

    fn check_up(&self) -> Result<(), Fault> {
        if *self.is_down.lock().expect("lock") {
            Err(Fault::unavailable("identity"))
        } else {
            Ok(())
        }
    }

    fn principal(&self, ctx: &Ctx, token: &str) -> Option<Principal> {
        let mut parts = token.split('/');
        let audience = parts.next()?;
        let user: UserId = parts.next()?.parse().ok()?;
        let tenant: Option<TenantId> = parts.next().and_then(|t| t.parse().ok());
        let (card, verified) = self.accounts.lock().expect("lock").get(&user)?.clone();
        let (audience, role) = match audience {
            "buyer" => (Audience::Buyer, Role::Buyer),
            "seller" => (Audience::Seller, self.role(user, tenant?)?),
            "admin" => (Audience::Admin, Role::Admin),
            "support" => (Audience::Admin, Role::Support),
            _ => return None,
        };
        Some(Principal {
            user,
            audience,
            role,
            tenant,
            session: SessionId::new(ctx.now),
            expires_at: ctx.now + std::time::Duration::from_secs(900),
            csrf: None,
            name: card.name,
            email: card.email,
            email_verified: verified,
        })
    }
}

fn ready<'a, T: Send + 'a>(answer: Result<T, Fault>) -> Reply<'a, T> {
    Box::pin(std::future::ready(answer))
}

fn unused<'a, T: Send + 'a>() -> Reply<'a, T> {
    ready(Err(Fault::internal()))
}

impl Identity for People {
    fn authenticate<'a>(&'a self, ctx: &'a Ctx, credential: Credential) -> Reply<'a, Principal> {
        let principal = match credential {
            Credential::Bearer(token) => self.principal(ctx, &token),
            Credential::Session(_) => None,
        };
        ready(principal.ok_or_else(|| Fault::new(Kind::Unauthenticated, "token_invalid", "no such token")))
    }

    fn users<'a>(&'a self, _ctx: &'a Ctx, ids: Vec<UserId>) -> Reply<'a, Vec<UserCard>> {
        let accounts = self.accounts.lock().expect("lock");
        let users = ids.iter().filter_map(|id| accounts.get(id).map(|a| a.0.clone()));
        ready(Ok(users.collect()))
    }

    fn grant<'a>(
        &'a self,
        _ctx: &'a Ctx,
        user: UserId,
        tenant: Option<TenantId>,
        role: Role,
    ) -> Reply<'a, ()> {
        let wait = self.grant_waits_for.lock().expect("lock").take();
        Box::pin(async move {
            if let Some(wait) = wait {
                wait.notified().await;
            }
            self.check_up()?;
            let tenant = tenant.expect("a shop's role");
            self.roles.lock().expect("lock").insert((user, tenant), role);
            Ok(())
        })
    }

    fn revoke<'a>(&'a self, _ctx: &'a Ctx, user: UserId, tenant: Option<TenantId>) -> Reply<'a, ()> {
        let revoked = self.check_up().map(|()| {
            let tenant = tenant.expect("a shop's role");
            self.roles.lock().expect("lock").remove(&(user, tenant));
        });
        ready(revoked)
    }

    fn verified_user<'a>(&'a self, _ctx: &'a Ctx, email: String) -> Reply<'a, Option<UserCard>> {
        if !email.contains('@') {
            return ready(Err(Fault::field(
                "email_invalid",
                "/email",
                "This is no address.",
            )));
        }
        let accounts = self.accounts.lock().expect("lock");
        let found = accounts
            .values()
            .find(|(card, verified)| card.email == email && *verified);
        ready(Ok(found.map(|(card, _)| card.clone())))
    }

    fn send_mail<'a>(&'a self, _ctx: &'a Ctx, to: String, subject: String, _body: String) -> Reply<'a, ()> {
        self.mails.lock().expect("lock").push((to, subject));
        ready(Ok(()))
    }

    fn register<'a>(&'a self, _ctx: &'a Ctx, _request: RegisterUser) -> Reply<'a, UserId> {
        unused()
    }

    fn sign_in<'a>(&'a self, _ctx: &'a Ctx, _request: SignIn) -> Reply<'a, BrowserSession> {
        unused()
    }

    fn sign_out<'a>(&'a self, _ctx: &'a Ctx, _session: SessionId) -> Reply<'a, ()> {
        unused()
    }

    fn request_reset<'a>(&'a self, _ctx: &'a Ctx, _email: String) -> Reply<'a, ()> {
        unused()
    }

    fn reset_password<'a>(&'a self, _ctx: &'a Ctx, _token: String, _password: String) -> Reply<'a, ()> {
        unused()
    }

    fn verify_email<'a>(&'a self, _ctx: &'a Ctx, _token: String) -> Reply<'a, ()> {
        unused()
    }

    fn register_many<'a>(
        &'a self,
        _ctx: &'a Ctx,
        _users: Vec<UserCard>,
        _password: String,
    ) -> Reply<'a, Vec<UserId>> {
        unused()
    }
}
