//! Proving who one is.

use super::{Accounts, note};
use crate::Error;
use crate::attempts::Attempt;
use crate::domain::{DEVICE_CHARS_MAX, Email, device_kind, lock_after};
use crate::store::account::{self, Account, Secret};
use crate::store::role::{self, ShopRole};
use crate::store::session::{self, NewSession, audience_name};
use crate::store::{device, guard, hash_of};
use ::store::{Scope, log};
use chrono::Duration;
use contracts::identity::{AccountLocked, Audience, BrowserSession, SignIn};
use contracts::notifications::{MailFact, MailFacts, MailKind};
use kernel::{Ctx, Role, SessionId, TenantId, UserId, secret};
use serde::Serialize;
use sqlx::PgConnection;

/// How long a browser stays signed in.
const BROWSER_SESSION_TTL: Duration = Duration::days(14);
/// Failures older than this no longer count as being in a row.
const FAILURES_FORGOTTEN_AFTER: Duration = Duration::hours(24);
/// A longer password is nobody's: it could not be set.
const PASSWORD_BYTES_MAX: usize = 256;

/// A sign-in through the API.
#[derive(Clone)]
pub struct SignInAs {
    pub sign_in: SignIn,
    pub audience: Audience,
    /// Slug or id of the shop, for staff of several.
    pub shop: Option<String>,
}

/// What a client of the API holds.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct TokenPair {
    /// A JWT for the `Authorization: Bearer` header.
    pub access_token: String,
    /// For `/v1/auth/refresh`, once.
    pub refresh_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(example = 900)]
    pub expires_in: i64,
}

/// In which capacity somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Capacity {
    pub audience: Audience,
    pub role: Role,
    pub tenant: Option<TenantId>,
}

impl Capacity {
    pub(super) const BUYER: Self = Self {
        audience: Audience::Buyer,
        role: Role::Buyer,
        tenant: None,
    };

    fn staff(shop: ShopRole) -> Self {
        Self {
            audience: Audience::Seller,
            role: shop.role,
            tenant: Some(shop.tenant),
        }
    }

    fn operator(role: Role) -> Self {
        Self {
            audience: Audience::Admin,
            role,
            tenant: None,
        }
    }
}

impl Accounts {
    /// Signs a client of the API in.
    pub async fn login(&self, ctx: &Ctx, request: SignInAs) -> Result<TokenPair, Error> {
        let proved = self.prove(ctx, &request.sign_in).await?;
        let capacity = self
            .capacity(ctx, proved.id, request.audience, request.shop.as_deref())
            .await?;
        self.ask_second(ctx, &proved, Some(capacity)).await?;
        let session = self.open(ctx, &proved, capacity, &request.sign_in, None).await?;
        self.first_tokens(ctx, proved.id, capacity, session).await
    }

    /// Opens a browser session. Its role follows from the account, now and at each request.
    pub async fn sign_in(&self, ctx: &Ctx, request: SignIn) -> Result<BrowserSession, Error> {
        let proved = self.prove(ctx, &request).await?;
        self.ask_second(ctx, &proved, None).await?;
        self.open_browser(ctx, &proved, &request).await
    }

    pub(super) async fn open_browser(
        &self,
        ctx: &Ctx,
        proved: &Secret,
        request: &SignIn,
    ) -> Result<BrowserSession, Error> {
        let capacity = self.browser_capacity(proved.id).await?;
        let cookie = secret::token();
        self.open(ctx, proved, capacity, request, Some(&cookie)).await?;
        let principal = self.by_cookie(ctx, &cookie).await?;
        Ok(BrowserSession { cookie, principal })
    }

