//! What a shop's staff change about it.

use super::{Shops, tell_changed};
use crate::Error;
use crate::domain::{Configuration, Slug};
use crate::store::shop::{self, ShopRecord};
use ::store::{Scope, constraint_of};
use contracts::audit::{AuditSubject, Changed};
use contracts::tenants::{DeliveryOption, Location, ShopStatus, Tier};
use kernel::{Ctx, ImageId, TenantId};
use serde_json::Value;
use sqlx::PgConnection;

/// A change of the configuration: what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ShopChange {
    pub name: Option<String>,
    pub slug: Option<String>,
    pub story: Option<String>,
    /// `Some(None)` takes the colour away.
    pub accent: Option<Option<String>>,
    pub location: Option<Location>,
    pub return_policy: Option<String>,
    pub return_days: Option<u16>,
    pub prices_include_tax: Option<bool>,
    pub delivery: Option<Vec<DeliveryOption>>,
}

impl Shops {
    /// Changes a shop whose version is still `seen`.
    pub async fn configure(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        seen: i64,
        change: ShopChange,
    ) -> Result<ShopRecord, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let current = shop::lock(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        if current.version != seen {
            return Err(Error::VersionChanged {
                current: current.version,
            });
        }
        if current.shop.status == ShopStatus::Closed {
            return Err(Error::Closed);
        }
        let slug = slug_after(&current, change.slug.as_deref())?;
        let (status, currency) = (current.shop.status, current.shop.currency);
        let before = serde_json::to_value(&current.shop)?;
        let next = merged(current, change).parse(currency)?;
        let delivery = serde_json::to_value(&next.delivery)?;
        shop::configure(&mut *tx, tenant, &slug, &next, &delivery, ctx.now)
            .await
            .map_err(|error| match constraint_of(&error) {
                Some("shop_slug_once") => Error::SlugTaken(slug.clone()),
                _ => error.into(),
            })?;
        tell_changed(&mut tx, ctx, tenant, status).await?;
        let record = tell_settings(&mut tx, ctx, tenant, before).await?;
        tx.commit().await?;
        self.changed(tenant);
        Ok(record)
    }

    /// Sets the pictures that are given; the others stay.
    pub async fn set_images(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        logo: Option<ImageId>,
        banner: Option<ImageId>,
    ) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let current = shop::lock(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        let before = serde_json::to_value(&current.shop)?;
        let status = shop::set_images(&mut *tx, tenant, logo, banner, ctx.now)
            .await?
            .ok_or(Error::NoSuchShop)?;
        tell_changed(&mut tx, ctx, tenant, status).await?;
        tell_settings(&mut tx, ctx, tenant, before).await?;
        tx.commit().await?;
        self.changed(tenant);
        Ok(())
    }
}

/// Tells the audit trail how a shop was before a change and how it is now, and returns the latter.
async fn tell_settings(
    conn: &mut PgConnection,
    ctx: &Ctx,
    tenant: TenantId,
    before: Value,
) -> Result<ShopRecord, Error> {
    let record = shop::get(&mut *conn, tenant).await?.ok_or(Error::NoSuchShop)?;
    let told = Changed {
        kind: "shop.settings".to_owned(),
        about: AuditSubject::new("shop", tenant, record.shop.name.clone()),
        tenant: Some(tenant),
        before: Some(before),
        after: Some(serde_json::to_value(&record.shop)?),
    };
    ::store::log::append(conn, ctx, &told).await?;
    Ok(record)
}

fn slug_after(current: &ShopRecord, wanted: Option<&str>) -> Result<String, Error> {
    match wanted {
        None => Ok(current.shop.slug.clone()),
        // What stands may stay, even if its word was reserved later.
        Some(same) if same == current.shop.slug => Ok(same.to_owned()),
        Some(_) if current.shop.tier != Tier::Pool => Err(Error::SlugFixed),
        Some(new) => Ok(Slug::parse(new)?.as_str().to_owned()),
    }
}

fn merged(current: ShopRecord, change: ShopChange) -> Configuration {
    let shop = current.shop;
    Configuration {
        name: change.name.unwrap_or(shop.name),
        story: change.story.unwrap_or(shop.story),
        accent: change.accent.unwrap_or(shop.accent),
        location: change.location.unwrap_or(shop.location),
        return_policy: change.return_policy.unwrap_or(shop.return_policy),
        return_days: change.return_days.unwrap_or(shop.return_days),
        prices_include_tax: change.prices_include_tax.unwrap_or(shop.prices_include_tax),
        delivery: change.delivery.unwrap_or(shop.delivery),
    }
}
