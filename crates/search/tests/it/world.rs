//! Catalogue, shops and stock as the follower sees them, held in memory, over a real log.

use contracts::catalog::{
    Category, CategorySchema, Listing, OfferStanding, ProductChanged, ProductStatus, RemoteCatalog, Variant,
};
use contracts::inventory::{Availability, AvailabilityChanged, RemoteInventory};
use contracts::reviews::{ProductRating, Rating, RatingChanged, RemoteReviews};
use contracts::search::Suggestions;
use contracts::tenants::{Location, RemoteTenants, Shop, ShopChanged, ShopStatus, Tier};
use contracts::{Language, PublicEvent, Reply, Transport};
use kernel::{Clock, Ctx, Currency, Fault, Money, ProductId, SharedClock, SkuId, SystemClock, TenantId};
use search::{Follower, Place, Searches, Sources};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Db, Scope, log};
use testkit::TestDb;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[derive(Default)]
pub struct World {
    listings: Mutex<BTreeMap<ProductId, Listing>>,
    shops: Mutex<BTreeMap<TenantId, Shop>>,
    stock: Mutex<BTreeMap<SkuId, i64>>,
    ratings: Mutex<BTreeMap<ProductId, Rating>>,
    pub categories: Mutex<Vec<Category>>,
    pub schemas: Mutex<Vec<CategorySchema>>,
    /// Products that are the same thing.
    pub items: Mutex<Vec<Vec<ProductId>>>,
    /// Listings that were read so far.
    pub read: AtomicUsize,
    /// How long a page of a scan takes.
    pub scan_ms: AtomicU64,
    /// A file that says how many of the products there are yet, where other processes tell of them.
    pub known: Mutex<Option<PathBuf>>,
}

pub fn now_ctx() -> Ctx {
    Ctx::system("test", SystemClock.now())
}

pub fn shop_id() -> TenantId {
    TenantId(Uuid::from_u128(7))
}

pub fn product_id(n: u32) -> ProductId {
    ProductId(Uuid::from_u128(u128::from(n) + 1))
}

pub fn sku_id(n: u32) -> SkuId {
    SkuId(Uuid::from_u128(u128::from(n) + 1))
}

pub fn shop(status: ShopStatus) -> Shop {
    Shop {
        id: shop_id(),
        slug: "clay-house".to_owned(),
        name: "Clay House".to_owned(),
        story: String::new(),
        status,
        tier: Tier::Pool,
        currency: Currency::EUR,
        location: Location {
            country: "ES".to_owned(),
            region: Some("ES-M".to_owned()),
            postcode: "28001".to_owned(),
            town: "Madrid".to_owned(),
        },
        accent: None,
        logo: None,
        banner: None,
        return_policy: String::new(),
        return_days: 14,
        prices_include_tax: true,
        delivery: Vec::new(),
    }
}

pub fn listing(n: u32, title: &str) -> Listing {
    let at = SystemClock.now();
    Listing {
        id: product_id(n),
        tenant: shop_id(),
        version: 1,
        status: ProductStatus::Active,
        slug: format!("product-{n}"),
        title: title.to_owned(),
        description_html: "<p>Thrown &amp; glazed</p>".to_owned(),
        language: None,
        translations: Default::default(),
        brand: String::new(),
        category: None,
        attributes: BTreeMap::new(),
        tags: Vec::new(),
        tax_category: contracts::taxes::standard(),
        images: Vec::new(),
        making: None,
        digital: None,
        variants: vec![Variant {
            sku: sku_id(n),
            code: format!("P{n}"),
            options: Vec::new(),
            price: Money::new(1500, Currency::EUR),
            compare_at: None,
            lowest_30_days: None,
            sale: None,
            breaks: vec![],
            dimensions: None,
            weight_g: 100,
            gtin: None,
        }],
        price_points: BTreeMap::new(),
        created_at: at,
        updated_at: at,
    }
}

