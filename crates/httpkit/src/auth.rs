//! Who calls. Permission is a type in the handler's signature, so a handler without one is visible at a glance.

use crate::extract::{Said, header_once};
use crate::{Problem, RequestInfo};
use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};
use contracts::identity::{
    ApiScope, Audience, Credential, Identity, PARTNER_KEY_PREFIX, Partner as KeyHolder, PartnerKeys,
    PartnerScope, Principal,
};
use kernel::{Actor, ApiKeyId, Ctx, Fault, Kind, Permission, SessionId, TenantId, UserId};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// How long a verified credential is believed before it is verified again: the longest a revoked session lives on.
const CREDENTIAL_CACHE: Duration = Duration::from_secs(5);
const CREDENTIAL_CACHE_ENTRIES: u64 = 50_000;
const PARTNER_CACHE_ENTRIES: u64 = 1_000;
/// Bytes of a token beyond which nobody reads it.
const TOKEN_BYTES_MAX: usize = 4096;

/// Verifies credentials, with a short memory. Layered over all routes as an extension.
#[derive(Clone)]
pub struct Auth {
    identity: Arc<dyn Identity>,
    seen: moka::sync::Cache<Credential, Principal>,
    partners: Option<Arc<dyn PartnerKeys>>,
    partners_seen: moka::sync::Cache<String, KeyHolder>,
    /// Shops' API keys that were revoked in this process, for as long as `seen` may still know them.
    revoked: moka::sync::Cache<SessionId, ()>,
}

impl Auth {
    #[must_use]
    pub fn new(identity: Arc<dyn Identity>) -> Self {
        let seen = moka::sync::Cache::builder()
            .max_capacity(CREDENTIAL_CACHE_ENTRIES)
            .time_to_live(CREDENTIAL_CACHE)
            .build();
        let partners_seen = moka::sync::Cache::builder()
            .max_capacity(PARTNER_CACHE_ENTRIES)
            .time_to_live(CREDENTIAL_CACHE)
            .build();
        // Twice as long: who was being asked about as it was revoked may be remembered a moment later.
        let revoked = moka::sync::Cache::builder()
            .max_capacity(CREDENTIAL_CACHE_ENTRIES)
            .time_to_live(CREDENTIAL_CACHE * 2)
            .build();
        Self {
            identity,
            seen,
            partners: None,
            partners_seen,
            revoked,
        }
    }

    /// Knows the keys of partners' programs as well.
    #[must_use]
    pub fn with_partners(mut self, keys: Arc<dyn PartnerKeys>) -> Self {
        self.partners = Some(keys);
        self
    }

    /// Whose key this is, or `unauthenticated`.
    pub async fn partner(&self, ctx: &Ctx, secret: &str) -> Result<KeyHolder, Fault> {
        if let Some(partner) = self.partners_seen.get(secret)
            && partner.expires_at > ctx.now
        {
            return Ok(partner);
        }
        let keys = self
            .partners
            .as_ref()
            .filter(|_| secret.starts_with(PARTNER_KEY_PREFIX));
        let Some(keys) = keys else {
            let detail = "This needs a partner's API key, sent as `Authorization: Bearer stoa_pk_...`.";
            return Err(Fault::new(Kind::Unauthenticated, "api_key_invalid", detail));
        };
        let partner = keys.recognise(ctx, secret.to_owned()).await?;
        self.partners_seen.insert(secret.to_owned(), partner.clone());
        Ok(partner)
    }

    /// The holder of a credential, or `unauthenticated`.
    pub async fn principal(&self, ctx: &Ctx, credential: Credential) -> Result<Principal, Fault> {
        if let Some(principal) = self.seen.get(&credential)
            && principal.expires_at > ctx.now
            && !self.revoked.contains_key(&principal.session)
        {
            return Ok(principal);
        }
        let principal = self.identity.authenticate(ctx, credential.clone()).await?;
        self.seen.insert(credential, principal.clone());
        Ok(principal)
    }

    /// Forgets a credential at once: sign-out in this process does not wait for the memory to fade.
    pub fn forget(&self, credential: &Credential) {
        self.seen.invalidate(credential);
    }

    /// Forgets a shop's API key at once, as [`forget`](Self::forget) does for those who have the credential at hand.
    pub fn forget_key(&self, key: ApiKeyId) {
        self.revoked.insert(SessionId(key.0), ());
    }
}

/// A permission, as a type.
pub trait Needs: Send + Sync + 'static {
    const PERMISSION: Permission;
}

