//! What the visitor has shown an interest in lately, as it goes along with a search: what they looked at, keep on their wish
//! list, and bought. Who does not want to be remembered has no taste, and nobody waits long for it.

use super::visit::Visit;
use super::{Shop, viewed};
use contracts::catalog::Listing;
use contracts::search::taste::{Interest, Taste};
use contracts::search::{SearchQuery, Sort};
use contracts::tenants::Shop as Seller;
use kernel::{Fault, ProductId, TenantId};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How long a page waits: without it, it is still one.
const WAIT: Duration = Duration::from_millis(150);
/// What a look, a wish and a purchase tell beside each other.
const LOOK: u32 = 1;
const WISH: u32 = 2;
const PURCHASE: u32 = 3;
/// The latest of each that are reckoned with.
const WISHES: usize = 12;
const ORDERS: u16 = 5;
const PURCHASES: usize = 12;

/// The query with the visitor's taste, where its order asks for one: best answers to words, from their first page.
pub async fn known(shop: &Shop, visit: &Visit, query: SearchQuery) -> SearchQuery {
    let is_ranked = query.sort == Sort::Relevance && !query.q.trim().is_empty();
    if !is_ranked || query.after.is_some() {
        return query;
    }
    let taste = tokio::time::timeout(WAIT, of(shop, visit)).await;
    SearchQuery {
        taste: taste.ok().and_then(Result::ok).flatten(),
        ..query
    }
}

async fn of(shop: &Shop, visit: &Visit) -> Result<Option<Taste>, Fault> {
    let (looked, wished, bought) = futures::join!(
        viewed::latest(shop, visit),
        wished(shop, visit),
        bought(shop, visit)
    );
    if !looked.kept {
        return Ok(None);
    }
    let mut weights: HashMap<ProductId, u32> = HashMap::new();
    for (products, weight) in [(looked.products, LOOK), (wished, WISH), (bought, PURCHASE)] {
        for product in products {
            *weights.entry(product).or_default() += weight;
        }
    }
    if weights.is_empty() {
        return Ok(None);
    }
    let listings = shop
        .catalog
        .listings(&visit.ctx, weights.keys().copied().collect())
        .await?;
    let tenants: HashSet<TenantId> = listings.iter().map(|listing| listing.tenant).collect();
    let sellers = shop
        .tenants
        .shops(&visit.ctx, tenants.into_iter().collect())
        .await?;
    let interests: Vec<Interest> = listings
        .iter()
        .filter_map(|listing| interest(listing, &sellers, &weights))
        .collect();
    Ok(Taste::of(&interests))
}

fn interest(listing: &Listing, sellers: &[Seller], weights: &HashMap<ProductId, u32>) -> Option<Interest> {
    let seller = sellers.iter().find(|seller| seller.id == listing.tenant)?;
    let cheapest = listing
        .variants
        .iter()
        .min_by_key(|variant| variant.price.amount)?;
    Some(Interest {
        category: listing.category.as_ref().map(|category| category.path.clone()),
        seller: seller.slug.clone(),
        price: cheapest.price,
        weight: weights.get(&listing.id).copied()?,
    })
}

async fn wished(shop: &Shop, visit: &Visit) -> Vec<ProductId> {
    let mut wished = match visit.user() {
        Ok(user) => shop.wishlists.wished(&visit.ctx, user).await.unwrap_or_default(),
        Err(_) => visit.kept.wishes.clone(),
    };
    wished.truncate(WISHES);
    wished
}

async fn bought(shop: &Shop, visit: &Visit) -> Vec<ProductId> {
    let Ok(user) = visit.user() else {
        return Vec::new();
    };
    let orders = shop.orders.of_buyer(&visit.ctx, user, None, ORDERS).await;
    let ids: Vec<_> = orders
        .map(|page| page.items.iter().map(|order| order.id).collect())
        .unwrap_or_default();
    if ids.is_empty() {
        return Vec::new();
    }
    let products = shop
        .order_desk
        .products(&visit.ctx, ids)
        .await
        .unwrap_or_default();
    products
        .into_iter()
        .flat_map(|of| of.products)
        .take(PURCHASES)
        .collect()
}
