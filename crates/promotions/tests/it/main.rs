//! Promotions over HTTP, as sellers and operators make, list and end them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use kernel::{Clock, FixedClock, Role, TenantId};
use promotions::Promotions;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use testkit::{Caller, Client, TestDb};

/// A token is a shop's id (its owner's), `<shop>.analyst`, or `admin`.
fn who(token: &str) -> Option<Caller> {
    match token {
        "admin" => Some(Caller::operator(Role::Admin)),
        token => Caller::of_shop(token),
    }
}

struct World {
    clock: Arc<FixedClock>,
    promotions: Promotions,
    served: Client,
    db: TestDb,
}

impl World {
    async fn new() -> Self {
        let db = TestDb::new(&[promotions::schema()]).await;
        let clock = testkit::clock();
        let promotions = Promotions::new(db.db(promotions::CONTEXT));
        let (routes, _) = promotions::routes(promotions.clone()).split_for_parts();
        Self {
            served: testkit::serve(routes, clock.clone(), who).await,
            clock,
            promotions,
            db,
        }
    }

    fn shop(&self) -> TenantId {
        TenantId::new(self.clock.now())
    }

    fn client(&self, token: &str) -> Client {
        self.served.bearer(token)
    }
}

const SELLER: &str = "/v1/seller/promotions";
const ADMIN: &str = "/v1/admin/promotions";

fn tenth() -> Value {
    json!({
        "name": "Spring sale", "code": "spring-10", "benefit": {"kind": "percent", "rate_basis_points": 1_000},
        "currency": "EUR", "category": "ceramics", "least": 2_000, "most": 1_000, "budget": 50_000, "uses_max": 100, "uses_per_buyer": 1,
        "note": "Agreed with the guild.",
    })
}

#[tokio::test]
async fn a_shop_makes_lists_and_ends_its_own() {
    let world = World::new().await;
    let (shop, other) = (world.shop(), world.shop());
    let owner = world.client(&shop.to_string());
    let made: Value = owner.post(SELLER, &tenth()).await.expect(201).read();
    assert_eq!(
        (
            &made["code"],
            &made["funder"],
            &made["shop"],
            &made["uses"],
            &made["spent"]
        ),
        (
            &json!("SPRING-10"),
            &json!("seller"),
            &json!(shop),
            &json!(0),
            &json!(0)
        )
    );
    assert_eq!(
        made["benefit"],
        json!({"kind": "percent", "rate_basis_points": 1_000})
    );
    let path = format!("{SELLER}/{}", made["id"].as_str().unwrap());
    assert_eq!(owner.get(&path).await.expect(200).read::<Value>(), made);
    let taken: Value = owner.post(SELLER, &tenth()).await.expect(409).read();
    assert_eq!(taken["code"], "code_taken");

    // Another shop does not see it, and may use the same code; nor does the marketplace, in its own list.
    let rival = world.client(&other.to_string());
    let _ = rival.get(&path).await.expect(404);
    let _ = rival
        .post(&format!("{path}/end"), &json!({"note": "mine"}))
        .await
        .expect(404);
    let _ = rival.post(SELLER, &tenth()).await.expect(201);
    let admin = world.client("admin");
    assert_eq!(
        admin.get(ADMIN).await.expect(200).read::<Value>()["items"],
        json!([])
    );
    let _ = admin
        .get(&format!("{ADMIN}/{}", made["id"].as_str().unwrap()))
        .await
        .expect(404);

    // Who only looks may look.
    let analyst = world.client(&format!("{shop}.analyst"));
    assert_eq!(analyst.get(&path).await.expect(200).read::<Value>(), made);
    let _ = analyst.post(SELLER, &tenth()).await.expect(403);
    let _ = analyst
        .post(&format!("{path}/end"), &json!({"note": "no"}))
        .await
        .expect(403);

    world.clock.advance(Duration::from_secs(60));
    let ended: Value = owner
        .post(&format!("{path}/end"), &json!({"note": "Sold out."}))
        .await
        .expect(200)
        .read();
    assert_eq!(
        (&ended["ends_at"], &ended["end_note"]),
        (&ended["ended_at"], &json!("Sold out."))
    );
    let again: Value = owner
        .post(&format!("{path}/end"), &json!({"note": "again"}))
        .await
        .expect(409)
        .read();
    assert_eq!(again["code"], "promotion_ended");
    let told = world.db.changed().await;
    let kinds: Vec<_> = told.iter().filter_map(|one| one["kind"].as_str()).collect();
    // Another shop made one too.
    assert_eq!(kinds, ["promotion.made", "promotion.made", "promotion.ended"]);
    assert_eq!(told[2]["after"]["note"], "Sold out.");
    assert_eq!(told[2]["before"]["name"], told[0]["after"]["name"]);
    let live: Value = owner.get(&format!("{SELLER}?live=true")).await.expect(200).read();
    assert_eq!(live["items"], json!([]));
    let _ = owner.post(SELLER, &tenth()).await.expect(201);
    let first: Value = owner.get(&format!("{SELLER}?limit=1")).await.expect(200).read();
    let next = first["next"].as_str().unwrap();
    let second: Value = owner
        .get(&format!("{SELLER}?limit=1&after={next}"))
        .await
        .expect(200)
        .read();
    assert_eq!((&second["items"][0], &second["next"]), (&ended, &Value::Null));
    let none: [String; 0] = [];
    assert_eq!(promotions::verify(&world.promotions).await.unwrap(), none);
}

