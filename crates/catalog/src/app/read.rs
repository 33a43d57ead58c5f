//! What buyers, the cart and the search index read: from memory, and on a miss by one statement.

use super::Products;
use crate::cache::{CachedListing, Head, Standing};
use crate::error::Error;
use crate::store::{listing, product};
use ::store::Scope;
use bytes::Bytes;
use contracts::catalog::{CategoryRef, CodedSku, ItemOffer, Listing, Offer, ProductAddress, ProductStatus};
use contracts::tenants::ShopStatus;
use kernel::{Ctx, ProductId, SkuId, TenantId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Products asked for at once.
const IDS_MAX: usize = 2_000;
/// Listings of one answer to `newest`.
const NEWEST_MAX: u16 = 200;

/// A product, which of its SKUs are in stock, and who else sells the same.
pub struct ProductPage {
    pub listing: Arc<CachedListing>,
    pub in_stock: Arc<[SkuId]>,
    /// All shops' offers of the item, the one put first in front; empty where it is the only one.
    pub offers: Vec<ItemOffer>,
}

impl Products {
    /// Listings in any status, in the order asked for.
    pub async fn listings_by_id(
        &self,
        ctx: &Ctx,
        ids: &[ProductId],
    ) -> Result<Vec<Arc<CachedListing>>, Error> {
        let mut found: HashMap<ProductId, Arc<CachedListing>> = HashMap::with_capacity(ids.len());
        let mut missing: Vec<Uuid> = Vec::new();
        for id in ids {
            match self.listings.get(*id, ctx.now) {
                Some(cached) => {
                    found.insert(*id, cached);
                }
                None => missing.push(id.0),
            }
        }
        metrics::counter!("catalog_listing_cache_misses_total").increment(missing.len() as u64);
        for chunk in missing.chunks(IDS_MAX) {
            for listing in listing::by_id(self.db.pool(), chunk).await? {
                found.insert(listing.id, self.remember(ctx, listing).await?);
            }
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// Listings as they are, with their categories' names as they were last read.
    pub async fn listings_now(&self, ctx: &Ctx, ids: &[ProductId]) -> Result<Vec<Listing>, Error> {
        let mut found: HashMap<ProductId, Listing> = HashMap::with_capacity(ids.len());
        let keys: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        for chunk in keys.chunks(IDS_MAX) {
            for listing in listing::by_id(self.db.pool(), chunk).await? {
                found.insert(listing.id, self.present(ctx, listing).await?);
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Keeps a listing that was read, with its category's present name and its present prices.
    async fn remember(&self, ctx: &Ctx, mut listing: Listing) -> Result<Arc<CachedListing>, Error> {
        if let Some(present) = self.renamed(ctx, listing.category.as_ref()).await? {
            listing.category = Some(present);
        }
        Ok(self.keep(ctx, listing))
    }

    /// As [`Self::remember`], of a listing as it was written, which it is still unless its category changed since.
    async fn remember_json(
        &self,
        ctx: &Ctx,
        id: ProductId,
        head: Head,
        json: Bytes,
    ) -> Result<Arc<CachedListing>, Error> {
        Ok(match self.renamed(ctx, head.category.as_ref()).await? {
            None if head.price_points.is_some() => {
                self.keep(ctx, serde_json::from_slice(&json).map_err(unreadable)?)
            }
            None => self.listings.keep_json(id, head, json),
            Some(present) => self.keep(
                ctx,
                Listing {
                    category: Some(present),
                    ..serde_json::from_slice(&json).map_err(unreadable)?
                },
            ),
        })
    }

    /// A listing that was read, with its category's present name and its present prices.
    pub(super) async fn present(&self, ctx: &Ctx, mut listing: Listing) -> Result<Listing, Error> {
        if let Some(present) = self.renamed(ctx, listing.category.as_ref()).await? {
            listing.category = Some(present);
        }
        Ok(listing.at(ctx.now))
    }

    fn keep(&self, ctx: &Ctx, listing: Listing) -> Arc<CachedListing> {
        let until = listing.until(ctx.now);
        self.listings.keep(listing.at(ctx.now), until)
    }

    /// What a category is called now, if that is not what the listing says.
    async fn renamed(&self, ctx: &Ctx, category: Option<&CategoryRef>) -> Result<Option<CategoryRef>, Error> {
        let Some(category) = category else {
            return Ok(None);
        };
        let present = self.tree(ctx).await?.by_id(category.id);
        Ok(present.filter(|present| present != category))
    }

    /// What is offered under these SKUs. One that its product no longer has is left out.
    pub async fn offers_by_sku(&self, ctx: &Ctx, skus: &[SkuId]) -> Result<Vec<Offer>, Error> {
        let mut found: HashMap<SkuId, Arc<CachedListing>> = HashMap::with_capacity(skus.len());
        let mut missing: Vec<Uuid> = Vec::new();
        for sku in skus {
            match self.listings.by_sku(*sku, ctx.now) {
                Some(cached) => {
                    found.insert(*sku, cached);
                }
                None => missing.push(sku.0),
            }
        }
        for chunk in missing.chunks(IDS_MAX) {
            for (sku, listing) in listing::by_sku(self.db.pool(), chunk).await? {
                found.insert(sku, self.remember(ctx, listing).await?);
            }
        }
        let shops = found.values().map(|c| c.head.tenant).collect();
        let open = self.open_shops(ctx, shops).await?;
        let mut offers = Vec::with_capacity(skus.len());
        for sku in skus {
            if let Some(cached) = found.get(sku) {
                offers.extend(offer(*sku, cached.listing().map_err(unreadable)?, &open));
            }
        }
        Ok(offers)
    }

    /// A shop's SKUs by its own codes.
    pub async fn own_skus_by_code(&self, tenant: TenantId, codes: &[String]) -> Result<Vec<CodedSku>, Error> {
        let codes = &codes[..codes.len().min(IDS_MAX)];
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let found = product::skus_by_code(&mut tx, tenant, codes).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// A product as buyers may see it: active, of a shop that sells. Where nothing is remembered, one statement.
    pub async fn page(&self, ctx: &Ctx, id: ProductId) -> Result<ProductPage, Error> {
        let (listing, standing) = match self.listings.get(id, ctx.now) {
            Some(listing) => (listing, self.standing(id).await?),
            None => self.read_page(ctx, id).await?,
        };
        let head = &listing.head;
        let is_open = match self.open_shops.get(&head.tenant) {
            Some(is_open) => is_open,
            None => self
                .open_shops(ctx, HashSet::from([head.tenant]))
                .await?
                .contains(&head.tenant),
        };
        if head.status != ProductStatus::Active || !is_open {
            return Err(Error::NotFound("product"));
        }
        let offers = match &*standing.others {
            [] => Vec::new(),
            others => self.ranked_offers(ctx, id, others).await?,
        };
        Ok(ProductPage {
            listing,
            in_stock: standing.in_stock,
            offers,
        })
    }

    async fn read_page(&self, ctx: &Ctx, id: ProductId) -> Result<(Arc<CachedListing>, Standing), Error> {
        metrics::counter!("catalog_listing_cache_misses_total").increment(1);
        let (head, json, standing) = listing::page(self.db.reads(), id)
            .await?
            .ok_or(Error::NotFound("product"))?;
        let standing = self.stand(id, standing);
        Ok((self.remember_json(ctx, id, head, json).await?, standing))
    }

    /// Remembers how a product stands, by what inventory said since.
    fn stand(&self, id: ProductId, read: Standing) -> Standing {
        let standing = match self.stock_said.get(&id) {
            Some(said) => read.corrected(&said),
            None => read,
        };
        self.standing.insert(id, standing.clone());
        standing
    }

    /// Inventory said whether a SKU is in stock.
    pub(crate) fn hear_stock(&self, id: ProductId, sku: SkuId, in_stock: bool) {
        let said = self.stock_said.get(&id);
        let others = said.iter().flat_map(|said| said.iter().copied());
        let others = others.filter(|(other, _)| *other != sku);
        self.stock_said
            .insert(id, others.chain(std::iter::once((sku, in_stock))).collect());
        self.standing.invalidate(&id);
    }

    pub(super) async fn standing(&self, id: ProductId) -> Result<Standing, Error> {
        let found = self.standings(&[id]).await?;
        found
            .into_iter()
            .next()
            .map(|(_, standing)| standing)
            .ok_or(Error::NotFound("product"))
    }

    /// How products stand, in the order asked for: those that are not remembered by one statement.
    pub(super) async fn standings(&self, ids: &[ProductId]) -> Result<Vec<(ProductId, Standing)>, Error> {
        let known: Vec<_> = ids.iter().map(|id| (*id, self.standing.get(id))).collect();
        let missing: Vec<Uuid> = known
            .iter()
            .filter(|(_, s)| s.is_none())
            .map(|(id, _)| id.0)
            .collect();
        let mut read: HashMap<ProductId, Standing> = HashMap::new();
        if !missing.is_empty() {
            for (id, standing) in listing::standings(self.db.pool(), &missing).await? {
                read.insert(id, self.stand(id, standing));
            }
        }
        let found = known
            .into_iter()
            .filter_map(|(id, standing)| Some((id, standing.or_else(|| read.remove(&id))?)));
        Ok(found.collect())
    }

    /// Those of `shops` that sell at present.
    pub(super) async fn open_shops(
        &self,
        ctx: &Ctx,
        shops: HashSet<TenantId>,
    ) -> Result<HashSet<TenantId>, Error> {
        let (mut open, mut unknown) = (HashSet::new(), Vec::new());
        for shop in shops {
            match self.open_shops.get(&shop) {
                Some(true) => {
                    open.insert(shop);
                }
                Some(false) => {}
                None => unknown.push(shop),
            }
        }
        if unknown.is_empty() {
            return Ok(open);
        }
        for shop in self.tenants.shops(ctx, unknown).await? {
            let is_open = shop.status == ShopStatus::Active;
            self.open_shops.insert(shop.id, is_open);
            if is_open {
                open.insert(shop.id);
            }
        }
        Ok(open)
    }

    /// Newest products for sale, of one shop if given.
    pub async fn newest_listings(
        &self,
        ctx: &Ctx,
        tenant: Option<TenantId>,
        limit: u16,
    ) -> Result<Vec<Listing>, Error> {
        let limit = i64::from(limit.min(NEWEST_MAX));
        let mut listings = match tenant {
            Some(tenant) => listing::newest_of_shop(self.db.pool(), tenant, limit).await?,
            None => listing::newest(self.db.pool(), limit).await?,
        };
        let shops = listings.iter().map(|l| l.tenant).collect();
        let open = self.open_shops(ctx, shops).await?;
        listings.retain(|l| open.contains(&l.tenant));
        Ok(listings.into_iter().map(|l| l.at(ctx.now)).collect())
    }

    /// Product ids above `after`, for whoever rebuilds an index.
    pub async fn scan_ids(&self, after: Option<ProductId>, limit: u16) -> Result<Vec<ProductId>, Error> {
        Ok(listing::scan(self.db.pool(), after, i64::from(limit)).await?)
    }

    /// One shop's product ids above `after`, for whoever must refresh all of that shop's.
    pub async fn scan_shop_ids(
        &self,
        tenant: TenantId,
        after: Option<ProductId>,
        limit: u16,
    ) -> Result<Vec<ProductId>, Error> {
        Ok(listing::scan_shop(self.db.pool(), tenant, after, i64::from(limit)).await?)
    }

    /// Where one shop's products that are for sale stand, above `after`.
    pub async fn addresses_of(
        &self,
        tenant: TenantId,
        after: Option<ProductId>,
        limit: u16,
    ) -> Result<Vec<ProductAddress>, Error> {
        Ok(listing::addresses(self.db.pool(), tenant, after, i64::from(limit)).await?)
    }
}

/// A kept text that cannot be taken apart is as bad as a row that cannot be read.
pub(super) fn unreadable(error: serde_json::Error) -> Error {
    sqlx::Error::Decode(Box::new(error)).into()
}

fn offer(sku: SkuId, listing: &Listing, open: &HashSet<TenantId>) -> Option<Offer> {
    let variant = listing.variants.iter().find(|v| v.sku == sku)?;
    Some(Offer {
        sku,
        product: listing.id,
        tenant: listing.tenant,
        code: variant.code.clone(),
        title: listing.title.clone(),
        slug: listing.slug.clone(),
        options: variant.options.clone(),
        price: variant.price,
        breaks: variant.breaks.clone(),
        // What is downloaded weighs nothing, whatever its seller wrote down.
        weight_g: match &listing.digital {
            Some(_) => 0,
            None => variant.weight_g,
        },
        category: listing.category.as_ref().map(|category| category.path.clone()),
        tax_category: listing.tax_category.clone(),
        image: listing.images.first().cloned(),
        making: listing.making.clone(),
        digital: listing.digital.clone(),
        for_sale: listing.status == ProductStatus::Active && open.contains(&listing.tenant),
    })
}
