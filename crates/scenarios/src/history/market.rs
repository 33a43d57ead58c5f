//! The marketplace as it was: every seller a shop, everything they sold at every price they asked.

use super::data::{History, Place, Thing, reais};
use crate::{Caller, Shop, Sku};
use anyhow::{Context, Result, ensure};
use futures::stream::{StreamExt, TryStreamExt};
use kernel::DateTime;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use testkit::Response;
use tokio::sync::Mutex;

const OWNER: &str = "olist@example.org";
const PASSWORD: &str = "Peristyle-1907";
const STOCK: i64 = 100_000;
/// The least that a product may have of, and the most.
const VARIANTS_MAX: usize = 100;
const AT_ONCE: usize = 8;
const BUSY_PAUSE: Duration = Duration::from_millis(500);
/// A seller's token is used for so long, by the clock of the program.
const FRESH_S: i64 = 10 * 60;

pub struct Market {
    pub sellers: BTreeMap<String, Seller>,
    pub skus: HashMap<Thing, Sku>,
    /// Sellers by their shops.
    by_shop: HashMap<String, String>,
    stranger: Caller,
    /// What the program's clock was told last, in seconds since 1970.
    now: AtomicI64,
}

/// A seller, and who signed in for them last.
pub struct Seller {
    pub shop: String,
    session: Mutex<Session>,
}

struct Session {
    access: Caller,
    refresh: String,
    /// Seconds since 1970.
    since: i64,
}

impl Market {
    pub async fn open(
        stranger: &Caller,
        operator: &Caller,
        history: &History,
        now: DateTime,
    ) -> Result<Self> {
        let card = json!({"email": OWNER, "name": "Olist", "password": PASSWORD});
        let _ = stranger.post("/v1/auth/register", &card).await?.expect(201);
        let owner = login(stranger, "buyer", None).await?.0;
        let opened = futures::stream::iter(&history.sellers)
            .map(|(id, place)| open_one(stranger, &owner, operator, id, place, now.timestamp()))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<(String, Seller)>>();
        let sellers: BTreeMap<String, Seller> = opened.await?.into_iter().collect();
        let by_shop = sellers
            .iter()
            .map(|(id, seller)| (seller.shop.clone(), id.clone()));
        let mut market = Self {
            by_shop: by_shop.collect(),
            sellers,
            skus: HashMap::new(),
            stranger: stranger.clone(),
            now: AtomicI64::new(now.timestamp()),
        };
        market.skus = market.publish(history).await?;
        Ok(market)
    }

    /// Moves the program's clock on.
    pub async fn tell(&self, now: DateTime) -> Result<()> {
        let caller = self.stranger.with("stoa-clock", now.to_rfc3339());
        answered(caller.get("/health/live").await?, 200)?;
        self.now.fetch_max(now.timestamp(), Ordering::SeqCst);
        Ok(())
    }

    /// A product for each that a seller sold, with a variant for each price and delivery.
    async fn publish(&self, history: &History) -> Result<HashMap<Thing, Sku>> {
        let mut things: BTreeMap<(&str, &str), Vec<&Thing>> = BTreeMap::new();
        for thing in history.orders.iter().flat_map(|order| order.lines.keys()) {
            things
                .entry((&thing.seller, &thing.product))
                .or_default()
                .push(thing);
        }
        let mut products = Vec::new();
        for things in things.values_mut() {
            things.sort_unstable();
            things.dedup();
            products.extend(things.chunks(VARIANTS_MAX).map(<[&Thing]>::to_vec));
        }
        let published = futures::stream::iter(products)
            .map(|things| self.publish_one(things))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<Vec<(Thing, Sku)>>>();
        Ok(published.await?.into_iter().flatten().collect())
    }