    /// The account that address and password belong to, and the hash that the password fitted. Unknown accounts and wrong
    /// passwords give one answer, cost one hash, and are counted and locked alike.
    pub(super) async fn prove(&self, ctx: &Ctx, request: &SignIn) -> Result<Secret, Error> {
        let email = Email::parse(&request.email)?;
        let attempt = Attempt::SignIn {
            email: email.as_str(),
        };
        self.0.attempts.count(attempt, &request.address)?;
        if request.password.len() > PASSWORD_BYTES_MAX {
            return Err(Error::BadCredentials);
        }
        // From the look at the lock to the record of a failure a turn is held, and there are as many turns as cores: of
        // many guesses sent at once, no more than that slip past the third.
        let turn = self.0.hasher.turn().await?;
        let email_hash = hash_of(email.as_str());
        if let Some(until) = guard::locked_until(self.db().pool(), &email_hash, ctx.now).await? {
            return Err(Error::Locked { until, now: ctx.now });
        }
        let secret = account::secret_by_email(self.db().pool(), &email).await?;
        let hash = secret.as_ref().map(|secret| secret.password_hash.clone());
        let password = request.password.clone();
        let (fits, _turn) = self.0.hasher.verify(turn, password, hash).await?;
        match secret {
            Some(secret) if fits => Ok(secret),
            secret => {
                let user = secret.map(|secret| secret.id);
                self.count_failure(ctx, &email_hash, user).await?;
                Err(Error::BadCredentials)
            }
        }
    }

    async fn count_failure(&self, ctx: &Ctx, email_hash: &[u8], user: Option<UserId>) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        record_failure(&mut tx, ctx, email_hash, user).await?;
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// The capacity asked for, if the account has it.
    async fn capacity(
        &self,
        ctx: &Ctx,
        user: UserId,
        audience: Audience,
        shop: Option<&str>,
    ) -> Result<Capacity, Error> {
        let not_granted = || Error::AudienceNotGranted(audience_name(audience));
        match audience {
            Audience::Buyer => Ok(Capacity::BUYER),
            Audience::Admin => role::operators(self.db().pool(), user)
                .await?
                .map(Capacity::operator)
                .ok_or_else(not_granted),
            Audience::Seller => {
                let shops = self.shops_of(user).await?;
                if shops.is_empty() {
                    return Err(not_granted());
                }
                self.choose_shop(ctx, &shops, shop).await.map(Capacity::staff)
            }
            Audience::Partner => Err(not_granted()),
        }
    }

    async fn choose_shop(
        &self,
        ctx: &Ctx,
        shops: &[ShopRole],
        wanted: Option<&str>,
    ) -> Result<ShopRole, Error> {
        match (shops, wanted) {
            (&[only], None) => Ok(only),
            (_, None) => Err(Error::ShopAmbiguous {
                shops: self.names_of(ctx, shops).await?,
            }),
            (_, Some(wanted)) => {
                if let Some(by_id) = shops.iter().find(|s| s.tenant.to_string() == wanted) {
                    return Ok(*by_id);
                }
                let names = self.names_of(ctx, shops).await?;
                shops
                    .iter()
                    .zip(&names)
                    .find_map(|(shop, name)| (name == wanted).then_some(*shop))
                    .ok_or_else(|| Error::NotStaff(wanted.chars().take(64).collect()))
            }
        }
    }

    /// Slugs of the shops where they can be looked up, else their ids; in order.
    async fn names_of(&self, ctx: &Ctx, shops: &[ShopRole]) -> Result<Vec<String>, Error> {
        let known = match self.0.shops.get() {
            Some(tenants) => {
                tenants
                    .shops(ctx, shops.iter().map(|s| s.tenant).collect())
                    .await?
            }
            None => Vec::new(),
        };
        let name = |shop: &ShopRole| {
            known
                .iter()
                .find(|k| k.id == shop.tenant)
                .map_or_else(|| shop.tenant.to_string(), |k| k.slug.clone())
        };
        Ok(shops.iter().map(name).collect())
    }

