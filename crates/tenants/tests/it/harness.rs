use crate::people::People;
use axum::Extension;
use axum::http::HeaderValue;
use contracts::tenants::{ApplyForShop, Location};
use httpkit::{Auth, Instance, Observe};
use kernel::{Clock, Ctx, Currency, FixedClock, TenantId, UserId};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Db;
use tenants::Shops;
use testkit::{Client, Response, TestDb, spawn_router};

pub const INVITATIONS: &str = "/v1/seller/invitations";

/// Tenants served over HTTP with a clock that stands still.
pub struct App {
    pub db: TestDb,
    pub people: Arc<People>,
    pub shops: Shops,
    pub clock: Arc<FixedClock>,
    pub http: Client,
}

/// A shop, its owner, and a client with the owner's token.
pub struct Owned {
    pub tenant: TenantId,
    pub owner: UserId,
    pub seller: Client,
}

impl App {
    pub async fn new() -> Self {
        let db = TestDb::new(&[tenants::schema()]).await;
        let clock = testkit::clock();
        let people = Arc::new(People::default());
        let shops = instance(&db, &people);
        let layer = Instance {
            id: HeaderValue::from_static("test"),
            clock: clock.clone(),
            trusted_proxies: httpkit::TrustedProxies::default(),
        };
        let (router, _) = tenants::routes(shops.clone()).split_for_parts();
        let router = router
            .layer(Extension(Auth::new(people.clone())))
            .layer(Observe(layer));
        let http = Client::new(spawn_router(router).await);
        Self {
            db,
            people,
            shops,
            clock,
            http,
        }
    }

    /// Another process on the same database.
    pub fn second_instance(&self) -> Shops {
        instance(&self.db, &self.people)
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    /// Somebody with an account whose address is verified.
    pub fn person(&self, email: &str) -> UserId {
        let user = UserId::new(self.clock.now());
        self.people.add(user, email, true);
        user
    }

    pub fn buyer(&self, email: &str) -> Client {
        let user = self.person(email);
        self.http.bearer(&format!("buyer/{user}"))
    }

    pub fn admin(&self) -> Client {
        let user = self.person("operator@market.test");
        self.http.bearer(&format!("admin/{user}"))
    }

    pub fn seller(&self, user: UserId, tenant: TenantId) -> Client {
        self.http.bearer(&format!("seller/{user}/{tenant}"))
    }

    /// A shop in status `applied`.
    pub async fn applied(&self, name: &str) -> Owned {
        let owner = self.person(&format!("{}@example.org", name.to_lowercase().replace(' ', ".")));
        let shop = self
            .shops
            .apply(&self.ctx(), owner, application(name))
            .await
            .expect("applied");
        Owned {
            tenant: shop.id,
            owner,
            seller: self.seller(owner, shop.id),
        }
    }

    /// A shop in status `active`.
    pub async fn active(&self, name: &str) -> Owned {
        let owned = self.applied(name).await;
        self.shops
            .approve_many(&self.ctx(), &[owned.tenant])
            .await
            .expect("approved");
        owned
    }

    /// The secret in the newest mail to `email`.
    pub fn mailed_token(&self, email: &str) -> String {
        let mails = self.people.mails.lock().expect("lock");
        let (_, body) = mails.iter().rfind(|(to, _)| to == email).expect("a mail");
        let start = "https://market.test/invitation?token=";
        let token = body.lines().find_map(|line| line.strip_prefix(start));
        token.expect("a link").to_owned()
    }

    /// Accepts the newest invitation mailed to `email`, as `user`.
    pub async fn accept(&self, user: UserId, email: &str) -> Response {
        let client = self.http.bearer(&format!("buyer/{user}"));
        let body = json!({"token": self.mailed_token(email)});
        client.post("/v1/invitations/accept", &body).await
    }

    /// Somebody new on the staff, invited and joined; the path of their membership.
    pub async fn joined(&self, owned: &Owned, email: &str, role: &str) -> (UserId, String) {
        let user = self.person(email);
        let invite = json!({"email": email, "role": role});
        let _ = owned.seller.post(INVITATIONS, &invite).await.expect(201);
        let _ = self.accept(user, email).await.expect(200);
        let staff = owned.seller.get("/v1/seller/staff").await.expect(200).json();
        let mut members = staff["items"].as_array().expect("a list").iter();
        let member = members.find(|m| m["user"] == json!(user)).expect("on the list");
        (user, format!("/v1/seller/staff/{}", text(&member["id"])))
    }

    /// `(topic, payload)` of every event about `tenant`, in order.
    pub async fn events(&self, tenant: TenantId) -> Vec<(String, Value)> {
        let mut owner = self.db.owner().await;
        sqlx::query_as("select topic, payload from log.event where tenant_id = $1 order by xid, id")
            .bind(tenant.0)
            .fetch_all(&mut owner)
            .await
            .expect("events")
    }
}

fn instance(db: &TestDb, people: &Arc<People>) -> Shops {
    let pool = Db::connect(db.url(), tenants::CONTEXT).expect("url");
    Shops::new(pool, people.clone(), "https://market.test/")
}

pub fn application(name: &str) -> ApplyForShop {
    ApplyForShop {
        name: name.to_owned(),
        slug: None,
        story: "Clay from the river.".to_owned(),
        currency: Currency::EUR,
        location: Location {
            country: "ES".to_owned(),
            region: Some("ES-SE".to_owned()),
            postcode: "41010".to_owned(),
            town: "Sevilla".to_owned(),
        },
        accent: Some("#b4532a".to_owned()),
        return_policy: "Thirty days.".to_owned(),
        return_days: 14,
        delivery: Vec::new(),
    }
}

/// The body of an application over HTTP.
pub fn application_body(name: &str) -> Value {
    json!({
        "name": name,
        "currency": "EUR",
        "location": {"country": "ES", "region": "ES-SE", "postcode": "41010", "town": "Sevilla"},
    })
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