/// What the world answers is what another process would: the contexts' clients read it as JSON.
impl Transport for World {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        _ctx: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        Box::pin(async move {
            match (service, method) {
                ("catalog", "listings_now") => {
                    let (ids,): (Vec<ProductId>,) = read(body);
                    self.read.fetch_add(ids.len(), Ordering::SeqCst);
                    let listings = self.listings.lock().unwrap();
                    let end = self.end();
                    let there = ids.iter().filter(|id| end.is_none_or(|end| **id < end));
                    write(&there.filter_map(|id| listings.get(id)).collect::<Vec<_>>())
                }
                ("catalog", "categories_now") => write(&*self.categories.lock().unwrap()),
                ("catalog", "schemas" | "schemas_now") => write(&*self.schemas.lock().unwrap()),
                ("catalog", "items_of") => {
                    let (ids,): (Vec<ProductId>,) = read(body);
                    let items = self.items.lock().unwrap();
                    let touched = items.iter().filter(|item| item.iter().any(|id| ids.contains(id)));
                    write(&touched.collect::<Vec<_>>())
                }
                // The cheapest first: the rule itself is the catalogue's matter.
                ("catalog", "rank_offers") => {
                    let (mut items,): (Vec<Vec<OfferStanding>>,) = read(body);
                    let rank = |item: &mut Vec<OfferStanding>| {
                        item.sort_by_key(|offer| (!offer.in_stock, offer.price.amount, offer.product));
                        item.iter().map(|offer| offer.product).collect::<Vec<_>>()
                    };
                    write(&items.iter_mut().map(rank).collect::<Vec<_>>())
                }
                ("catalog", "scan") => {
                    tokio::time::sleep(Duration::from_millis(self.scan_ms.load(Ordering::SeqCst))).await;
                    let (after, limit): (Option<ProductId>, u16) = read(body);
                    write(&self.ids(None, after, limit))
                }
                ("catalog", "scan_shop") => {
                    let (shop, after, limit): (TenantId, Option<ProductId>, u16) = read(body);
                    write(&self.ids(Some(shop), after, limit))
                }
                ("tenants", "shops_now") => write(&self.shops.lock().unwrap().values().collect::<Vec<_>>()),
                ("inventory", "availability") => {
                    let (skus,): (Vec<SkuId>,) = read(body);
                    let stock = self.stock.lock().unwrap();
                    let of = |sku: SkuId| Availability {
                        sku,
                        available: stock.get(&sku).copied().unwrap_or(0),
                    };
                    write(&skus.into_iter().map(of).collect::<Vec<_>>())
                }
                ("reviews", "ratings") => {
                    let (ids,): (Vec<ProductId>,) = read(body);
                    let ratings = self.ratings.lock().unwrap();
                    let rated = ids.into_iter().filter_map(|product| {
                        let rating = *ratings.get(&product)?;
                        Some(ProductRating { product, rating })
                    });
                    write(&rated.collect::<Vec<_>>())
                }
                other => panic!("the index does not need {other:?}"),
            }
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).unwrap()
}

fn write(value: &impl serde::Serialize) -> Result<Value, Fault> {
    Ok(serde_json::to_value(value).unwrap())
}

impl World {
    /// One open shop without products.
    pub fn new() -> Arc<Self> {
        let world = Self::default();
        world
            .shops
            .lock()
            .unwrap()
            .insert(shop_id(), shop(ShopStatus::Active));
        Arc::new(world)
    }

    /// The first product that is not there yet.
    fn end(&self) -> Option<ProductId> {
        let known = self.known.lock().unwrap();
        let number = std::fs::read_to_string(known.as_ref()?).unwrap();
        Some(product_id(number.parse().unwrap()))
    }

    fn ids(&self, shop: Option<TenantId>, after: Option<ProductId>, limit: u16) -> Vec<ProductId> {
        let end = self.end();
        let listings = self.listings.lock().unwrap();
        let of_shop = listings
            .values()
            .filter(|one| shop.is_none_or(|shop| one.tenant == shop));
        of_shop
            .map(|one| &one.id)
            .filter(|id| after.is_none_or(|a| **id > a))
            .filter(|id| end.is_none_or(|end| **id < end))
            .take(usize::from(limit))
            .copied()
            .collect()
    }

