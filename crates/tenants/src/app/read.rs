//! Reading shops: those of buyers through the cache, one's own and the operator's from the table.

use super::Shops;
use crate::Error;
use crate::domain::Slug;
use crate::store::place;
use crate::store::shop::{self, ShopRecord};
use ::store::Scope;
use contracts::tenants::{Shop, ShopStatus};
use kernel::{Currency, Cursor, Page, PageLimit, TenantId};
use std::collections::HashMap;

/// Shops on the list of active ones.
const ACTIVE_MAX: u16 = 1_000;

/// Which active shops to list.
#[derive(Clone, Debug, Default)]
pub struct Where {
    pub country: Option<String>,
    pub region: Option<String>,
}

impl Shops {
    /// Shops by id in any status, in order of `ids`; unknown ones are left out.
    pub async fn shops(&self, ids: &[TenantId]) -> Result<Vec<Shop>, Error> {
        let mut found: HashMap<TenantId, Shop> = HashMap::with_capacity(ids.len());
        let mut missing = Vec::new();
        for &id in ids {
            match self.cache().shop(id) {
                Some(shop) => {
                    found.insert(id, shop);
                }
                None => missing.push(id.0),
            }
        }
        if !missing.is_empty() {
            let read_at = self.cache().reading();
            let mut tx = self.db().begin(Scope::System).await?;
            let records = shop::by_ids(&mut *tx, &missing).await?;
            tx.commit().await?;
            for record in records {
                self.cache().keep(read_at, &record.shop);
                found.insert(record.shop.id, record.shop);
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Shops as they are, in any status; unknown ones are left out.
    pub async fn shops_now(&self, ids: &[TenantId]) -> Result<Vec<Shop>, Error> {
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        let mut tx = self.db().begin(Scope::System).await?;
        let records = shop::by_ids(&mut *tx, &ids).await?;
        tx.commit().await?;
        Ok(records.into_iter().map(|record| record.shop).collect())
    }

    /// An active shop by its slug.
    pub async fn active_by_slug(&self, slug: &str) -> Result<Option<Shop>, Error> {
        if !Slug::is_form(slug) {
            return Ok(None);
        }
        if let Some(shop) = self.cache().by_slug(slug) {
            return Ok(Some(shop).filter(|s| s.status == ShopStatus::Active));
        }
        let read_at = self.cache().reading();
        let mut tx = self.db().begin(Scope::System).await?;
        let record = shop::active_by_slug(&mut *tx, slug).await?;
        tx.commit().await?;
        Ok(record.map(|record| {
            self.cache().keep(read_at, &record.shop);
            record.shop
        }))
    }

    /// Active shops by name.
    pub async fn active_shops(&self, limit: u16) -> Result<Vec<Shop>, Error> {
        let limit = limit.clamp(1, ACTIVE_MAX);
        if let Some(list) = self.cache().active(limit) {
            return Ok(list.to_vec());
        }
        let read_at = self.cache().reading();
        let mut tx = self.db().begin(Scope::System).await?;
        let records = shop::active_by_name(&mut *tx, i64::from(limit)).await?;
        tx.commit().await?;
        let list: Vec<Shop> = records.into_iter().map(|r| r.shop).collect();
        self.cache().keep_active(read_at, limit, &list);
        Ok(list)
    }

    /// A page of active shops, by slug.
    pub async fn active_page(
        &self,
        after: Option<&Cursor>,
        place: &Where,
        limit: PageLimit,
    ) -> Result<Page<Shop>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let records = shop::active_page(
            &mut *tx,
            after.map(|c| c.0.as_str()),
            place.country.as_deref(),
            place.region.as_deref(),
            limit.plus_one(),
        )
        .await?;
        tx.commit().await?;
        let shops = records.into_iter().map(|r| r.shop).collect();
        Ok(page_of(shops, limit, |shop: &Shop| shop.slug.clone()))
    }

    /// Which active shops are in a country, or in one of its regions.
    pub async fn in_place(&self, country: &str, region: Option<&str>) -> Result<Vec<TenantId>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let shops = place::active_in(&mut *tx, country, region).await?;
        tx.commit().await?;
        Ok(shops)
    }

    /// In which active shops sell, the commonest first.
    pub async fn currencies(&self) -> Result<Vec<Currency>, Error> {
        if let Some(known) = self.cache().currencies() {
            return Ok(known.to_vec());
        }
        let read_at = self.cache().reading();
        let mut tx = self.db().begin(Scope::System).await?;
        let codes = place::currencies(&mut *tx).await?;
        tx.commit().await?;
        let currencies: Vec<Currency> = codes.iter().filter_map(|code| code.parse().ok()).collect();
        self.cache().keep_currencies(read_at, &currencies);
        Ok(currencies)
    }

    /// A shop as its own staff see it.
    pub async fn own(&self, tenant: TenantId) -> Result<ShopRecord, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let record = shop::get(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        tx.commit().await?;
        Ok(record)
    }

    /// A page of all shops for the operator, the newest application first.
    pub async fn all(
        &self,
        before: Option<TenantId>,
        status: Option<ShopStatus>,
        limit: PageLimit,
    ) -> Result<Page<ShopRecord>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let records = shop::page(&mut *tx, before, status, limit.plus_one()).await?;
        tx.commit().await?;
        Ok(page_of(records, limit, |r: &ShopRecord| r.shop.id.to_string()))
    }
}

/// Cuts the one row too many, whose presence says that there is a next page.
fn page_of<T>(mut items: Vec<T>, limit: PageLimit, place: impl Fn(&T) -> String) -> Page<T> {
    let is_more = items.len() > limit.get();
    items.truncate(limit.get());
    let next = items.last().filter(|_| is_more).map(|last| Cursor(place(last)));
    Page { items, next }
}
