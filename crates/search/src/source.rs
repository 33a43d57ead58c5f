//! What the index is made of: a product's listing, its shop and its stock, put together as one document.

use crate::engine::document::tidy;
use crate::engine::{Document, Labelled, Translated};
use crate::popularity;
use contracts::catalog::{
    Catalog, Category, CategorySchema, Listing, OfferStanding, ProductStatus, Titles, Variant,
};
use contracts::inventory::Inventory;
use contracts::reviews::{Rating, Reviews};
use contracts::search::{SearchHit, facet_values};
use contracts::tenants::{DeliveryRate, Shop, ShopStatus, Tenants};
use kernel::{Ctx, Fault, ProductId, SkuId, TenantId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Db;

/// How long category names are believed.
const CATEGORIES_FRESH: Duration = Duration::from_secs(30);

/// The contexts that products are read from.
#[derive(Clone)]
pub struct Sources {
    pub catalog: Arc<dyn Catalog>,
    pub tenants: Arc<dyn Tenants>,
    pub inventory: Arc<dyn Inventory>,
    pub reviews: Arc<dyn Reviews>,
}

/// Reads documents, a set at a time.
pub struct Reader {
    sources: Sources,
    /// Of this context: what sells.
    db: Db,
    categories: HashMap<String, Category>,
    /// By category path: attributes that are searched and not offered as facets.
    not_offered: HashMap<String, HashSet<String>>,
    categories_at: Option<Instant>,
}

/// What the index is to hold of some products.
#[derive(Debug, Default)]
pub struct Documents {
    pub put: Vec<Document>,
    /// Not for sale, or gone.
    pub removed: Vec<ProductId>,
}

impl Reader {
    pub fn new(sources: Sources, db: Db) -> Self {
        Self {
            sources,
            db,
            categories: HashMap::new(),
            not_offered: HashMap::new(),
            categories_at: None,
        }
    }

    /// What the index is to hold of `ids` as things are now, and of all that are offers of the same items: which is put first
    /// may be another by now.
    pub async fn documents(&mut self, ctx: &Ctx, ids: &[ProductId]) -> Result<Documents, Fault> {
        if self.categories_at.is_none() {
            // Before the listings, whose categories are named as they were last read.
            self.read_categories(ctx).await?;
        }
        let items = self.sources.catalog.items_of(ctx, ids.to_vec()).await?;
        let mut ids = ids.to_vec();
        let asked: HashSet<ProductId> = ids.iter().copied().collect();
        let others = items.iter().flatten().filter(|id| !asked.contains(id));
        ids.extend(others);
        let listings = self.sources.catalog.listings_now(ctx, ids.clone()).await?;
        let active: Vec<Listing> = listings
            .into_iter()
            .filter(|listing| listing.status == ProductStatus::Active && !listing.variants.is_empty())
            .collect();
        let shops = self
            .active_shops(ctx, active.iter().map(|l| l.tenant).collect())
            .await?;
        let for_sale: Vec<Listing> = active
            .into_iter()
            .filter(|l| shops.contains_key(&l.tenant))
            .collect();
        let in_stock = self.in_stock(ctx, &for_sale).await?;
        self.know_categories(ctx, &for_sale).await?;
        let ids_for_sale: Vec<ProductId> = for_sale.iter().map(|l| l.id).collect();
        // An index without popularity is better than none.
        let popularity = popularity::of(&self.db, &ids_for_sale, ctx.now)
            .await
            .unwrap_or_else(|error| {
                tracing::warn!(%error, "what sells could not be read");
                HashMap::new()
            });
        let ratings = self.ratings(ctx, ids_for_sale).await?;

        let offers = self.offers(ctx, items, &for_sale, &shops, &in_stock).await?;

        let mut put: Vec<Document> = for_sale
            .into_iter()
            .filter_map(|listing| {
                let shop = shops.get(&listing.tenant)?;
                let cheapest = listing.variants.iter().min_by_key(|v| v.price.amount)?.clone();
                let in_stock = listing.variants.iter().any(|v| in_stock.contains(&v.sku));
                let popularity = popularity.get(&listing.id).copied().unwrap_or(0);
                let rating = ratings.get(&listing.id).copied();
                Some(Document {
                    popularity,
                    ..self.document(listing, shop, &cheapest, in_stock, rating)
                })
            })
            .collect();
        offers.tell(&mut put);
        let kept: HashSet<ProductId> = put.iter().map(|document| document.product).collect();
        Ok(Documents {
            removed: ids.iter().copied().filter(|id| !kept.contains(id)).collect(),
            put,
        })
    }

    /// The offers of each item that are for sale, the one that is put first in front.
    async fn offers(
        &self,
        ctx: &Ctx,
        items: Vec<Vec<ProductId>>,
        for_sale: &[Listing],
        shops: &HashMap<TenantId, Shop>,
        in_stock: &HashSet<SkuId>,
    ) -> Result<Offers, Fault> {
        if items.is_empty() {
            return Ok(Offers::default());
        }
        let standings = for_sale.iter().filter_map(|listing| {
            let shop = shops.get(&listing.tenant)?;
            Some((listing.id, standing(listing, shop, in_stock)?))
        });
        let standings: HashMap<ProductId, OfferStanding> = standings.collect();
        let of_item =
            |item: Vec<ProductId>| item.iter().filter_map(|id| standings.get(id).cloned()).collect();
        let items: Vec<Vec<OfferStanding>> = items.into_iter().map(of_item).collect();
        let ranked = self.sources.catalog.rank_offers(ctx, items).await?;
        Ok(Offers(ranked))
    }

    /// The products of other shops whose place among an item's offers may be another when all of `ids` are gone.
    pub async fn beside(&self, ctx: &Ctx, ids: &[ProductId]) -> Result<Vec<ProductId>, Fault> {
        let items = self.sources.catalog.items_of(ctx, ids.to_vec()).await?;
        Ok(items
            .into_iter()
            .flatten()
            .filter(|id| !ids.contains(id))
            .collect())
    }

    /// Those of `tenants` whose shops are open.
    pub async fn active_shops(
        &self,
        ctx: &Ctx,
        tenants: HashSet<TenantId>,
    ) -> Result<HashMap<TenantId, Shop>, Fault> {
        if tenants.is_empty() {
            return Ok(HashMap::new());
        }
        let shops = self
            .sources
            .tenants
            .shops_now(ctx, tenants.into_iter().collect())
            .await?;
        Ok(shops
            .into_iter()
            .filter(|s| s.status == ShopStatus::Active)
            .map(|s| (s.id, s))
            .collect())
    }

    /// The next products above `after`, of one shop or of all.
    pub async fn scan(
        &self,
        ctx: &Ctx,
        shop: Option<TenantId>,
        after: Option<ProductId>,
        limit: u16,
    ) -> Result<Vec<ProductId>, Fault> {
        match shop {
            Some(tenant) => self.sources.catalog.scan_shop(ctx, tenant, after, limit).await,
            None => self.sources.catalog.scan(ctx, after, limit).await,
        }
    }

    async fn in_stock(&self, ctx: &Ctx, listings: &[Listing]) -> Result<HashSet<SkuId>, Fault> {
        let skus: Vec<SkuId> = listings
            .iter()
            .flat_map(|l| l.variants.iter().map(|v| v.sku))
            .collect();
        if skus.is_empty() {
            return Ok(HashSet::new());
        }
        let availability = self.sources.inventory.availability(ctx, skus).await?;
        Ok(availability
            .into_iter()
            .filter(|a| a.available > 0)
            .map(|a| a.sku)
            .collect())
    }

    /// Stars of those products that have any.
    async fn ratings(
        &self,
        ctx: &Ctx,
        products: Vec<ProductId>,
    ) -> Result<HashMap<ProductId, Rating>, Fault> {
        let rated = self.sources.reviews.ratings(ctx, products).await?;
        Ok(rated.into_iter().map(|one| (one.product, one.rating)).collect())
    }

    /// The tree is another one.
    pub fn forget_categories(&mut self) {
        self.categories_at = None;
    }

    /// Reads the tree when a path is new or the names are old.
    async fn know_categories(&mut self, ctx: &Ctx, listings: &[Listing]) -> Result<(), Fault> {
        let mut paths = listings.iter().filter_map(|l| l.category.as_ref());
        let is_old = self
            .categories_at
            .is_none_or(|at| at.elapsed() > CATEGORIES_FRESH);
        if !is_old && paths.all(|category| self.categories.contains_key(&category.path)) {
            return Ok(());
        }
        self.read_categories(ctx).await
    }

    async fn read_categories(&mut self, ctx: &Ctx) -> Result<(), Fault> {
        let (tree, schemas) = futures::join!(
            self.sources.catalog.categories_now(ctx),
            self.sources.catalog.schemas_now(ctx),
        );
        self.categories = tree?
            .into_iter()
            .map(|category| (category.path.clone(), category))
            .collect();
        let not_offered = |schema: CategorySchema| {
            let attributes = schema.attributes.into_iter();
            let keys: HashSet<String> = attributes
                .filter(|attribute| !attribute.facetable)
                .map(|attribute| attribute.key)
                .collect();
            (!keys.is_empty()).then_some((schema.path, keys))
        };
        self.not_offered = schemas?.into_iter().filter_map(not_offered).collect();
        self.categories_at = Some(Instant::now());
        Ok(())
    }

    fn document(
        &self,
        listing: Listing,
        shop: &Shop,
        cheapest: &Variant,
        in_stock: bool,
        rating: Option<Rating>,
    ) -> Document {
        let (categories, category_aliases) = self.categories_of(&listing);
        let (attributes, not_offered) = self.attributes_of(&listing);
        let titles = Titles::of(&listing);
        let price_from = listing
            .variants
            .iter()
            .any(|v| v.price.amount > cheapest.price.amount);
        Document {
            product: listing.id,
            tenant: listing.tenant,
            categories,
            category_aliases,
            // What is no facet is searched as the words beside it are.
            description: std::iter::once(plain_text(&listing.description_html))
                .chain(not_offered)
                .collect::<Vec<_>>()
                .join("\n"),
            translations: listing
                .translations
                .iter()
                .map(|(language, words)| Translated {
                    language: language.clone(),
                    title: words.title.clone(),
                    description: plain_text(&words.description_html),
                })
                .collect(),
            attributes,
            seller: labelled(&shop.slug, &shop.name),
            region: shop.location.region.as_deref().map(|code| {
                labelled(
                    code,
                    kernel::geo::subdivision(code).map_or(code, |subdivision| subdivision.name),
                )
            }),
            country: labelled(
                &shop.location.country,
                kernel::geo::country(&shop.location.country)
                    .map_or(shop.location.country.as_str(), |c| c.name),
            ),
            price: cheapest.price,
            in_stock,
            created_at: listing.created_at,
            popularity: 0,
            also_called: Vec::new(),
            wins: true,
            // At most 500.
            rating: rating.map_or(0, |rating| u16::try_from(rating.average_hundredths).unwrap_or(0)),
            card: SearchHit {
                product: listing.id,
                tenant: listing.tenant,
                slug: listing.slug,
                title: listing.title.clone(),
                shop_name: shop.name.clone(),
                shop_slug: shop.slug.clone(),
                region: shop.location.region.clone(),
                price: cheapest.price,
                price_from,
                compare_at: cheapest.compare_at,
                lowest_30_days: cheapest.lowest_30_days,
                image: listing.images.into_iter().next(),
                in_stock,
                distance_km: None,
                rating,
                offers: None,
                promoted: false,
                titles,
            },
            title: listing.title,
            language: listing.language,
            brand: listing.brand,
            tags: listing.tags,
        }
    }

    /// What one may filter by, and the values of attributes that the product's category does not offer as facets.
    fn attributes_of(&self, listing: &Listing) -> (Vec<(String, String)>, Vec<String>) {
        let category = listing.category.as_ref();
        let Some(keys) = category.and_then(|category| self.not_offered.get(&category.path)) else {
            return (attributes_of(listing, &HashSet::new()), Vec::new());
        };
        let hidden = listing.attributes.iter().filter(|(key, _)| keys.contains(*key));
        let values = hidden.flat_map(|(_, value)| facet_values(value));
        // What is merely so or not so is no word to find a product by.
        let words = values.filter(|value| value != "yes" && value != "no");
        (attributes_of(listing, keys), words.collect())
    }

    /// The category with its ancestors, and their names in the other language.
    fn categories_of(&self, listing: &Listing) -> (Vec<Labelled>, Vec<String>) {
        let Some(own) = &listing.category else {
            return (Vec::new(), Vec::new());
        };
        let ends = own
            .path
            .match_indices('/')
            .map(|(at, _)| at)
            .chain([own.path.len()]);
        let (mut categories, mut aliases) = (Vec::new(), Vec::new());
        for path in ends.map(|end| &own.path[..end]) {
            let known = self.categories.get(path);
            let name = match known {
                Some(category) => category.name.as_str(),
                None if path == own.path => own.name.as_str(),
                None => path.rsplit('/').next().unwrap_or(path),
            };
            categories.push(labelled(path, name));
            aliases.extend(
                known
                    .map(|category| category.name_es.clone())
                    .filter(|es| !es.is_empty() && es != name),
            );
        }
        (categories, aliases)
    }
}

/// Of each item the offers that are for sale, the one that is put first in front.
#[derive(Debug, Default)]
struct Offers(Vec<Vec<ProductId>>);

impl Offers {
    /// Tells the documents of offers which are put first, how many shops sell the same, and by which words.
    fn tell(&self, documents: &mut [Document]) {
        let place_of: HashMap<ProductId, usize> = (0..)
            .zip(documents.iter())
            .map(|(n, document)| (document.product, n))
            .collect();
        for item in &self.0 {
            let places: Vec<usize> = item.iter().filter_map(|id| place_of.get(id).copied()).collect();
            let Some((&first, others)) = places.split_first() else {
                continue;
            };
            let shops: HashSet<TenantId> = places.iter().map(|&n| documents[n].tenant).collect();
            let offers = u32::try_from(shops.len()).ok().filter(|shops| *shops > 1);
            let mut called: Vec<String> = others.iter().map(|&n| documents[n].title.clone()).collect();
            called.retain(|title| *title != documents[first].title);
            called.sort_unstable();
            called.dedup();
            documents[first].also_called = called;
            for &n in &places {
                documents[n].wins = n == first;
                documents[n].card.offers = offers;
            }
        }
    }
}

/// What is looked at to say which offer of an item is put first: its cheapest variant in stock, or of all.
fn standing(listing: &Listing, shop: &Shop, in_stock: &HashSet<SkuId>) -> Option<OfferStanding> {
    let is_there = |v: &&Variant| in_stock.contains(&v.sku);
    let cheapest_there = listing
        .variants
        .iter()
        .filter(is_there)
        .min_by_key(|v| v.price.amount);
    let cheapest = || listing.variants.iter().min_by_key(|v| v.price.amount);
    let rates = shop.delivery.iter().flat_map(|option| &option.rates);
    Some(OfferStanding {
        product: listing.id,
        tenant: listing.tenant,
        in_stock: cheapest_there.is_some(),
        price: cheapest_there.or_else(cheapest)?.price,
        delivery: rates.map(DeliveryRate::least).min_by_key(|m| m.amount),
        since: listing.created_at,
    })
}

/// Typed attributes save those of `hidden`, the options of all variants, and the brand: whatever one may filter by.
fn attributes_of(listing: &Listing, hidden: &HashSet<String>) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut add = |key: &str, value: &str| {
        let pair = (tidy(key), tidy(value));
        if !pair.0.is_empty() && !pair.1.is_empty() && !pairs.contains(&pair) {
            pairs.push(pair);
        }
    };
    for (key, value) in listing
        .attributes
        .iter()
        .filter(|(key, _)| !hidden.contains(*key))
    {
        facet_values(value).iter().for_each(|value| add(key, value));
    }
    for option in listing.variants.iter().flat_map(|v| &v.options) {
        add(&option.name, &option.value);
    }
    let mut said = listing.attributes.keys().chain(hidden);
    if !said.any(|key| key.eq_ignore_ascii_case("brand")) {
        add("brand", &listing.brand);
    }
    pairs
}

fn labelled(value: &str, label: &str) -> Labelled {
    Labelled {
        value: tidy(value),
        label: tidy(label),
    }
}

/// The words of sanitised HTML.
fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        text.push(' ');
        rest = rest[open..]
            .find('>')
            .map_or("", |close| &rest[open + close + 1..]);
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        if text.contains(entity) {
            text = text.replace(entity, character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn only_words_are_left_of_markup() {
        assert_eq!(
            plain_text("<p>Salt &amp; pepper</p><p>mills</p>")
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["Salt", "&", "pepper", "mills"]
        );
        assert_eq!(plain_text("a <b"), "a  ");
    }
}
