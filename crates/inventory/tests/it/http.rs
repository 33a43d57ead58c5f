use crate::world::World;
use axum::Extension;
use axum::http::HeaderValue;
use contracts::catalog::{Offer, RemoteCatalog};
use contracts::identity::{Audience, Principal, RemoteIdentity};
use contracts::{Reply, Transport};
use httpkit::{Auth, Observe};
use kernel::{
    Ctx, Currency, DateTime, Fault, Kind, Money, ProductId, Role, SessionId, SkuId, SystemClock, TenantId,
    UserId,
};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{Client, spawn_router};

/// Stands for the catalogue and for identity: whose a SKU is, and who holds a token (`<tenant>.<role>`).
struct Others {
    offers: Vec<Offer>,
    until: DateTime,
}

impl Transport for Others {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        _: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        Box::pin(async move {
            match (service, method) {
                ("catalog", "skus_by_code") => Ok(self.coded(&body)),
                ("catalog", _) => Ok(json!(self.offers)),
                _ => self.principal(body[0]["bearer"].as_str().unwrap_or_default()),
            }
        })
    }
}

impl Others {
    fn coded(&self, body: &Value) -> Value {
        let known = self.offers.iter().filter(|offer| {
            let (tenant, codes) = (&body[0], body[1].as_array().unwrap());
            *tenant == json!(offer.tenant) && codes.contains(&json!(offer.code))
        });
        known
            .map(|o| json!({"code": o.code, "sku": o.sku, "product": o.product}))
            .collect()
    }

    fn principal(&self, token: &str) -> Result<Value, Fault> {
        let unknown = || Fault::new(Kind::Unauthenticated, "token_invalid", "Nobody holds this token.");
        let (tenant, role) = token.split_once('.').ok_or_else(unknown)?;
        let principal = Principal {
            user: UserId::new(self.until),
            audience: Audience::Seller,
            role: if role == "owner" {
                Role::Owner
            } else {
                Role::Analyst
            },
            tenant: tenant.parse().ok(),
            session: SessionId::new(self.until),
            expires_at: self.until,
            csrf: None,
            name: "Ana".into(),
            email: "ana@example.org".into(),
            email_verified: true,
            scopes: None,
        };
        Ok(json!(principal))
    }
}

pub fn offer(world: &World, tenant: TenantId) -> Offer {
    Offer {
        sku: SkuId::new(world.ctx.now),
        product: ProductId::new(world.ctx.now),
        tenant,
        code: "B-1".into(),
        title: "Bowl".into(),
        slug: "bowl".into(),
        options: Vec::new(),
        price: Money::new(1000, Currency::EUR),
        breaks: vec![],
        weight_g: 0,
        category: None,
        tax_category: contracts::taxes::standard(),
        image: None,
        making: None,
        digital: None,
        for_sale: true,
    }
}

/// Inventory's routes as a process serves them, asked by nobody yet.
pub async fn served(world: &World, offers: Vec<Offer>) -> Client {
    let others = Arc::new(Others {
        offers,
        until: world.ctx.now + std::time::Duration::from_secs(3600),
    });
    let instance = httpkit::Instance {
        id: HeaderValue::from_static("test"),
        clock: Arc::new(SystemClock),
        trusted_proxies: httpkit::TrustedProxies::default(),
    };
    let catalog = Arc::new(RemoteCatalog(others.clone()));
    let (routes, _) = inventory::routes(world.stock.clone(), catalog).split_for_parts();
    let routes = routes
        .layer(Extension(Auth::new(Arc::new(RemoteIdentity(others)))))
        .layer(Observe(instance));
    Client::new(spawn_router(routes).await)
}

#[tokio::test]
async fn a_seller_counts_adjusts_and_lists_their_stock() {
    let world = World::new().await;
    let tenant = world.tenant();
    let bowl = offer(&world, tenant);
    let anyone = served(&world, vec![bowl.clone()]).await;
    let owner = anyone.bearer(&format!("{tenant}.owner"));
    let counted: Value = owner
        .put(
            "/v1/seller/stock",
            &json!({ "reason": "stock-taking", "counts": [{ "sku": bowl.sku, "on_hand": 12 }] }),
        )
        .await
        .expect(200)
        .read();
    assert_eq!(counted["levels"][0]["available"], 12);
    let adjust = json!({ "reason": "broken", "adjustments": [{ "sku": bowl.sku, "delta": -2 }] });
    let keyless = owner.patch("/v1/seller/stock", &adjust).await.expect(400);
    assert_eq!(keyless.read::<Value>()["code"], "idempotency_key");
    let keyed = owner.header("Idempotency-Key", "k");
    for _ in 0..2 {
        let adjusted: Value = keyed.patch("/v1/seller/stock", &adjust).await.expect(200).read();
        assert_eq!(adjusted["levels"][0]["on_hand"], 10);
    }
    let other = json!({ "reason": "broken", "adjustments": [{ "sku": bowl.sku, "delta": -3 }] });
    let reused = keyed.patch("/v1/seller/stock", &other).await.expect(422);
    assert_eq!(reused.read::<Value>()["code"], "idempotency_key_reused");
    let page: Value = owner.get("/v1/seller/stock?limit=1").await.expect(200).read();
    assert_eq!(page["items"][0]["on_hand"], 10);
    let public: Value = anyone
        .get(&format!("/v1/products/{}/availability", bowl.product))
        .await
        .expect(200)
        .read();
    assert_eq!(public["skus"], json!([{ "sku": bowl.sku, "available": 10 }]));
}