    async fn publish_one(&self, things: Vec<&Thing>) -> Result<Vec<(Thing, Sku)>> {
        let first = things.first().context("a product has variants")?;
        let variant = |thing: &&Thing| {
            json!({
                "code": format!("{}-{}-{}", &thing.product[..12], thing.price, thing.freight),
                "price": reais(thing.price),
                "stock": STOCK,
                // A started kilogram costs a centavo to deliver: it weighs what its delivery cost.
                "weight_g": thing.freight * 1_000,
                "options": [{"name": "Preço", "value": format!("{} + {}", thing.price, thing.freight)}],
            })
        };
        let product = json!({
            "title": format!("Produto {}", &first.product[..12]),
            "status": "active",
            "variants": things.iter().map(variant).collect::<Vec<Value>>(),
        });
        let seller = self.caller(&first.seller).await?;
        let product = answered(seller.post("/v1/seller/products", &product).await?, 201)?.json();
        let variants = product["variants"].as_array().cloned().unwrap_or_default();
        ensure!(variants.len() == things.len(), "{product}");
        let sku = |variant: &Value| Sku {
            id: text(&variant["sku"]),
            product: text(&product["id"]),
        };
        let mut skus: HashMap<String, Sku> = variants.iter().map(|v| (text(&v["code"]), sku(v))).collect();
        let found = things.into_iter().map(|thing| {
            let code = format!("{}-{}-{}", &thing.product[..12], thing.price, thing.freight);
            Ok((thing.clone(), skus.remove(&code).context("a variant for each")?))
        });
        found.collect()
    }

    /// The seller, signed in.
    pub async fn caller(&self, seller: &str) -> Result<Caller> {
        let seller = self.sellers.get(seller).context("a seller")?;
        let now = self.now.load(Ordering::SeqCst);
        let mut session = seller.session.lock().await;
        if now - session.since > FRESH_S {
            let card = json!({"refresh_token": session.refresh});
            let answer = self.stranger.post("/v1/auth/refresh", &card).await?;
            // After a month without a word, they sign in again.
            let (access, refresh) = match answer.status {
                200 => pair(&self.stranger, &answer),
                _ => login(&self.stranger, "seller", Some(&seller.shop)).await?,
            };
            *session = Session {
                access,
                refresh,
                since: now,
            };
        }
        Ok(session.access.clone())
    }

    /// The owner of a shop, signed in.
    pub async fn owner(&self, shop: &str) -> Result<Caller> {
        self.caller(self.by_shop.get(shop).context("a shop")?).await
    }
}

async fn open_one(
    stranger: &Caller,
    owner: &Caller,
    operator: &Caller,
    id: &str,
    place: &Place,
    since: i64,
) -> Result<(String, Seller)> {
    let application = json!({
        "name": format!("Loja {}", &id[..12]),
        "slug": format!("loja-{}", &id[..12]),
        "currency": "BRL",
        "location": {"country": "BR", "region": place.state, "postcode": place.postcode, "town": place.town},
        "delivery": [{"code": "correios", "name": "Correios", "rates": [
            {"zone": {"kind": "world"}, "price": reais(0), "per_kg": reais(1), "days_min": 2, "days_max": 30}]}],
    });
    let shop = answered(owner.post("/v1/shops", &application).await?, 201)?.json();
    let shop = text(&shop["id"]);
    let (access, refresh) = login(stranger, "seller", Some(&shop)).await?;
    for (item, reference) in Shop::CHECK_LIST {
        let statement = json!({"attested": true, "holder": id, "reference": reference});
        let path = format!("/v1/seller/onboarding/{item}");
        answered(access.put(&path, &statement).await?, 200)?;
    }
    let path = format!("/v1/admin/shops/{shop}/approve");
    answered(operator.post(&path, &json!({"reason": "it traded"})).await?, 200)?;
    let session = Mutex::new(Session {
        access,
        refresh,
        since,
    });
    Ok((id.to_owned(), Seller { shop, session }))
}

async fn login(stranger: &Caller, audience: &str, shop: Option<&str>) -> Result<(Caller, String)> {
    let mut card = json!({"email": OWNER, "password": PASSWORD, "audience": audience});
    if let Some(shop) = shop {
        card["shop"] = json!(shop);
    }
    let mut answer = stranger.post("/v1/auth/login", &card).await?;
    while answer.status == 429 {
        // So many sign in at once that some have to wait for a core.
        tokio::time::sleep(BUSY_PAUSE).await;
        answer = stranger.post("/v1/auth/login", &card).await?;
    }
    Ok(pair(stranger, &answered(answer, 200)?))
}

fn pair(stranger: &Caller, answer: &Response) -> (Caller, String) {
    let pair = answer.json();
    let access = stranger.stranger().bearer(&text(&pair["access_token"]));
    (access, text(&pair["refresh_token"]))
}

pub fn answered(answer: Response, status: u16) -> Result<Response> {
    ensure!(
        answer.status == status,
        "answered {}: {}",
        answer.status,
        answer.text()
    );
    Ok(answer)
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
