//! Products by id as cards: for lists that no search makes.

use super::failure::Failure;
use super::visit::Visit;
use super::{Shop, cards};
use crate::views::common::{Price, ProductCard};
use crate::views::reviews::Stars;
use contracts::catalog::{Listing, ProductStatus};
use contracts::tenants::{Shop as Seller, ShopStatus};
use kernel::{ProductId, SkuId, TenantId};
use std::collections::{HashMap, HashSet};

/// A product that is for sale, with its shop and its card.
pub struct Shelved {
    pub listing: Listing,
    pub seller: Seller,
    pub card: ProductCard,
}

/// Those of some products that are for sale, in their order: four questions for all of them.
pub async fn of(shop: &Shop, visit: &Visit, ids: &[ProductId]) -> Result<Vec<Shelved>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let listings = shop.catalog.listings(&visit.ctx, ids.to_vec()).await?;
    let mut listings: HashMap<ProductId, Listing> = listings
        .into_iter()
        .filter(|listing| listing.status == ProductStatus::Active)
        .map(|listing| (listing.id, listing))
        .collect();
    let tenants: HashSet<TenantId> = listings.values().map(|listing| listing.tenant).collect();
    let skus: Vec<SkuId> = listings
        .values()
        .flat_map(|of| of.variants.iter().map(|v| v.sku))
        .collect();
    let (sellers, stock, ratings) = futures::join!(
        shop.tenants.shops(&visit.ctx, tenants.into_iter().collect()),
        shop.inventory.availability(&visit.ctx, skus),
        shop.reviews.ratings(&visit.ctx, ids.to_vec()),
    );
    let sellers: HashMap<TenantId, Seller> = sellers?
        .into_iter()
        .filter(|seller| seller.status == ShopStatus::Active)
        .map(|seller| (seller.id, seller))
        .collect();
    let stock: HashMap<SkuId, i64> = stock?.into_iter().map(|a| (a.sku, a.available)).collect();
    let ratings = ratings.unwrap_or_default();
    let shelved = ids.iter().filter_map(|id| {
        let listing = listings.remove(id)?;
        let seller = sellers.get(&listing.tenant)?.clone();
        let rating = ratings.iter().find(|one| one.product == *id);
        let card = ProductCard {
            rating: rating.and_then(|one| Stars::of(one.rating, visit.locale)),
            ..card(&listing, &seller, &stock, visit)?
        };
        Some(Shelved {
            listing,
            seller,
            card,
        })
    });
    Ok(shelved.collect())
}

fn card(
    listing: &Listing,
    seller: &Seller,
    stock: &HashMap<SkuId, i64>,
    visit: &Visit,
) -> Option<ProductCard> {
    let least = listing
        .variants
        .iter()
        .min_by_key(|variant| variant.price.amount)?;
    let available = listing
        .variants
        .iter()
        .map(|variant| stock.get(&variant.sku).copied().unwrap_or(0));
    let locale = visit.locale;
    let (title, _) = listing.words_in(&[locale.code()]);
    Some(ProductCard {
        product: listing.id.to_string(),
        title: title.to_owned(),
        href: cards::product_href(&listing.slug, listing.id),
        seller: seller.name.clone(),
        place: cards::place(&seller.location, locale),
        image: listing.images.first().map(cards::image),
        price: Price::new(locale, least.price),
        from: listing
            .variants
            .iter()
            .any(|variant| variant.price.amount > least.price.amount),
        compare_at: least.compare_at.map(|was| Price::new(locale, was)),
        lowest_30_days: least.lowest_30_days.map(|low| Price::new(locale, low)),
        discount: cards::saving(least).map(|share| format!("−{}", locale.percent(share))),
        stock: cards::stock(available.max().unwrap_or(0)),
        rating: None,
        offers: None,
        promoted: false,
    })
}
