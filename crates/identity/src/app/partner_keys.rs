//! Keys of partners' programs: made, replaced and revoked by operators; shown once, kept as hashes.

use super::{Accounts, key, note};
use crate::Error;
use crate::store::hash_of;
use crate::store::partner_key::{self, PartnerKey};
use ::store::{Scope, Tx, log};
use contracts::identity::{PARTNER_KEY_PREFIX, Partner, PartnerScope};
use httpkit::text;
use kernel::{Ctx, Fault, PartnerKeyId, Timestamp, UserId};

/// Characters of a carrier's name.
const CARRIER_CHARS_MAX: usize = 40;

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
        let ends = key::overlap_ends(ctx, overlap_hours);
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
        Ok(partner_key::list(self.db().pool(), key::KEYS_MAX).await?)
    }

    /// Whose key this is.
    pub async fn recognise(&self, ctx: &Ctx, secret: &str) -> Result<Partner, Error> {
        let found = partner_key::living(self.db().pool(), &hash_of(secret), ctx.now)
            .await?
            .ok_or(Error::BadPartnerKey)?;
        if key::is_used_anew(ctx, found.last_used_at) {
            partner_key::touch(self.db().pool(), found.id, ctx.now).await?;
        }
        Ok(Partner {
            key: found.id,
            carrier: found.carrier,
            scopes: found.scopes,
            expires_at: found.expires_at,
        })
    }
}

fn draw(ctx: &Ctx, new: NewPartnerKey) -> Result<Shown, Error> {
    let name = key::name(&new.name)?;
    let carrier = text::line("/carrier", &new.carrier, CARRIER_CHARS_MAX)?;
    if !carrier
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        let detail =
            "A carrier is named by lower-case letters, digits and hyphens, as in its webhook's address.";
        return Err(Fault::field("carrier_invalid", "/carrier", detail).into());
    }
    let scopes = key::scopes(new.scopes)?;
    let expires_at = key::expiry(ctx, new.expires_at)?;
    let (secret, prefix) = key::drawn(PARTNER_KEY_PREFIX);
    Ok(Shown {
        key: PartnerKey {
            id: PartnerKeyId::new(ctx.now),
            prefix,
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
