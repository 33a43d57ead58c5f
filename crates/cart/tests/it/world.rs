//! One cart service per test: a database of its own, and offers, stock and tokens in memory.

use axum::Extension;
use axum::http::HeaderValue;
use cart::Carts;
use contracts::catalog::{Offer, RemoteCatalog};
use contracts::identity::{Audience, Principal, RemoteIdentity};
use contracts::inventory::{Availability, RemoteInventory};
use contracts::making::{Allows, Making, MakingField, MakingInput};
use contracts::{Reply, Transport};
use httpkit::{Auth, Observe};
use kernel::{
    Clock, Ctx, Currency, Fault, FixedClock, Kind, Money, ProductId, Role, SessionId, SkuId, TenantId,
    Timestamp, UserId,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{Client, Response, TestDb, spawn_router};

#[derive(Default)]
pub struct Market {
    offers: Mutex<HashMap<SkuId, (Offer, i64)>>,
}

pub struct World {
    pub db: TestDb,
    pub clock: Arc<FixedClock>,
    pub market: Arc<Market>,
    pub carts: Carts,
    pub base: String,
}

impl World {
    pub async fn new() -> Self {
        let db = TestDb::new(&[cart::schema()]).await;
        let market = Arc::new(Market::default());
        let clock = testkit::clock();
        let world = Self {
            carts: carts(&db, &market),
            base: String::new(),
            db,
            clock,
            market,
        };
        let base = world.serve(&world.carts).await;
        Self { base, ..world }
    }

    /// Another process on the same database.
    pub async fn another(&self) -> Client {
        Client::new(self.serve(&carts(&self.db, &self.market)).await)
    }

    async fn serve(&self, carts: &Carts) -> String {
        let (routes, _) = cart::routes(carts.clone()).split_for_parts();
        let observed = httpkit::Instance {
            id: HeaderValue::from_static("test"),
            clock: self.clock.clone(),
            trusted_proxies: httpkit::TrustedProxies::default(),
        };
        let identity = Tokens {
            until: self.clock.now() + Duration::from_secs(365 * 24 * 3600),
        };
        let auth = Auth::new(Arc::new(RemoteIdentity(Arc::new(identity))));
        let routes = routes.layer(Extension(auth)).layer(Observe(observed));
        spawn_router(routes).await
    }

    /// Somebody without a token of any kind.
    pub fn stranger(&self) -> Client {
        Client::new(&self.base)
    }

    /// Something for 10.00 of a shop of its own, with so many left.
    pub fn offer(&self, left: i64) -> Offer {
        self.market
            .add(self.clock.now(), Money::new(1000, Currency::EUR), left)
    }
}

fn carts(db: &TestDb, market: &Arc<Market>) -> Carts {
    Carts::new(
        db.db(cart::CONTEXT),
        Arc::new(RemoteCatalog(market.clone())),
        Arc::new(RemoteInventory(market.clone())),
    )
}

impl World {
    /// As [`Self::offer`], with a name of letters engraved for 5.00.
    pub fn made_offer(&self, left: i64) -> Offer {
        let name = MakingField {
            key: "name".into(),
            label: "Name".into(),
            required: true,
            input: MakingInput::Text {
                max_chars: 12,
                allows: Allows::Letters,
                surcharge: 500,
            },
        };
        let making = Making {
            fields: vec![name],
            ..Making::default()
        };
        let offer = Offer {
            making: Some(Box::new(making)),
            ..self.offer(left)
        };
        let mut offers = self.market.offers.lock().unwrap();
        offers.insert(offer.sku, (offer.clone(), left));
        offer
    }
}

impl Market {
    pub fn add(&self, now: Timestamp, price: Money, left: i64) -> Offer {
        let offer = Offer {
            sku: SkuId::new(now),
            product: ProductId::new(now),
            tenant: TenantId::new(now),
            code: "B-1".into(),
            title: "Bowl".into(),
            slug: "bowl".into(),
            options: Vec::new(),
            price,
            breaks: vec![],
            weight_g: 400,
            category: None,
            tax_category: contracts::taxes::standard(),
            image: None,
            making: None,
            digital: None,
            for_sale: true,
        };
        self.offers
            .lock()
            .unwrap()
            .insert(offer.sku, (offer.clone(), left));
        offer
    }

    /// Its shop closed, or the seller deactivated it.
    pub fn withdraw(&self, offer: &Offer) {
        self.change(offer, |(offer, _)| offer.for_sale = false);
    }

    pub fn reprice(&self, offer: &Offer, amount: i64) {
        self.change(offer, |(offer, _)| offer.price.amount = amount);
    }

    pub fn count(&self, offer: &Offer, left: i64) {
        self.change(offer, |(_, stock)| *stock = left);
    }

    /// As if it had never been.
    pub fn erase(&self, offer: &Offer) {
        self.offers.lock().unwrap().remove(&offer.sku);
    }

    fn change(&self, offer: &Offer, change: impl FnOnce(&mut (Offer, i64))) {
        change(self.offers.lock().unwrap().get_mut(&offer.sku).unwrap());
    }
}

impl Transport for Market {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        _: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        let (skus,): (Vec<SkuId>,) = serde_json::from_value(body).unwrap();
        let offers = self.offers.lock().unwrap();
        let known = skus.iter().filter_map(|sku| offers.get(sku));
        let reply = match (service, method) {
            ("catalog", "offers") => json!(known.map(|(offer, _)| offer).collect::<Vec<_>>()),
            ("inventory", "availability") => {
                let left = known.map(|(offer, left)| Availability {
                    sku: offer.sku,
                    available: *left,
                });
                json!(left.collect::<Vec<_>>())
            }
            other => panic!("a cart asks nobody for {other:?}"),
        };
        Box::pin(async { Ok(reply) })
    }
}

