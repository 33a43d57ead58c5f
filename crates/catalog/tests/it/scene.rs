//! A catalogue with neighbours that do as they are told.

use catalog::{Products, Settings};
use contracts::Transport;
use contracts::catalog::{OptionValue, ProductDraft, ProductStatus, VariantDraft};
use contracts::identity::{Audience, Principal, RemoteIdentity, UserCard};
use contracts::inventory::{Availability, RemoteInventory, StockCount};
use contracts::tenants::{Location, RemoteTenants, Shop, ShopStatus, Tier};
use kernel::{Ctx, Currency, Fault, FixedClock, Kind, Money, Role, SessionId, SkuId, TenantId, UserId};
use object_store::memory::InMemory;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use testkit::{Client, TestDb};

pub struct Scene {
    pub products: Products,
    pub neighbours: Arc<Neighbours>,
    pub clock: Arc<FixedClock>,
    pub ctx: Ctx,
    pub shop: TenantId,
    pub other_shop: TenantId,
    pub db: TestDb,
    /// Where pictures and files are kept.
    pub objects: Arc<InMemory>,
}

impl Scene {
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let db = TestDb::new(&[catalog::schema()]).await;
        let neighbours = Arc::new(Neighbours::default());
        let clock = testkit::clock();
        let objects = Arc::new(InMemory::new());
        let products = products(&db, &neighbours, &clock, &objects, settings);
        let now = kernel::Clock::now(&*clock);
        Self {
            products,
            neighbours,
            ctx: Ctx::system("test", now),
            shop: TenantId::new(now),
            other_shop: TenantId::new(now),
            clock,
            db,
            objects,
        }
    }

    /// Another instance over the same database and neighbours.
    pub fn second_instance(&self) -> Products {
        products(
            &self.db,
            &self.neighbours,
            &self.clock,
            &self.objects,
            Settings::default(),
        )
    }

    /// Moves the clock and the context with it.
    pub fn advance_ms(&mut self, ms: u64) {
        self.clock.advance(std::time::Duration::from_millis(ms));
        self.ctx.now = kernel::Clock::now(&*self.clock);
    }

    pub async fn upsert(&self, drafts: Vec<ProductDraft>) -> Result<[u64; 3], Fault> {
        use contracts::catalog::Catalog;
        let counts = self.products.upsert(&self.ctx, self.shop, drafts).await?;
        Ok([counts.created, counts.updated, counts.unchanged])
    }

    /// A number from the database, as its owner sees it.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut owner = self.db.owner().await;
        sqlx::query_scalar(sql)
            .fetch_one(&mut owner)
            .await
            .expect("a number")
    }

    /// The API over HTTP, without a caller.
    pub async fn client(&self) -> Client {
        let auth = httpkit::Auth::new(Arc::new(RemoteIdentity(
            Arc::clone(&self.neighbours) as Arc<dyn Transport>
        )));
        let instance = httpkit::Instance {
            id: axum::http::HeaderValue::from_static("test"),
            clock: Arc::clone(&self.clock) as Arc<dyn kernel::Clock>,
            trusted_proxies: httpkit::TrustedProxies::default(),
        };
        let (api, _) = catalog::routes(self.products.clone()).split_for_parts();
        let router = api
            .merge(catalog::media_routes(self.products.clone()))
            .layer(axum::Extension(auth))
            .layer(httpkit::Observe(instance));
        Client::new(testkit::spawn_router(router).await)
    }

    pub async fn seller(&self) -> Client {
        self.client().await.bearer(&format!("owner {}", self.shop))
    }
}

fn products(
    db: &TestDb,
    neighbours: &Arc<Neighbours>,
    clock: &Arc<FixedClock>,
    objects: &Arc<InMemory>,
    settings: Settings,
) -> Products {
    let transport = Arc::clone(neighbours) as Arc<dyn Transport>;
    let products = Products::new(
        db.db(catalog::CONTEXT),
        Arc::clone(clock) as Arc<dyn kernel::Clock>,
        Arc::new(RemoteInventory(Arc::clone(&transport))),
        Arc::new(RemoteTenants(Arc::clone(&transport))),
        Arc::clone(objects) as Arc<dyn object_store::ObjectStore>,
        settings,
    );
    products.know_people(Arc::new(RemoteIdentity(transport)));
    products
}

/// Identity, tenants and inventory. A token reads `<role> <tenant>`, `buyer` or `admin`.
#[derive(Default)]
pub struct Neighbours {
    pub stock: Mutex<HashMap<SkuId, i64>>,
    /// How many counts each call to inventory brought.
    pub counted: Mutex<Vec<usize>>,
    /// The numbers under which the counts came, taken or not.
    pub statements: Mutex<Vec<i64>>,
    /// Counts of these units are refused.
    pub refuses_units: Mutex<HashSet<i64>>,
    pub inventory_is_down: AtomicBool,
    pub closed_shops: Mutex<HashSet<TenantId>>,
    /// Where shops are.
    pub placed: Mutex<HashMap<TenantId, String>>,
}

impl Neighbours {
    pub fn stock_of(&self, sku: SkuId) -> Option<i64> {
        self.stock.lock().unwrap().get(&sku).copied()
    }

    pub fn counts_passed_on(&self) -> usize {
        self.counted.lock().unwrap().iter().sum()
    }