    pub fn sources(self: &Arc<Self>) -> Sources {
        let transport: Arc<dyn Transport> = Arc::<Self>::clone(self);
        Sources {
            catalog: Arc::new(RemoteCatalog(Arc::clone(&transport))),
            tenants: Arc::new(RemoteTenants(Arc::clone(&transport))),
            inventory: Arc::new(RemoteInventory(Arc::clone(&transport))),
            reviews: Arc::new(RemoteReviews(transport)),
        }
    }

    /// Keeps a product without telling anybody.
    pub fn keep(&self, listing: Listing, stock: i64) {
        self.stock.lock().unwrap().insert(listing.variants[0].sku, stock);
        self.listings.lock().unwrap().insert(listing.id, listing);
    }

    pub async fn publish(&self, db: &Db, listing: Listing) {
        let changed = ProductChanged {
            product: listing.id,
            tenant: listing.tenant,
            version: listing.version,
            status: listing.status,
        };
        self.keep(listing, 5);
        append(db, &[changed]).await;
    }

    pub async fn restock(&self, db: &Db, n: u32, available: i64) {
        self.stock.lock().unwrap().insert(sku_id(n), available);
        let changed = AvailabilityChanged {
            sku: sku_id(n),
            product: product_id(n),
            tenant: shop_id(),
            in_stock: available > 0,
        };
        append(db, &[changed]).await;
    }

    pub async fn rate(&self, db: &Db, n: u32, rating: Rating) {
        self.ratings.lock().unwrap().insert(product_id(n), rating);
        let changed = RatingChanged {
            product: product_id(n),
            shop: shop_id(),
            count: rating.count,
            average_hundredths: rating.average_hundredths,
        };
        append(db, &[changed]).await;
    }

    pub async fn change_shop(&self, db: &Db, shop: Shop) {
        let changed = ShopChanged {
            tenant: shop.id,
            status: shop.status,
        };
        self.shops.lock().unwrap().insert(shop.id, shop);
        append(db, &[changed]).await;
    }
}

/// Appends events in one transaction.
pub async fn append<E: PublicEvent>(db: &Db, events: &[E]) {
    let mut tx = db.begin(Scope::System).await.unwrap();
    for event in events {
        log::append(&mut tx, &now_ctx(), event).await.unwrap();
    }
    tx.commit().await.unwrap();
    log::wake();
}

pub async fn test_db() -> TestDb {
    TestDb::new(&[search::schema()]).await
}

/// A follower that runs until this is dropped or told to stop.
pub struct Running {
    pub searches: Searches,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    pub fn start(sources: Sources, db: Db, folder: &Path) -> Self {
        Self::at(
            sources,
            db,
            Place::Folder(folder.to_owned()),
            Arc::new(SystemClock),
        )
    }

    #[allow(clippy::disallowed_methods, reason = "the test waits for it or breaks it off")]
    pub fn at(sources: Sources, db: Db, place: Place, clock: SharedClock) -> Self {
        let (searches, stop) = (Searches::new(), CancellationToken::new());
        let follower = Follower {
            searches: searches.clone(),
            sources,
            db,
            clock,
            place,
        };
        let task = tokio::spawn(follower.run(stop.clone()));
        Self { searches, stop, task }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// What is suggested to somebody who typed `q`.
    pub async fn suggest(&self, q: &str) -> Suggestions {
        self.suggest_in(q, None).await
    }

    /// What is suggested to somebody who typed `q` and reads `language`.
    pub async fn suggest_in(&self, q: &str, language: Option<Language>) -> Suggestions {
        let typed = q.to_owned();
        let found = self.searches.complete(typed, language, SystemClock.now()).await;
        found.expect("suggestions")
    }

    /// Titles that `q` finds, in order.
    pub async fn titles(&self, q: &str) -> Vec<String> {
        match self
            .searches
            .find(crate::corpus::words(q), SystemClock.now())
            .await
        {
            Ok(page) => page.hits.into_iter().map(|hit| hit.title).collect(),
            Err(search::Error::NotReady) => Vec::new(),
            Err(error) => panic!("{error}"),
        }
    }

    /// Waits until the index holds `n` products.
    pub async fn holds(&self, n: u64) {
        testkit::eventually(&format!("{n} products in the index"), async || {
            (self.searches.documents() == Some(n)).then_some(())
        })
        .await;
    }
}