/// One type per permission.
pub mod perm {
    macro_rules! permissions {
        ($($name:ident),+) => {$(
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl super::Needs for $name {
                const PERMISSION: kernel::Permission = kernel::Permission::$name;
            }
        )+};
    }
    permissions!(
        ReadShop,
        ReadNotices,
        EditShop,
        ManageStaff,
        ManageKeys,
        ReadCatalog,
        EditCatalog,
        ReadStock,
        EditStock,
        ReadSales,
        FulfilSales,
        AnswerBuyers,
        ReadPayouts,
        RefundSales,
        RunPromotions,
        ApproveSellers,
        ManageCategories,
        ManageSearch,
        ModerateReviews,
        ModerateMessages,
        ModerateCatalog,
        ReadAnyOrder,
        RefundAnyOrder,
        ReadLedger,
        ManageLedger,
        ManagePayments,
        ManagePromotions,
        ManagePartners,
        ReadSystem,
        ManageSystem
    );
}

/// A partner's scope, as a type.
pub trait Opens: Send + Sync + 'static {
    const SCOPE: PartnerScope;
}

/// One type per scope.
pub mod scope {
    macro_rules! scopes {
        ($($name:ident),+) => {$(
            #[derive(Clone, Copy, Debug)]
            pub struct $name;
            impl super::Opens for $name {
                const SCOPE: contracts::identity::PartnerScope = contracts::identity::PartnerScope::$name;
            }
        )+};
    }
    scopes!(ShipmentsRead, ShipmentsPush);
}

/// A carrier's program whose key opens `S`: for shipments of that carrier alone.
#[derive(Clone, Debug)]
pub struct Partner<S: Opens> {
    pub ctx: Ctx,
    pub carrier: String,
    scope: PhantomData<S>,
}

/// A signed-in person shopping. Sellers and operators may shop too, with a buyer's token.
#[derive(Clone, Debug)]
pub struct Buyer {
    pub ctx: Ctx,
    pub user: UserId,
    pub principal: Principal,
}

/// Staff of one shop whose role includes `P`, or a program with a key of the shop's that does. `ctx` and every scope made
/// from it are that shop's.
#[derive(Clone, Debug)]
pub struct Seller<P: Needs> {
    pub ctx: Ctx,
    pub user: UserId,
    pub tenant: TenantId,
    pub principal: Principal,
    permission: PhantomData<P>,
}

impl<P: Needs> Seller<P> {
    /// Asked of what only some calls of an endpoint do.
    pub fn permit<Q: Needs>(&self) -> Result<(), Problem> {
        permit::<Q>(&self.principal)
    }
}

/// The operator's staff whose role includes `P`.
#[derive(Clone, Debug)]
pub struct Admin<P: Needs> {
    pub ctx: Ctx,
    pub user: UserId,
    pub principal: Principal,
    permission: PhantomData<P>,
}

/// Anybody: a guest, or whoever the token says. A bad token is still refused, so that nobody shops as a guest unawares.
/// A shop's API key is nobody in particular here: it opens what is the shop's, and nothing of the person who made it.
#[derive(Clone, Debug)]
pub struct Anyone {
    pub ctx: Ctx,
    pub principal: Option<Principal>,
}

impl<S: Send + Sync> FromRequestParts<S> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let (mut ctx, principal) = identify(parts).await?;
        let principal = principal.filter(|principal| principal.scopes.is_none());
        if let Some(p) = &principal {
            ctx.actor = actor_of(p);
        }
        Ok(Self { ctx, principal })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Buyer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let (mut ctx, principal) = signed_in(parts, Audience::Buyer).await?;
        ctx.actor = Actor::Buyer { user: principal.user };
        Ok(Self {
            ctx,
            user: principal.user,
            principal,
        })
    }
}

impl<S: Send + Sync, P: Needs> FromRequestParts<S> for Seller<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let (mut ctx, principal) = signed_in(parts, Audience::Seller).await?;
        let tenant = principal.tenant.ok_or_else(|| wrong_audience(Audience::Seller))?;
        permit::<P>(&principal)?;
        ctx.actor = Actor::Seller {
            user: principal.user,
            tenant,
            role: principal.role,
        };
        Ok(Self {
            ctx,
            user: principal.user,
            tenant,
            principal,
            permission: PhantomData,
        })
    }
}

impl<S: Send + Sync, P: Needs> FromRequestParts<S> for Admin<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let (mut ctx, principal) = signed_in(parts, Audience::Admin).await?;
        permit::<P>(&principal)?;
        ctx.actor = Actor::Operator {
            user: principal.user,
            role: principal.role,
        };
        Ok(Self {
            ctx,
            user: principal.user,
            principal,
            permission: PhantomData,
        })
    }
}

