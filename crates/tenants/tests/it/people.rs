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
    /// The newest version of the staff list heard of each.
    versions: Mutex<HashMap<(UserId, TenantId), i64>>,
    /// To whom, and what.
    pub mails: Mutex<Vec<(String, String)>>,
    /// Whether identity can be reached.
    pub is_down: Mutex<bool>,
    /// The next role that is said to identity arrives when this is notified.
    pub role_waits_for: Mutex<Option<Arc<Notify>>>,
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
            scopes: None,
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

    fn set_shop_role<'a>(
        &'a self,
        _ctx: &'a Ctx,
        user: UserId,
        tenant: TenantId,
        role: Option<Role>,
        version: i64,
    ) -> Reply<'a, ()> {
        let wait = self.role_waits_for.lock().expect("lock").take();
        Box::pin(async move {
            if let Some(wait) = wait {
                wait.notified().await;
            }
            self.check_up()?;
            let mut versions = self.versions.lock().expect("lock");
            let seen = versions.entry((user, tenant)).or_insert(0);
            if version <= *seen {
                return Ok(());
            }
            *seen = version;
            let mut roles = self.roles.lock().expect("lock");
            match role {
                Some(role) => roles.insert((user, tenant), role),
                None => roles.remove(&(user, tenant)),
            };
            Ok(())
        })
    }

    fn grant<'a>(&'a self, _ctx: &'a Ctx, _user: UserId, _role: Role) -> Reply<'a, ()> {
        unused()
    }

    fn revoke<'a>(&'a self, _ctx: &'a Ctx, _user: UserId) -> Reply<'a, ()> {
        unused()
    }

    fn send_mail_with<'a>(
        &'a self,
        ctx: &'a Ctx,
        to: String,
        subject: String,
        body: String,
        _headers: Vec<(String, String)>,
    ) -> Reply<'a, ()> {
        self.send_mail(ctx, to, subject, body)
    }

    fn send_mail<'a>(&'a self, _ctx: &'a Ctx, to: String, _subject: String, body: String) -> Reply<'a, ()> {
        self.mails.lock().expect("lock").push((to, body));
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

    fn request_reset<'a>(&'a self, _ctx: &'a Ctx, _email: String, _address: String) -> Reply<'a, ()> {
        unused()
    }

    fn reset_password<'a>(
        &'a self,
        _ctx: &'a Ctx,
        _token: String,
        _password: String,
        _address: String,
    ) -> Reply<'a, ()> {
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
