//! Keys of partners' programs: made, replaced and revoked by operators; shown once, kept as hashes.

use super::{Accounts, note};
use crate::Error;
use crate::store::hash_of;
use crate::store::partner_key::{self, PartnerKey};
use ::store::{Scope, Tx, log};
use chrono::TimeDelta;
use contracts::identity::{PARTNER_KEY_PREFIX, Partner, PartnerScope};
use httpkit::text;
use kernel::{Ctx, Fault, PartnerKeyId, Timestamp, UserId, secret};

/// Characters of a key that are shown again.
const PREFIX_CHARS: usize = 8;
/// Characters of what a key is called, and of a carrier's name.
const NAME_CHARS_MAX: usize = 80;
const CARRIER_CHARS_MAX: usize = 40;
/// How long a key is good where nobody says otherwise, and at most.
const LIFE_DEFAULT: TimeDelta = TimeDelta::days(365);
const LIFE_MAX: TimeDelta = TimeDelta::days(2 * 365);
/// Hours for which a replaced key goes on beside its successor, at most.
pub const OVERLAP_HOURS_MAX: u16 = 7 * 24;
/// Keys listed.
const KEYS_MAX: i64 = 200;
/// "Last used" is kept to this precision, so that reading a shipment is not a write.
const USED_PRECISION: TimeDelta = TimeDelta::minutes(1);

/// A key that an operator wants.
#[derive(Clone, Debug)]
pub struct NewPartnerKey {
    pub name: String,
    pub carrier: String,
    pub scopes: Vec<PartnerScope>,
    pub expires_at: Option<Timestamp>,
}

/// A key, and the secret, this once.
#[derive(Clone, Debug)]
pub struct Shown {
    pub key: PartnerKey,
    pub secret: String,
}

impl Accounts {
    /// Makes a key.
    pub async fn make_partner_key(&self, ctx: &Ctx, by: UserId, new: NewPartnerKey) -> Result<Shown, Error> {
        let shown = draw(ctx, new)?;
        let mut tx = self.db().begin(Scope::System).await?;
        keep(&mut tx, ctx, by, &shown, "made").await?;
        tx.commit().await?;
        log::wake();
        Ok(shown)
    }

    /// Makes a key in the place of another, which goes on for some hours, so that nobody has to change them at one moment.
    pub async fn rotate_partner_key(
        &self,
        ctx: &Ctx,
        by: UserId,
        id: PartnerKeyId,
        overlap_hours: u16,
    ) -> Result<Shown, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let old = partner_key::lock(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchPartnerKey)?;
        if old.revoked_at.is_some() || old.replaced_by.is_some() || old.expires_at <= ctx.now {
            return Err(Error::PartnerKeyOver);
        }
        let shown = draw(
            ctx,
            NewPartnerKey {
                name: old.name,
                carrier: old.carrier,
                scopes: old.scopes,
                expires_at: None,
            },
        )?;
        keep(&mut tx, ctx, by, &shown, "made").await?;
        let ends = ctx.now + TimeDelta::hours(i64::from(overlap_hours.min(OVERLAP_HOURS_MAX)));
        partner_key::replace(&mut *tx, id, shown.key.id, ends).await?;
        tx.commit().await?;
        log::wake();
        Ok(shown)
    }

    /// Ends a key. Ended twice, it ended the first time.
    pub async fn revoke_partner_key(
        &self,
        ctx: &Ctx,
        by: UserId,
        id: PartnerKeyId,
    ) -> Result<PartnerKey, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let key = partner_key::lock(&mut *tx, id)
            .await?
            .ok_or(Error::NoSuchPartnerKey)?;
        if key.revoked_at.is_none() {
            partner_key::revoke(&mut *tx, id, ctx.now).await?;
            note(
                &mut tx,
                ctx,
                by,
                &format!("partner_key_revoked:{}", key.prefix),
                None,
            )
            .await?;
        }
        tx.commit().await?;
        log::wake();
        Ok(PartnerKey {
            revoked_at: key.revoked_at.or(Some(ctx.now)),
            ..key
        })
    }

    /// All keys, the newest first, also those that are over.
    pub async fn partner_keys(&self) -> Result<Vec<PartnerKey>, Error> {
        Ok(partner_key::list(self.db().pool(), KEYS_MAX).await?)
    }

    /// Whose key this is.
    pub async fn recognise(&self, ctx: &Ctx, secret: &str) -> Result<Partner, Error> {
        let key = partner_key::living(self.db().pool(), &hash_of(secret), ctx.now)
            .await?
            .ok_or(Error::BadPartnerKey)?;
        if key
            .last_used_at
            .is_none_or(|used| ctx.now - used >= USED_PRECISION)
        {
            partner_key::touch(self.db().pool(), key.id, ctx.now).await?;
        }
        Ok(Partner {
            key: key.id,
            carrier: key.carrier,
            scopes: key.scopes,
            expires_at: key.expires_at,
        })
    }
}

fn draw(ctx: &Ctx, new: NewPartnerKey) -> Result<Shown, Error> {
    let name = text::line("/name", &new.name, NAME_CHARS_MAX)?;
    let carrier = text::line("/carrier", &new.carrier, CARRIER_CHARS_MAX)?;
    if !carrier
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        let detail =
            "A carrier is named by lower-case letters, digits and hyphens, as in its webhook's address.";
        return Err(Fault::field("carrier_invalid", "/carrier", detail).into());
    }
    let mut scopes = new.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        let detail = "Name at least one scope; a key without any opens nothing.";
        return Err(Fault::field("scopes_missing", "/scopes", detail).into());
    }
    let expires_at = new.expires_at.unwrap_or(ctx.now + LIFE_DEFAULT);
    if expires_at <= ctx.now || expires_at > ctx.now + LIFE_MAX {
        let detail = format!(
            "A key ends later than now, and within {} days.",
            LIFE_MAX.num_days()
        );
        return Err(Fault::field("expiry_invalid", "/expires_at", detail).into());
    }
    let token = secret::token();
    let secret = format!("{PARTNER_KEY_PREFIX}{token}");
    Ok(Shown {
        key: PartnerKey {
            id: PartnerKeyId::new(ctx.now),
            prefix: secret[..PARTNER_KEY_PREFIX.len() + PREFIX_CHARS].to_owned(),
            name,
            carrier,
            scopes,
            created_at: ctx.now,
            expires_at,
            last_used_at: None,
            revoked_at: None,
            replaced_by: None,
        },
        secret,
    })
}

async fn keep(tx: &mut Tx, ctx: &Ctx, by: UserId, shown: &Shown, how: &str) -> Result<(), Error> {
    partner_key::insert(&mut **tx, &shown.key, &hash_of(&shown.secret), by).await?;
    note(
        tx,
        ctx,
        by,
        &format!("partner_key_{how}:{}", shown.key.prefix),
        None,
    )
    .await?;
    Ok(())
}