/// Stands for identity: a token is `<audience>.<user id>`.
struct Tokens {
    until: Timestamp,
}

impl Transport for Tokens {
    fn call<'a>(&'a self, _: &'static str, _: &'static str, _: &'a Ctx, body: Value) -> Reply<'a, Value> {
        let token = body[0]["bearer"].as_str().unwrap_or_default().to_owned();
        Box::pin(async move {
            let unknown = || Fault::new(Kind::Unauthenticated, "token_invalid", "Nobody holds this token.");
            let (audience, user) = token.split_once('.').ok_or_else(unknown)?;
            let principal = Principal {
                user: user.parse().map_err(|_| unknown())?,
                audience: match audience {
                    "seller" => Audience::Seller,
                    _ => Audience::Buyer,
                },
                role: Role::Buyer,
                tenant: None,
                session: SessionId::new(self.until),
                expires_at: self.until,
                csrf: None,
                name: "Ana".into(),
                email: "ana@example.org".into(),
                email_verified: true,
                scopes: None,
            };
            Ok(json!(principal))
        })
    }
}

/// A buyer's access token.
pub fn token_of(user: UserId) -> String {
    format!("buyer.{user}")
}

pub async fn add(client: &Client, offer: &Offer, quantity: u32) -> Response {
    let line = json!({ "sku": offer.sku, "quantity": quantity });
    client.post("/v1/cart/lines", &line).await
}

pub async fn set(client: &Client, offer: &Offer, quantity: i64) -> Response {
    let path = format!("/v1/cart/lines/{}", offer.sku);
    client.put(&path, &json!({ "quantity": quantity })).await
}

pub async fn remove(client: &Client, offer: &Offer) -> Response {
    client.delete(&format!("/v1/cart/lines/{}", offer.sku)).await
}

pub async fn cart(client: &Client) -> Value {
    client.get("/v1/cart").await.expect(200).read()
}

/// SKUs and quantities of a cart, in the order of its lines.
pub fn lines(cart: &Value) -> Vec<(String, u64)> {
    let lines = cart["lines"].as_array().unwrap().iter();
    lines
        .map(|l| {
            (
                l["sku"].as_str().unwrap().to_owned(),
                l["quantity"].as_u64().unwrap(),
            )
        })
        .collect()
}

pub fn line(offer: &Offer, quantity: u64) -> (String, u64) {
    (offer.sku.to_string(), quantity)
}

/// A caller, and what they prove themselves with.
pub struct Person {
    client: Client,
    pub token: String,
}

impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// A guest who carries this secret.
pub fn guest_with(world: &World, token: &str) -> Person {
    Person {
        client: world.stranger().header("X-Cart-Token", token),
        token: token.to_owned(),
    }
}

/// A guest with a cart that holds so many of `offer`.
pub async fn guest(world: &World, offer: &Offer, quantity: u32) -> Person {
    let answer: Value = add(&world.stranger(), offer, quantity).await.expect(200).read();
    guest_with(
        world,
        answer["cart_token"].as_str().expect("a new guest gets a token"),
    )
}

/// Somebody who has just signed in for the first time.
pub fn buyer(world: &World) -> Person {
    let token = token_of(UserId::new(world.clock.now()));
    Person {
        client: world.stranger().bearer(&token),
        token,
    }
}

/// The code and the field of a refusal.
pub fn refusal(response: Response, status: u16) -> (String, String) {
    let problem: Value = response.expect(status).read();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&problem["code"]), text(&problem["errors"][0]["pointer"]))
}
