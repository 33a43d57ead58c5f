//! A small marketplace, open: two shops with their staff, two buyers, a guest, the operator's people, and what they have.

use crate::spec::{Answer, Call, PROXY, Spec, send};
use axum::Router;
use contracts::identity::UserCard;
use kernel::{Clock, Ctx, FixedClock, Role, UserId};
use market::cli::{Place, Serve};
use market::commands::serve::Running;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use testkit::TestDb;

/// What the sandbox provider signs with: base64 of bytes that are nobody's secret.
pub const WEBHOOK_SECRET: &str = "whsec_b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHM=";
pub const PASSWORD: &str = "Quite-A-Secret-7";
/// Longer than an access token is good.
const LONGER_THAN_A_TOKEN: Duration = Duration::from_secs(16 * 60);

/// Everybody with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Clone, Debug, Default)]
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
#[derive(Clone, Debug, Default)]
pub struct Guest {
    pub token: String,
    pub cart: String,
}

pub struct World {
    pub spec: Spec,
    pub router: Router,
    pub db: TestDb,
    pub running: Running,
    pub clock: Arc<FixedClock>,
    pub users: BTreeMap<Who, UserId>,
    pub tokens: BTreeMap<Who, String>,
    /// Tokens that were good once, by audience.
    pub expired: BTreeMap<&'static str, String>,
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
    calls: AtomicU32,
    folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::told(|_| {}).await
    }

    /// Started otherwise than with the defaults.
    pub async fn told(change: impl FnOnce(&mut Serve)) -> Self {
        let db = TestDb::new(&market::compose::schemas()).await;
        let folder = tempfile::tempdir().unwrap();
        let clock = testkit::clock();
        let running = start(&db, folder.path(), &clock, change).await;
        let document = serde_json::to_value(&running.openapi).unwrap();
        let mut world = Self {
            spec: Spec::of(document),
            router: running.routes.clone(),
            db,
            running,
            clock,
            users: BTreeMap::new(),
            tokens: BTreeMap::new(),
            expired: BTreeMap::new(),
            a: Shop::default(),
            b: Shop::default(),
            applicant: String::new(),
            order: String::new(),
            cart: String::new(),
            guest: Guest::default(),
            partner_key: String::new(),
            calls: AtomicU32::new(0),
            folder,
        };
        world.people().await;
        world.open_shops().await;
        world.staff().await;
        world.grow_old().await;
        for who in Who::ALL {
            let token = world.sign_in(who).await.at("/access_token");
            world.tokens.insert(who, token);
        }
        world.fill_shops().await;
        world.stocked().await;
        world.paid_out().await;
        world.shop().await;
        world.labelled().await;
        world.searchable().await;
        world
    }

    /// The data directory.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A label for a sale of shop A's, and a key for its carrier.
    async fn labelled(&mut self) {
        let (order, answer) = self.order(Who::BuyerA).await;
        let pay = self.call("pay_order", &[&order]);
        let pay = pay.json(&json!({"method": "tok_visa"}));
        self.send_as(Who::BuyerA, &pay).await.expect(200);
        let mut parts = answer["sub_orders"].as_array().unwrap().iter();
        let sale = parts.find(|part| part["tenant"] == self.a.id.as_str()).unwrap();
        let sale = sale["id"].as_str().unwrap();
        self.send_as(Who::OwnerA, &self.call("pack_seller_order", &[sale]))
            .await
            .expect(200);
        let label = self.call("book_shipment", &[sale]).json(&label());
        let label = self.send_as(Who::OwnerA, &label).await.expect(201);
        (self.a.shipment, self.a.tracking) = (label.at("/id"), label.at("/tracking"));
        let make = self.call("make_partner_key", &[]).json(&partner_key());
        self.partner_key = self.send_as(Who::Admin, &make).await.expect(201).at("/secret");
    }

    /// A payout of shop A's, long ago.
    async fn paid_out(&mut self) {
        let mut owner = self.db.owner().await;
        let payout: uuid::Uuid = sqlx::query_scalar(
            "insert into ledger.payout (tenant_id, id, currency, amount, period, state, destination, provider, created_at, paid_at)
             values ($1, store.uuid_floor(now()), 'EUR', 100, '2020-01-06', 'paid', 'sandbox:bank', 'sandbox', now(), now())
             returning id",
        )
        .bind(self.a.id.parse::<uuid::Uuid>().unwrap())
        .fetch_one(&mut owner)
        .await
        .unwrap();
        self.a.payout = payout.to_string();
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

    async fn people(&mut self) {
        let cards = Who::ALL.map(|who| UserCard {
            id: UserId::new(self.clock.now()),
            email: who.email(),
            name: format!("{who:?}"),
        });
        let identity = &self.running.market.identity;
        let users = identity
            .register_many(&self.ctx(), cards.to_vec(), PASSWORD.to_owned())
            .await
            .unwrap();
        self.users = Who::ALL.into_iter().zip(users).collect();
        for (who, user) in &self.users {
            if let Some(role) = who.operators_role() {
                identity.grant(&self.ctx(), *user, role).await.unwrap();
            }
        }
    }

    /// The owners apply as buyers, the admin approves.
    async fn open_shops(&mut self) {
        for (who, slug) in [(Who::OwnerA, "alder"), (Who::OwnerB, "birch")] {
            let shop = Shop {
                id: self.apply(who, slug).await,
                slug: slug.to_owned(),
                ..Shop::default()
            };
            let tenant = shop.id.parse().map(kernel::TenantId).unwrap();
            let tenants = &self.running.market.tenants;
            tenants.approve(&self.ctx(), vec![tenant]).await.unwrap();
            *(if who == Who::OwnerA {
                &mut self.a
            } else {
                &mut self.b
            }) = shop;
        }
        // Later than the others: pages show the shop that was somebody's first.
        self.clock.advance(Duration::from_secs(1));
        self.applicant = self.apply(Who::OwnerB, "cedar").await;
    }

    /// The id of a new shop.
    pub async fn apply(&self, who: Who, slug: &str) -> String {
        let login = json!({"email": who.email(), "password": PASSWORD});
        let token = self.send(&self.call("login", &[]).json(&login)).await;
        let call = self.call("apply_for_shop", &[]).json(&application(slug));
        let call = call.bearer(Some(&token.at("/access_token")));
        self.send(&call).await.expect(201).at("/id")
    }

    async fn staff(&mut self) {
        let owner = self.sign_in(Who::OwnerA).await.at("/access_token");
        for (who, role) in [
            (Who::ManagerA, "manager"),
            (Who::ClerkA, "clerk"),
            (Who::AnalystA, "analyst"),
        ] {
            self.a.staff = self.join(&owner, &who.email(), role).await;
        }
        (self.a.invitation, self.a.invitation_token) = self.invite(&owner, "invited@market.test").await;
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

    /// Tokens of today are expired tomorrow.
    async fn grow_old(&mut self) {
        for who in [Who::BuyerA, Who::OwnerA, Who::Admin] {
            let token = self.sign_in(who).await.at("/access_token");
            self.expired.insert(who.audience(), token);
        }
        self.clock.advance(LONGER_THAN_A_TOKEN);
    }

    async fn fill_shops(&mut self) {
        let categories = json!({"categories": [{"path": "ceramics/bowls", "name": "Bowls"}]});
        let call = self.call("put_categories", &[]).json(&categories);
        self.send_as(Who::Admin, &call).await.expect(204);
        for who in [Who::OwnerA, Who::OwnerB] {
            let call = self.call("upload_image", &[]).query("alt=A%20bowl");
            let call = call.bytes("image/png", picture(who as u8));
            let image = self.send_as(who, &call).await.expect(201).at("/image");
            let call = self
                .call("create_product", &[])
                .json(&product(&format!("{who:?}")));
            let answer = self.send_as(who, &call).await.expect(201);
            let call = self.call("start_import", &[]).query("file_name=bowls.csv");
            let call = call.bytes("text/csv", UPLOAD);
            let import = self.send_as(who, &call).await.expect(201).at("/id");
            let shop = if who == Who::OwnerA {
                &mut self.a
            } else {
                &mut self.b
            };
            shop.image = image;
            shop.product = answer.at("/id");
            shop.sku = answer.at("/variants/0/sku");
            shop.import = import;
        }
    }

    /// Buyer A buys in both shops, and fills a cart anew; a guest has a cart.
    async fn shop(&mut self) {
        let (order, answer) = self.order(Who::BuyerA).await;
        let sub_orders = answer["sub_orders"].as_array().unwrap();
        for shop in [&mut self.a, &mut self.b] {
            let own = sub_orders
                .iter()
                .find(|s| s["tenant"] == shop.id.as_str())
                .unwrap();
            shop.sale = own["id"].as_str().unwrap().to_owned();
        }
        let pay = self
            .call("pay_order", &[&order])
            .json(&json!({"method": "tok_visa"}));
        let paid = self.send_as(Who::BuyerA, &pay).await.expect(200);
        assert_eq!(paid.at("/status"), "captured");
        self.order = order;
        self.cart = self.fill_cart(Who::BuyerA).await.at("/id");
        let line = json!({"sku": self.a.sku, "quantity": 1});
        let begun = self
            .send(&self.call("add_to_cart", &[]).json(&line))
            .await
            .expect(200);
        self.guest = Guest {
            token: begun.at("/cart_token"),
            cart: begun.at("/id"),
        };
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

    /// Stock is counted a moment after its product is there.
    async fn stocked(&self) {
        for shop in [&self.a, &self.b] {
            let call = self.call("product_availability", &[&shop.product]);
            testkit::eventually("the bowls are in stock", || async {
                let levels = self.send(&call).await.expect(200).json();
                let there = levels["skus"][0]["available"].as_i64() > Some(0);
                there.then_some(())
            })
            .await;
        }
    }

    async fn searchable(&self) {
        let call = self.call("search", &[]).query("q=bowl");
        testkit::eventually("both bowls are found", || async {
            let found = self.send(&call).await;
            (found.status == 200 && found.json()["total"].as_u64() >= Some(2)).then_some(())
        })
        .await;
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
