//! A small marketplace, open: two shops with their staff, two buyers, a guest, the operator's people, and what they have.

mod filling;
mod kept;

use crate::spec::{Answer, Call, PROXY, Spec, send};
use axum::Router;
use kernel::{Clock, Ctx, FixedClock, Role, UserId};
use market::cli::{Place, Serve};
use market::commands::serve::Running;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use testkit::TestDb;

/// What the sandbox provider signs with: base64 of bytes that are nobody's secret.
pub const WEBHOOK_SECRET: &str = "whsec_b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHM=";
pub const PASSWORD: &str = "Quite-A-Secret-7";

/// Everybody with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Who {
    BuyerA,
    BuyerB,
    OwnerA,
    ManagerA,
    ClerkA,
    AnalystA,
    OwnerB,
    Admin,
    Support,
    Moderator,
    Finance,
}

impl Who {
    pub const ALL: [Self; 11] = [
        Self::BuyerA,
        Self::BuyerB,
        Self::OwnerA,
        Self::ManagerA,
        Self::ClerkA,
        Self::AnalystA,
        Self::OwnerB,
        Self::Admin,
        Self::Support,
        Self::Moderator,
        Self::Finance,
    ];

    pub fn email(self) -> String {
        format!("{self:?}@market.test").to_ascii_lowercase()
    }

    pub fn audience(self) -> &'static str {
        match self {
            Self::BuyerA | Self::BuyerB => "buyer",
            Self::OwnerA | Self::ManagerA | Self::ClerkA | Self::AnalystA | Self::OwnerB => "seller",
            Self::Admin | Self::Support | Self::Moderator | Self::Finance => "admin",
        }
    }

    fn operators_role(self) -> Option<Role> {
        match self {
            Self::Admin => Some(Role::Admin),
            Self::Support => Some(Role::Support),
            Self::Moderator => Some(Role::Moderator),
            Self::Finance => Some(Role::Finance),
            _ => None,
        }
    }
}

/// A shop and one of each of its things.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Shop {
    pub id: String,
    pub slug: String,
    pub product: String,
    pub sku: String,
    pub image: String,
    pub import: String,
    pub staff: String,
    /// Somebody who has not answered yet.
    pub invitation: String,
    pub invitation_token: String,
    /// Its part of buyer A's order.
    pub sale: String,
    /// Something that was paid out to it.
    pub payout: String,
    /// A parcel of another sale of it, with a label, and the carrier's number.
    pub shipment: String,
    pub tracking: String,
}

/// Somebody who buys without an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Guest {
    pub token: String,
    pub cart: String,
}

/// Who and what there is in a world.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Things {
    pub users: BTreeMap<Who, UserId>,
    pub tokens: BTreeMap<Who, String>,
    /// Tokens that were good once, by audience.
    pub expired: BTreeMap<String, String>,
    pub a: Shop,
    pub b: Shop,
    /// A shop that has applied and has nothing.
    pub applicant: String,
    /// Buyer A's, of both shops, paid.
    pub order: String,
    /// Buyer A's, open, with something of each shop.
    pub cart: String,
    pub guest: Guest,
    /// Of the sandbox carrier's program.
    pub partner_key: String,
}

pub struct World {
    pub spec: Spec,
    pub router: Router,
    pub db: TestDb,
    pub running: Running,
    pub clock: Arc<FixedClock>,
    things: Things,
    calls: AtomicU32,
    folder: tempfile::TempDir,
}

impl Deref for World {
    type Target = Things;

    fn deref(&self) -> &Things {
        &self.things
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Things {
        &mut self.things
    }
}

impl World {
    /// A copy of the world that this program filled for all its tests.
    pub async fn new() -> Self {
        let fill = async |db| Self::filled(db, |_| {}).await.keep().await;
        let db = TestDb::filled(&market::compose::schemas(), &kept::of_this_program(), fill).await;
        Self::kept(db).await
    }

    /// Started otherwise than with the defaults, and filled so.
    pub async fn told(change: impl FnOnce(&mut Serve)) -> Self {
        let db = TestDb::new(&market::compose::schemas()).await;
        Self::filled(db, change).await
    }

    async fn filled(db: TestDb, change: impl FnOnce(&mut Serve)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = Self::open(db, folder, testkit::clock(), change).await;
        world.fill().await;
        world
    }