    fn answer(&self, service: &str, method: &str, ctx: &Ctx, body: Value) -> Result<Value, Fault> {
        match (service, method) {
            ("identity", "authenticate") => self.authenticate(ctx, &body),
            ("identity", "users") => {
                let (ids,): (Vec<UserId>,) = read(body);
                let card = |id| UserCard {
                    id,
                    email: "ada@example.com".to_owned(),
                    name: "Ada Byron".to_owned(),
                };
                Ok(json!(ids.into_iter().map(card).collect::<Vec<_>>()))
            }
            ("inventory", "availability") => {
                let (skus,): (Vec<SkuId>,) = read(body);
                let stock = self.stock.lock().unwrap();
                let known = skus.iter().map(|sku| Availability {
                    sku: *sku,
                    available: stock.get(sku).copied().unwrap_or(0),
                });
                Ok(json!(known.collect::<Vec<_>>()))
            }
            ("inventory", "count") => self.count(body),
            ("tenants", "shops") => {
                let (ids,): (Vec<TenantId>,) = read(body);
                let closed = self.closed_shops.lock().unwrap();
                Ok(json!(
                    ids.iter()
                        .map(|id| shop(*id, closed.contains(id)))
                        .collect::<Vec<_>>()
                ))
            }
            ("tenants", "shops_in") => {
                let (country, region): (String, Option<String>) = read(body);
                let placed = self.placed.lock().unwrap();
                let there = placed.iter().filter(|(_, place)| match &region {
                    Some(region) => *place == region,
                    None => place.starts_with(&country),
                });
                Ok(json!(there.map(|(id, _)| *id).collect::<Vec<_>>()))
            }
            _ => panic!("the catalogue is not expected to call {service}.{method}"),
        }
    }

    fn count(&self, body: Value) -> Result<Value, Fault> {
        let (_, counts): (TenantId, Vec<StockCount>) = read(body);
        let numbers = counts.iter().map(|c| c.stated.expect("every count has a number"));
        self.statements.lock().unwrap().extend(numbers);
        if self.inventory_is_down.load(Ordering::SeqCst) {
            return Err(Fault::unavailable("inventory"));
        }
        let refused = self.refuses_units.lock().unwrap();
        if counts.iter().any(|c| refused.contains(&c.on_hand)) {
            return Err(Fault::new(
                Kind::Conflict,
                "count_below_reserved",
                "More is reserved.",
            ));
        }
        self.counted.lock().unwrap().push(counts.len());
        self.stock
            .lock()
            .unwrap()
            .extend(counts.iter().map(|c| (c.sku, c.on_hand)));
        Ok(Value::Null)
    }

    fn authenticate(&self, ctx: &Ctx, body: &Value) -> Result<Value, Fault> {
        let token = body[0]["bearer"].as_str().unwrap_or_default();
        let (role, tenant) = token.split_once(' ').unwrap_or((token, ""));
        let (audience, role) = match role {
            "owner" => (Audience::Seller, Role::Owner),
            "analyst" => (Audience::Seller, Role::Analyst),
            "buyer" => (Audience::Buyer, Role::Buyer),
            "admin" => (Audience::Admin, Role::Admin),
            _ => return Err(Fault::new(Kind::Unauthenticated, "token_invalid", "Sign in.")),
        };
        Ok(json!(Principal {
            user: UserId::new(ctx.now),
            audience,
            role,
            tenant: tenant.parse().ok(),
            session: SessionId::new(ctx.now),
            expires_at: ctx.now + std::time::Duration::from_secs(60),
            csrf: None,
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
            email_verified: true,
            scopes: None,
        }))
    }
}

fn read<T: serde::de::DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).expect("a call as the contract has it")
}

impl Transport for Neighbours {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        ctx: &'a Ctx,
        body: Value,
    ) -> contracts::Reply<'a, Value> {
        Box::pin(async move { self.answer(service, method, ctx, body) })
    }
}

fn shop(id: TenantId, is_closed: bool) -> Shop {
    Shop {
        id,
        slug: "pottery".to_owned(),
        name: "Pottery".to_owned(),
        story: String::new(),
        status: if is_closed {
            ShopStatus::Suspended
        } else {
            ShopStatus::Active
        },
        tier: Tier::Pool,
        currency: Currency::EUR,
        location: Location {
            country: "ES".to_owned(),
            region: Some("ES-V".to_owned()),
            postcode: "46001".to_owned(),
            town: "València".to_owned(),
        },
        accent: None,
        logo: None,
        banner: None,
        return_policy: String::new(),
        return_days: 14,
        prices_include_tax: true,
        delivery: vec![],
    }
}

/// A product with one variant at 19.90 EUR, three in stock.
pub fn bowl(key: &str) -> ProductDraft {
    ProductDraft {
        key: key.to_owned(),
        title: format!("Oak bowl {key}"),
        description: "A **bowl**.".to_owned(),
        brand: "Ada".to_owned(),
        category: Some("wood/bowls".to_owned()),
        status: Some(ProductStatus::Active),
        variants: vec![variant(key, 1990, Some(3))],
        ..ProductDraft::default()
    }
}

pub fn variant(code: &str, price: i64, stock: Option<i64>) -> VariantDraft {
    VariantDraft {
        code: code.to_owned(),
        options: vec![],
        price: Money::new(price, Currency::EUR),
        compare_at: None,
        sale: contracts::catalog::DraftSale::Kept,
        breaks: None,
        dimensions: None,
        weight_g: 350,
        gtin: None,
        stock,
    }
}

pub fn sized(code: &str, size: &str) -> VariantDraft {
    VariantDraft {
        options: vec![OptionValue {
            name: "Size".to_owned(),
            value: size.to_owned(),
        }],
        ..variant(code, 1990, None)
    }
}