    /// What a browser session of this account may do: the marketplace's work, else the first shop's, else shopping.
    pub(super) async fn browser_capacity(&self, user: UserId) -> Result<Capacity, Error> {
        if let Some(role) = role::operators(self.db().pool(), user).await? {
            return Ok(Capacity::operator(role));
        }
        let shops = self.shops_of(user).await?;
        Ok(shops
            .first()
            .map_or(Capacity::BUYER, |&shop| Capacity::staff(shop)))
    }

    /// Opens a session for whoever proved to be an account's holder, unless its password was replaced since.
    pub(super) async fn open(
        &self,
        ctx: &Ctx,
        proved: &Secret,
        capacity: Capacity,
        request: &SignIn,
        cookie: Option<&str>,
    ) -> Result<SessionId, Error> {
        let ttl = if cookie.is_some() {
            BROWSER_SESSION_TTL
        } else {
            super::tokens::FAMILY_TTL
        };
        let new = NewSession {
            id: SessionId::new(ctx.now),
            account: proved.id,
            audience: capacity.audience,
            role: capacity.role,
            acts_for: capacity.tenant,
            cookie_hash: cookie.map(hash_of),
            device: readable(&request.device, DEVICE_CHARS_MAX),
            address: readable(&request.address, 64),
            expires_at: ctx.now + ttl,
        };
        let email = Email::parse(&request.email)?;
        let mut tx = self.db().begin(Scope::System).await?;
        still_stands(&mut tx, proved).await?;
        session::insert(&mut *tx, &new, ctx.now).await?;
        guard::clear(&mut *tx, &hash_of(email.as_str())).await?;
        let change = format!("signed_in:{}", audience_name(capacity.audience));
        note(&mut tx, ctx, proved.id, &change, capacity.tenant).await?;
        let kind = hash_of(&device_kind(&new.device));
        let is_new = device::meet(&mut *tx, proved.id, &kind, ctx.now).await?;
        if is_new {
            note(&mut tx, ctx, proved.id, "new_device", None).await?;
        }
        let account = match is_new {
            true => account::by_id(&mut *tx, proved.id).await?,
            false => None,
        };
        tx.commit().await?;
        log::wake();
        if let Some(account) = account {
            self.tell_device(ctx, &account, &new).await;
        }
        Ok(new.id)
    }

    /// Mails the account's holder that a device signed in which was not used with the account before.
    async fn tell_device(&self, ctx: &Ctx, account: &Account, session: &NewSession) {
        let url = &self.0.public_url;
        let facts = MailFacts::default()
            .text("device", session.device.as_str())
            .text("address", session.address.as_str())
            .with("at", MailFact::Moment(ctx.now))
            .text("password_link", format!("{url}/forgot-password"))
            .text("link", format!("{url}/account"));
        self.tell(ctx, account, MailKind::NewDevice, facts).await;
    }
}

/// Refuses whoever proved a password that is none any more. A reset that is not over ends what this transaction writes: it
/// waits for it, and ends all that it finds.
pub(super) async fn still_stands(conn: &mut PgConnection, proved: &Secret) -> Result<(), Error> {
    let hash = account::hold_password_hash(conn, proved.id).await?;
    match hash {
        Some(hash) if hash == proved.password_hash => Ok(()),
        _ => Err(Error::BadCredentials),
    }
}

/// Counts a failure, of a password or of a code, and locks where there are too many in a row.
pub(super) async fn record_failure(
    conn: &mut PgConnection,
    ctx: &Ctx,
    email_hash: &[u8],
    user: Option<UserId>,
) -> Result<(), Error> {
    let forget_before = ctx.now - FAILURES_FORGOTTEN_AFTER;
    let failures = guard::count_failure(&mut *conn, email_hash, ctx.now, forget_before).await?;
    if let Some(lock) = lock_after(failures) {
        let until = ctx.now + lock;
        guard::lock(&mut *conn, email_hash, until).await?;
        if let Some(user) = user {
            log::append(conn, ctx, &AccountLocked { user, until }).await?;
        }
    }
    Ok(())
}

/// What a header says, without what cannot be shown.
fn readable(text: &str, chars_max: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(chars_max).collect()
}
