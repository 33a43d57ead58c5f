//! Routes that know their callers, without identity.

use crate::client::{Client, spawn_router};
use axum::http::HeaderValue;
use axum::{Extension, Router};
use contracts::identity::{Audience, Principal, RemoteIdentity};
use contracts::{Reply, Transport};
use httpkit::{Auth, Observe};
use kernel::{Ctx, DateTime, Fault, Kind, Role, SessionId, SharedClock, TenantId, UserId};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Whom a token belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    role: Role,
    tenant: Option<TenantId>,
}

impl Caller {
    #[must_use]
    pub fn operator(role: Role) -> Self {
        Self { role, tenant: None }
    }

    #[must_use]
    pub fn seller(shop: TenantId, role: Role) -> Self {
        Self {
            role,
            tenant: Some(shop),
        }
    }

    /// A shop's id is its owner's token, `<shop>.analyst` its analyst's.
    #[must_use]
    pub fn of_shop(token: &str) -> Option<Self> {
        let (shop, role) = match token.split_once('.') {
            Some((shop, _)) => (shop, Role::Analyst),
            None => (token, Role::Owner),
        };
        Some(Self::seller(shop.parse().ok()?, role))
    }
}

/// Stands for identity.
struct People {
    until: DateTime,
    who: fn(&str) -> Option<Caller>,
}

impl Transport for People {
    fn call<'a>(&'a self, _: &'static str, _: &'static str, _: &'a Ctx, body: Value) -> Reply<'a, Value> {
        let token = body[0]["bearer"].as_str().unwrap_or_default();
        let caller = (self.who)(token);
        let nobody = || Fault::new(Kind::Unauthenticated, "token_invalid", "Nobody's.");
        let known = caller.ok_or_else(nobody).map(|caller| self.principal(caller));
        Box::pin(async move { known })
    }
}

impl People {
    fn principal(&self, caller: Caller) -> Value {
        json!(Principal {
            user: UserId::new(self.until),
            audience: match caller.tenant {
                Some(_) => Audience::Seller,
                None => Audience::Admin,
            },
            role: caller.role,
            tenant: caller.tenant,
            session: SessionId::new(self.until),
            expires_at: self.until,
            csrf: None,
            name: "Ana".into(),
            email: "ana@example.org".into(),
            email_verified: true,
            scopes: None,
        })
    }
}

/// Serves routes to callers whose tokens `who` knows.
pub async fn serve(routes: Router, clock: SharedClock, who: fn(&str) -> Option<Caller>) -> Client {
    let people = People {
        until: clock.now() + Duration::from_secs(24 * 3_600),
        who,
    };
    let instance = httpkit::Instance {
        id: HeaderValue::from_static("test"),
        clock,
        trusted_proxies: httpkit::TrustedProxies::default(),
    };
    let routes = routes
        .layer(Extension(Auth::new(Arc::new(RemoteIdentity(Arc::new(people))))))
        .layer(Observe(instance));
    Client::new(spawn_router(routes).await)
}