#[tokio::test]
async fn what_is_not_in_order_is_refused_with_a_pointer() {
    let world = World::new().await;
    let (tenant, stranger) = (world.tenant(), world.tenant());
    let (bowl, theirs) = (offer(&world, tenant), offer(&world, stranger));
    let anyone = served(&world, vec![bowl.clone(), theirs.clone()]).await;
    let owner = anyone.bearer(&format!("{tenant}.owner"));
    let count =
        |sku: SkuId, on_hand: Value| json!({ "reason": "r", "counts": [{ "sku": sku, "on_hand": on_hand }] });
    for (body, status, pointer) in [
        (count(bowl.sku, json!(-1)), 400, "/counts/0/on_hand"),
        (count(bowl.sku, json!("many")), 400, "/counts/0/on_hand"),
        (count(theirs.sku, json!(1)), 422, "/counts/0/sku"),
        (json!({ "reason": "r", "counts": [] }), 400, "/counts"),
        (
            json!({ "reason": "a\u{7}b", "counts": [{ "sku": bowl.sku, "on_hand": 1 }] }),
            400,
            "/reason",
        ),
        (json!({ "reason": "r", "counts": [], "all": true }), 400, "/all"),
    ] {
        let refused: Value = owner.put("/v1/seller/stock", &body).await.expect(status).read();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{body}");
    }
    let _ = anyone
        .put("/v1/seller/stock", &count(bowl.sku, json!(1)))
        .await
        .expect(401);
    let analyst = anyone.bearer(&format!("{tenant}.analyst"));
    let _ = analyst
        .put("/v1/seller/stock", &count(bowl.sku, json!(1)))
        .await
        .expect(403);
    let _ = analyst.get("/v1/seller/stock").await.expect(200);
    let _ = owner.get("/v1/seller/stock?after=here").await.expect(400);
}

#[tokio::test]
async fn stock_is_kept_in_several_warehouses_and_moved_between_them() {
    let world = World::new().await;
    let tenant = world.tenant();
    let bowl = offer(&world, tenant);
    let owner = served(&world, vec![bowl.clone()])
        .await
        .bearer(&format!("{tenant}.owner"));
    let madrid = json!({
        "code": "madrid", "name": "Getafe", "location": {"country": "ES", "postcode": "28901", "town": "Getafe"},
    });
    let opened: Value = owner
        .post("/v1/seller/warehouses", &madrid)
        .await
        .expect(201)
        .read();
    assert_eq!(opened["location"]["region"], "ES-M", "told by the postcode");
    let wrong = json!({
        "code": "x", "name": "X", "location": {"country": "ES", "region": "ES-SE", "postcode": "28901", "town": "Getafe"},
    });
    let refused: Value = owner
        .post("/v1/seller/warehouses", &wrong)
        .await
        .expect(400)
        .read();
    assert_eq!(refused["errors"][0]["pointer"], "/location/postcode");
    let count = json!({
        "reason": "r", "warehouse": opened["id"], "counts": [{ "sku": bowl.sku, "on_hand": 8 }],
    });
    let _ = owner.put("/v1/seller/stock", &count).await.expect(200);
    let send = json!({
        "from": opened["id"], "to": tenant, "expected_on": "2026-12-01", "lines": [{"sku": bowl.sku, "quantity": 5}],
    });
    let keyed = owner.header("Idempotency-Key", "send");
    let sent: Value = keyed.post("/v1/seller/transfers", &send).await.expect(201).read();
    let again: Value = keyed.post("/v1/seller/transfers", &send).await.expect(201).read();
    assert_eq!(sent, again);
    let path = format!("/v1/seller/inbound/{}", sent["id"].as_str().unwrap());
    let receipt = json!({"lines": [{"sku": bowl.sku, "quantity": 3}]});
    let received: Value = owner
        .header("Idempotency-Key", "came")
        .post(&format!("{path}/receipts"), &receipt)
        .await
        .expect(200)
        .read();
    assert_eq!(
        (&received["state"], &received["lines"][0]["to_come"]),
        (&json!("under_way"), &json!(2))
    );
    let closed: Value = owner
        .post(&format!("{path}/close"), &json!({}))
        .await
        .expect(200)
        .read();
    assert_eq!(closed["lines"][0]["missing"], 2);
    let found: Value = owner
        .get("/v1/seller/inbound?kind=transfer&state=closed")
        .await
        .expect(200)
        .read();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    let page: Value = owner
        .get(&format!("/v1/seller/stock?warehouse={tenant}"))
        .await
        .expect(200)
        .read();
    assert_eq!(page["items"][0]["on_hand"], 3);
    let points = json!({"points": [{"sku": bowl.sku, "low_below": 20}]});
    let _ = owner.put("/v1/seller/reorder-points", &points).await.expect(204);
    let low: Value = owner.get("/v1/seller/reorder-proposals").await.expect(200).read();
    assert_eq!(
        (&low["items"][0]["available"], &low["items"][0]["proposed"]),
        (&json!(6), &json!(34))
    );
    let listed: Value = owner.get("/v1/seller/stock?low=true").await.expect(200).read();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
}
