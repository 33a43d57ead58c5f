//! Keys of shops' own programs: made, replaced and revoked by owners; shown once, kept as hashes.

use super::{Accounts, key, note};
use crate::Error;
use crate::store::api_key::{self, ApiKey, Held};
use crate::store::hash_of;
use ::store::{Scope, Tx, log};
use contracts::identity::{API_KEY_PREFIX, ApiScope, Audience, Principal};
use contracts::tenants::{Feature, ShopStatus};
use kernel::{ApiKeyId, Ctx, SessionId, TenantId, Timestamp, UserId};

/// Keys of one shop that are good at a time.
const LIVING_MAX: i64 = 50;

/// A key that a shop wants.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    pub name: String,
    pub scopes: Vec<ApiScope>,
    pub expires_at: Option<Timestamp>,
}

/// A key, and the secret, this once.
#[derive(Clone, Debug)]
pub struct ShownApiKey {
    pub key: ApiKey,
    pub secret: String,
}

impl Accounts {
    /// Makes a key that acts in the name of `by`.
    pub async fn make_api_key(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        by: UserId,
        new: NewApiKey,
    ) -> Result<ShownApiKey, Error> {
        self.0.features.check(ctx, tenant, Feature::ApiKeys).await?;
        let shown = draw(ctx, tenant, by, new)?;
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        keep(&mut tx, ctx, &shown).await?;
        tx.commit().await?;
        log::wake();
        Ok(shown)
    }

    /// Makes a key in the place of another, which goes on for some hours, so that nobody has to change them at one moment.
    pub async fn rotate_api_key(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        by: UserId,
        id: ApiKeyId,
        overlap_hours: u16,
    ) -> Result<ShownApiKey, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let old = api_key::lock(&mut *tx, tenant, id)
            .await?
            .ok_or(Error::NoSuchApiKey)?;
        if old.is_over(ctx.now) {
            return Err(Error::ApiKeyOver);
        }
        let wanted = NewApiKey {
            name: old.name,
            scopes: old.scopes,
            expires_at: None,
        };
        let shown = draw(ctx, tenant, by, wanted)?;
        keep(&mut tx, ctx, &shown).await?;
        let ends = key::overlap_ends(ctx, overlap_hours);
        api_key::replace(&mut *tx, tenant, id, shown.key.id, ends).await?;
        tx.commit().await?;
        log::wake();
        Ok(shown)
    }

    /// Ends a key. Ended twice, it ended the first time.
    pub async fn revoke_api_key(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        by: UserId,
        id: ApiKeyId,
    ) -> Result<ApiKey, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let old = api_key::lock(&mut *tx, tenant, id)
            .await?
            .ok_or(Error::NoSuchApiKey)?;
        if old.revoked_at.is_none() {
            api_key::revoke(&mut *tx, tenant, id, ctx.now).await?;
            let change = format!("api_key_revoked:{}", old.prefix);
            note(&mut tx, ctx, by, &change, Some(tenant)).await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(ApiKey {
            revoked_at: old.revoked_at.or(Some(ctx.now)),
            ..old
        })
    }

    /// A shop's keys, the newest first, also those that are over.
    pub async fn api_keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let keys = api_key::list(&mut *tx, tenant, key::KEYS_MAX).await?;
        tx.commit().await?;
        Ok(keys)
    }

    /// Who acts by this key: whoever made it, as far as its scopes go, for as long as they and their shop may act at all.
    pub(super) async fn by_api_key(&self, ctx: &Ctx, secret: &str) -> Result<Principal, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let held = api_key::by_hash(&mut *tx, &hash_of(secret)).await?;
        let held = held.ok_or(Error::BadApiKey)?;
        let found = &held.key;
        if let Some(at) = found.revoked_at {
            return Err(Error::ApiKeyRevoked(at));
        }
        if found.expires_at <= ctx.now {
            return Err(Error::ApiKeyExpired(found.expires_at));
        }
        let role = held.role.ok_or(Error::ApiKeyOrphaned)?;
        if key::is_used_anew(ctx, found.last_used_at) {
            api_key::touch(&mut *tx, found.tenant, found.id, ctx.now).await?;
        }
        tx.commit().await?;
        self.shop_is_open(ctx, found.tenant).await?;
        Ok(principal(held, role))
    }

    /// People of a shop that is suspended may still look after it; programs may not.
    async fn shop_is_open(&self, ctx: &Ctx, tenant: TenantId) -> Result<(), Error> {
        // Without the shops' context there is none to ask, and none that could have suspended anybody.
        let Some(shops) = self.0.shops.get() else {
            return Ok(());
        };
        let found = shops.shops(ctx, vec![tenant]).await?;
        match found.first().map(|shop| shop.status) {
            Some(ShopStatus::Applied | ShopStatus::Active) => Ok(()),
            Some(ShopStatus::Suspended | ShopStatus::Closed) | None => Err(Error::ApiKeyShopInactive),
        }
    }
}

fn principal(held: Held, role: kernel::Role) -> Principal {
    Principal {
        user: held.key.made_by,
        audience: Audience::Seller,
        role,
        tenant: Some(held.key.tenant),
        session: SessionId(held.key.id.0),
        expires_at: held.key.expires_at,
        csrf: None,
        name: held.name,
        email: held.email,
        email_verified: held.email_verified,
        scopes: Some(held.key.scopes),
    }
}

fn draw(ctx: &Ctx, tenant: TenantId, by: UserId, new: NewApiKey) -> Result<ShownApiKey, Error> {
    let name = key::name(&new.name)?;
    let scopes = key::scopes(new.scopes)?;
    let expires_at = key::expiry(ctx, new.expires_at)?;
    let (secret, prefix) = key::drawn(API_KEY_PREFIX);
    let key = ApiKey {
        tenant,
        id: ApiKeyId::new(ctx.now),
        prefix,
        name,
        scopes,
        made_by: by,
        created_at: ctx.now,
        expires_at,
        last_used_at: None,
        revoked_at: None,
        replaced_by: None,
    };
    Ok(ShownApiKey { key, secret })
}

async fn keep(tx: &mut Tx, ctx: &Ctx, shown: &ShownApiKey) -> Result<(), Error> {
    let key = &shown.key;
    if !api_key::insert(&mut **tx, key, &hash_of(&shown.secret), LIVING_MAX).await? {
        return Err(Error::TooManyApiKeys(LIVING_MAX));
    }
    let change = format!("api_key_made:{}", key.prefix);
    note(tx, ctx, key.made_by, &change, Some(key.tenant)).await?;
    Ok(())
}