    async fn open(
        db: TestDb,
        folder: tempfile::TempDir,
        clock: Arc<FixedClock>,
        change: impl FnOnce(&mut Serve),
    ) -> Self {
        let running = start(&db, folder.path(), &clock, change).await;
        let document = serde_json::to_value(&running.openapi).unwrap();
        Self {
            spec: Spec::of(document),
            router: running.routes.clone(),
            db,
            running,
            clock,
            things: Things::default(),
            calls: AtomicU32::new(0),
            folder,
        }
    }

    /// The data directory.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Stops everything; what a background loop complains of shows before the test ends.
    pub async fn close(self) {
        self.running.stop().await.unwrap();
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    pub fn call(&self, operation: &str, parts: &[&str]) -> Call {
        Call::to(self.spec.operation(operation), parts)
    }

    /// Each call comes from another address, so that no limit per address is met by accident.
    pub async fn send(&self, call: &Call) -> Answer {
        send(&self.router, &self.elsewhere(call.clone())).await
    }

    pub async fn send_as(&self, who: Who, call: &Call) -> Answer {
        self.send(&call.clone().bearer(Some(&self.tokens[&who]))).await
    }

    pub fn elsewhere(&self, call: Call) -> Call {
        let n = self.calls.fetch_add(1, Ordering::Relaxed);
        let [_, x, y, z] = n.to_be_bytes();
        call.instead("x-forwarded-for", format!("10.{x}.{y}.{z}"))
            .instead("x-forwarded-proto", "https")
    }

    /// A number that no other call of the test gets.
    pub fn fresh(&self) -> u32 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    pub async fn sign_in(&self, who: Who) -> Answer {
        let mut body = json!({"email": who.email(), "password": PASSWORD, "audience": who.audience()});
        if who.audience() == "seller" {
            let shop = if who == Who::OwnerB { &self.b } else { &self.a };
            body["shop"] = shop.slug.as_str().into();
        }
        self.send(&self.call("login", &[]).json(&body)).await.expect(200)
    }

    /// The id of a new shop.
    pub async fn apply(&self, who: Who, slug: &str) -> String {
        let login = json!({"email": who.email(), "password": PASSWORD});
        let token = self.send(&self.call("login", &[]).json(&login)).await;
        let call = self.call("apply_for_shop", &[]).json(&application(slug));
        let call = call.bearer(Some(&token.at("/access_token")));
        self.send(&call).await.expect(201).at("/id")
    }

    /// The id of an invitation to be a clerk of the owner's shop, and the secret that was mailed.
    pub async fn invite(&self, owner: &str, email: &str) -> (String, String) {
        self.invite_as(owner, email, "clerk").await
    }

    async fn invite_as(&self, owner: &str, email: &str, role: &str) -> (String, String) {
        let invite = json!({"email": email, "role": role});
        let call = self.call("invite_staff", &[]).json(&invite).bearer(Some(owner));
        let id = self.send(&call).await.expect(201).at("/id");
        let body: String = sqlx::query_scalar(
            "select body from identity.mail where recipient = $1 order by id desc limit 1",
        )
        .bind(email)
        .fetch_one(&mut self.db.owner().await)
        .await
        .unwrap();
        let (_, link) = body.split_once("/invitation?token=").unwrap();
        (id, link.lines().next().unwrap().to_owned())
    }

    /// Somebody with an account becomes staff of the owner's shop; the id of their membership.
    pub async fn join(&self, owner: &str, email: &str, role: &str) -> String {
        let (_, token) = self.invite_as(owner, email, role).await;
        let login = json!({"email": email, "password": PASSWORD});
        let buyer = self.send(&self.call("login", &[]).json(&login)).await.expect(200);
        let accept = self.call("accept_invitation", &[]).json(&json!({"token": token}));
        let accept = accept.bearer(Some(&buyer.at("/access_token")));
        self.send(&accept).await.expect(200);
        let staff = self.call("list_staff", &[]).bearer(Some(owner));
        let staff = self.send(&staff).await.expect(200).json();
        let mut members = staff["items"].as_array().unwrap().iter();
        let member = members.find(|member| member["email"] == email).unwrap();
        member["id"].as_str().unwrap().to_owned()
    }

    async fn fill_cart(&self, who: Who) -> Answer {
        let mut last = None;
        for shop in [&self.a, &self.b] {
            let call = self.call("add_to_cart", &[]);
            let call = call.json(&json!({"sku": shop.sku, "quantity": 1}));
            // What a cart sees of the stock may be some moments old.
            let added = testkit::eventually("the bowl goes into the cart", || async {
                let answer = self.send_as(who, &call).await;
                if answer.status != 200 {
                    println!("{} is not put in: {}", shop.sku, answer.text());
                }
                (answer.status == 200).then_some(answer)
            });
            last = Some(added.await);
        }
        last.unwrap()
    }

    /// What placing the order of a buyer's cart, now filled, takes.
    pub async fn ready_to_order(&self, who: Who) -> Call {
        self.done_with_ordered_carts(who).await;
        let cart = self.fill_cart(who).await.json();
        let quote = json!({"cart": cart["id"], "address": address()});
        let quote = self
            .send_as(who, &self.call("quote_cart", &[]).json(&quote))
            .await
            .expect(200)
            .json();
        let place = json!({
            "cart": quote["cart"], "cart_version": quote["cart_version"], "expected_total": quote["total"],
            "email": who.email(), "address": address(),
        });
        let key = format!("order-{}", self.fresh());
        self.call("place_order", &[])
            .header("idempotency-key", key)
            .json(&place)
    }

    /// A cart is closed a moment after its order was placed; until then it is the one that is filled.
    pub async fn done_with_ordered_carts(&self, who: Who) {
        let call = self.call("get_cart", &[]);
        testkit::eventually("the ordered cart is closed", || async {
            let cart = self.send_as(who, &call).await.expect(200).json();
            let Some(id) = cart["id"].as_str() else {
                return Some(());
            };
            let mut owner = self.db.owner().await;
            let claimed: bool = sqlx::query_scalar(
                "select exists (select from checkout.cart_claim where cart_id = $1::uuid)",
            )
            .bind(id)
            .fetch_one(&mut owner)
            .await
            .unwrap();
            (!claimed).then_some(())
        })
        .await;
    }

    /// A new order of a buyer's, not yet paid: its id, and all of it.
    pub async fn order(&self, who: Who) -> (String, Value) {
        let place = self.ready_to_order(who).await;
        let order = self.send_as(who, &place).await.expect(201);
        (order.at("/id"), order.json())
    }
}

async fn start(
    db: &TestDb,
    folder: &std::path::Path,
    clock: &Arc<FixedClock>,
    change: impl FnOnce(&mut Serve),
) -> Running {
    let place = Place {
        data_dir: folder.to_owned(),
        database_url: Some(db.url().to_owned()),
        data_key: None,
        objects: market::objects::Objects::default(),
        log: "warn".to_owned(),
        log_json: false,
    };
    let mut serve = Serve::for_command(place, "127.0.0.1:0".parse().unwrap());
    serve.sandbox_webhook_secret = Some(WEBHOOK_SECRET.to_owned());
    serve.trusted_proxies = vec![PROXY.to_string()];
    // Nothing is late because the machine is busy with other tests.
    serve.answers_within_ms = 15_000;
    change(&mut serve);
    let config = serve.config().unwrap();
    Running::start_by(&serve, config, true, clock.clone())
        .await
        .unwrap()
}

pub fn label() -> Value {
    json!({"carrier": "sandbox", "service": "standard", "weight_g": 500})
}

pub fn partner_key() -> Value {
    json!({"name": "Sandbox", "carrier": "sandbox", "scopes": ["shipments_read", "shipments_push"]})
}

pub fn application(slug: &str) -> Value {
    json!({
        "name": format!("Shop {slug}"), "slug": slug, "currency": "EUR",
        "location": {"country": "ES", "region": "ES-SE", "postcode": "41010", "town": "Sevilla"},
    })
}

pub fn product(key: &str) -> Value {
    json!({
        "key": key, "title": format!("Bowl of {key}"), "category": "ceramics/bowls", "status": "active",
        "variants": [{"code": format!("{key}-1"), "price": {"amount": 1999, "currency": "EUR"}, "stock": 100000}],
    })
}

pub fn address() -> Value {
    json!({"name": "Lucía Romero", "line1": "Calle Betis 12", "postcode": "41010", "city": "Sevilla", "region": "ES-SE", "country": "ES"})
}

/// Two rows, one of which cannot be read.
pub const UPLOAD: &str = "key,title,price,stock\nplate,Plate,12.50,5\nspoilt,Spoilt,cheap,1\n";

/// A picture that differs with `shade`.
pub fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb([shade, 90, 40]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