#[tokio::test]
async fn the_marketplaces_own_are_paid_by_it() {
    let world = World::new().await;
    let shop = world.shop();
    let admin = world.client("admin");
    let mut wanted = tenth();
    wanted["shop"] = json!(shop);
    let made: Value = admin.post(ADMIN, &wanted).await.expect(201).read();
    assert_eq!(
        (&made["funder"], &made["shop"]),
        (&json!("marketplace"), &json!(shop))
    );
    // The shop that it is for has nothing to do with it.
    let owner = world.client(&shop.to_string());
    assert_eq!(
        owner.get(SELLER).await.expect(200).read::<Value>()["items"],
        json!([])
    );
    let _ = owner.get(ADMIN).await.expect(403);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_field() {
    let world = World::new().await;
    let owner = world.client(&world.shop().to_string());
    let cases = [
        (json!({"code": "no code"}), "/code"),
        (
            json!({"benefit": {"kind": "percent", "rate_basis_points": 0}}),
            "/benefit/rate_basis_points",
        ),
        (
            json!({"benefit": {"kind": "percent", "rate_basis_points": 10_001}}),
            "/benefit/rate_basis_points",
        ),
        (
            json!({"benefit": {"kind": "fixed", "amount": 0}}),
            "/benefit/amount",
        ),
        (
            json!({"benefit": {"kind": "buy_get", "buy": 0, "get": 1}}),
            "/benefit/buy",
        ),
        (json!({"budget": -1}), "/budget"),
        (json!({"least": 0}), "/least"),
        (json!({"most": 0}), "/most"),
        (json!({"currency": null}), "/currency"),
        (json!({"uses_max": 0}), "/uses_max"),
        (json!({"uses_per_buyer": -5}), "/uses_per_buyer"),
        (json!({"ends_at": "2020-01-01T00:00:00Z"}), "/ends_at"),
        (json!({"name": " "}), "/name"),
        (json!({"shop": world.shop()}), "/shop"),
    ];
    for (change, pointer) in cases {
        let mut wanted = tenth();
        for (key, value) in change.as_object().unwrap() {
            wanted[key] = value.clone();
        }
        let refused: Value = owner.post(SELLER, &wanted).await.expect(400).read();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{change}");
    }
    assert_eq!(
        owner.get(SELLER).await.expect(200).read::<Value>()["items"],
        json!([])
    );
}

/// Of what has ended, coupons are remembered for a while, so that buyers are told; and not without bound.
#[tokio::test]
async fn what_has_ended_is_forgotten() {
    let world = World::new().await;
    let admin = world.client("admin");
    let mut automatic = tenth();
    automatic["code"] = Value::Null;
    for wanted in [tenth(), automatic] {
        let made: Value = admin.post(ADMIN, &wanted).await.expect(201).read();
        let end = format!("{ADMIN}/{}/end", made["id"].as_str().unwrap());
        let _ = admin.post(&end, &json!({"note": "Enough."})).await.expect(200);
    }
    let known = async |promotions: Promotions| {
        let book = promotions.book(world.clock.now()).await.unwrap();
        let known = book.candidates(std::iter::empty(), &["SPRING-10".to_owned()]);
        (known.coupons[0].1.len(), known.automatic.len())
    };
    assert_eq!(known(world.promotions.clone()).await, (1, 0));
    world.clock.advance(Duration::from_secs(31 * 86_400));
    let later = Promotions::new(world.db.db(promotions::CONTEXT));
    assert_eq!(known(later).await, (0, 0));

    sqlx::query(
        "insert into promotions.promotion
                (id, name, code, benefit, products, starts_at, ends_at, note, made_by, made_at, ended_by, ended_at)
         select gen_random_uuid(), 'Old', 'OLD-' || n, '\"free_delivery\"', '{}', $1, $1, '', '{}', $1, '{}', $1
           from generate_series(1, 1000) n",
    )
    .bind(world.clock.now())
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    let refused: Value = admin.post(ADMIN, &tenth()).await.expect(409).read();
    assert_eq!(refused["code"], "too_many_promotions");
    world.clock.advance(Duration::from_secs(31 * 86_400));
    let _ = admin.post(ADMIN, &tenth()).await.expect(201);
}

#[tokio::test]
async fn other_processes_learn_of_it() {
    let world = World::new().await;
    let elsewhere = Promotions::new(world.db.db(promotions::CONTEXT));
    let now = world.clock.now();
    let candidates = |promotions: Promotions| async move {
        let book = promotions.book(now).await.unwrap();
        book.candidates(std::iter::empty(), &["SPRING-10".to_owned()])
            .all()
            .count()
    };
    assert_eq!(candidates(elsewhere.clone()).await, 0);
    let _ = world.client("admin").post(ADMIN, &tenth()).await.expect(201);
    assert_eq!(
        candidates(world.promotions.clone()).await,
        1,
        "the one that made it, at once"
    );
    assert_eq!(candidates(elsewhere.clone()).await, 0, "what is remembered holds");
    elsewhere.refresh(now).await.unwrap();
    assert_eq!(candidates(elsewhere).await, 1);
}