impl<S: Send + Sync, O: Opens> FromRequestParts<S> for Partner<O> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let mut ctx = anonymous(parts)?;
        let secret = bearer(parts)?.ok_or_else(|| {
            Problem(Fault::new(
                Kind::Unauthenticated,
                "token_missing",
                "Send the API key that the operator made for you as `Authorization: Bearer <key>`.",
            ))
        })?;
        let partner = auth(parts)?.partner(&ctx, &secret).await?;
        if !partner.scopes.contains(&O::SCOPE) {
            let detail = format!(
                "Your API key does not include `{}`. Ask the operator.",
                O::SCOPE.name()
            );
            return Err(Problem(Fault::new(Kind::Forbidden, "scope_missing", detail)));
        }
        ctx.actor = Actor::Partner {
            key: partner.key,
            carrier: partner.carrier.clone(),
        };
        Ok(Self {
            ctx,
            carrier: partner.carrier,
            scope: PhantomData,
        })
    }
}

fn actor_of(principal: &Principal) -> Actor {
    let user = principal.user;
    match (principal.audience, principal.tenant) {
        (Audience::Seller, Some(tenant)) => Actor::Seller {
            user,
            tenant,
            role: principal.role,
        },
        (Audience::Admin, _) => Actor::Operator {
            user,
            role: principal.role,
        },
        _ => Actor::Buyer { user },
    }
}

fn permit<P: Needs>(principal: &Principal) -> Result<(), Problem> {
    if principal.may(P::PERMISSION) {
        return Ok(());
    }
    if principal.role.may(P::PERMISSION) {
        let detail = match ApiScope::opening(P::PERMISSION) {
            Some(scope) => format!(
                "The API key does not include `{}`. Ask the shop's owner for a key that does.",
                scope.name()
            ),
            None => "This is for people of the shop, not for API keys. Sign in to do it.".to_owned(),
        };
        return Err(Problem(Fault::new(Kind::Forbidden, "scope_missing", detail)));
    }
    let detail = format!(
        "Your role {:?} does not include {:?}. Ask the shop's owner or the operator.",
        principal.role,
        P::PERMISSION
    );
    Err(Problem(Fault::new(Kind::Forbidden, "permission_missing", detail)))
}

async fn signed_in(parts: &mut Parts, audience: Audience) -> Result<(Ctx, Principal), Problem> {
    let (ctx, principal) = identify(parts).await?;
    let principal = principal.ok_or_else(|| {
        Problem(Fault::new(
            Kind::Unauthenticated,
            "token_missing",
            "Sign in at /v1/auth/login and send the access token as `Authorization: Bearer <token>`.",
        ))
    })?;
    if principal.audience != audience {
        return Err(Problem(wrong_audience(audience)));
    }
    Ok((ctx, principal))
}

pub(crate) fn wrong_audience(wanted: Audience) -> Fault {
    let wanted = serde_json::to_value(wanted)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default();
    Fault::new(
        Kind::Forbidden,
        "wrong_audience",
        format!("This needs a token for audience `{wanted}`. Sign in with `\"audience\": \"{wanted}\"`."),
    )
}

/// The base context of the request, and who sent it if they said so.
pub(crate) async fn identify(parts: &mut Parts) -> Result<(Ctx, Option<Principal>), Problem> {
    let ctx = anonymous(parts)?;
    let Some(token) = bearer(parts)? else {
        return Ok((ctx, None));
    };
    let principal = auth(parts)?
        .principal(&ctx, Credential::Bearer(token))
        .await
        .map_err(Problem)?;
    Ok((ctx, Some(principal)))
}

fn anonymous(parts: &Parts) -> Result<Ctx, Problem> {
    let info = parts.extensions.get::<RequestInfo>();
    let info = info.ok_or_else(|| Problem(Fault::internal()))?;
    Ok(info.anonymous())
}

fn auth(parts: &Parts) -> Result<Auth, Problem> {
    let auth = parts.extensions.get::<Auth>().cloned();
    auth.ok_or_else(|| Problem(Fault::internal()))
}

/// What the caller sent to prove who they are, if anything.
fn bearer(parts: &Parts) -> Result<Option<String>, Problem> {
    let said = match header_once(parts, header::AUTHORIZATION) {
        Said::Not => return Ok(None),
        Said::Once(credential) => credential.to_str().ok(),
        Said::Unclear => None,
    };
    let token = said
        .and_then(|v| v.strip_prefix("Bearer ").or_else(|| v.strip_prefix("bearer ")))
        .map(str::trim)
        .filter(|t| !t.is_empty() && t.len() <= TOKEN_BYTES_MAX)
        .ok_or_else(|| {
            Problem(Fault::new(
                Kind::Unauthenticated,
                "token_malformed",
                "The Authorization header must read `Bearer <token>`.",
            ))
        })?;
    Ok(Some(token.to_owned()))
}
