//! Changes whose time is to come.

use crate::history::jug;
use crate::scene::Scene;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

async fn ask(scene: &Scene, id: &str, in_s: u64, change: Value) -> testkit::Response {
    let at = scene.ctx.now + Duration::from_secs(in_s);
    let path = format!("/v1/seller/products/{id}/scheduled-changes");
    scene
        .seller()
        .await
        .post(&path, &json!({"at": at, "change": change}))
        .await
}

async fn listed(scene: &Scene, id: &str) -> Vec<Value> {
    let path = format!("/v1/seller/products/{id}/scheduled-changes");
    let page = scene.seller().await.get(&path).await.expect(200).json();
    page["items"].as_array().expect("a page").clone()
}

async fn own(scene: &Scene, id: &str) -> Value {
    let own = scene
        .seller()
        .await
        .get(&format!("/v1/seller/products/{id}"))
        .await;
    own.expect(200).json()
}

/// Works until nothing is due any more.
async fn work(scene: &Scene) {
    let stop = CancellationToken::new();
    let (products, cancel) = (scene.products.clone(), stop.clone());
    let until_done = async {
        for _ in 0..500 {
            let waiting = scene
                .number("select count(*) from catalog.scheduled_change where state = 'waiting'")
                .await;
            let jobs = scene
                .number("select count(*) from store.job where queue = 'catalog.scheduled_changes'")
                .await;
            if waiting == jobs && jobs == due_later(scene).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("changes are due and nobody applies them");
    };
    let worker = catalog::work(products, cancel);
    tokio::pin!(worker);
    tokio::select! {
        () = &mut worker => panic!("it works until it is told to stop"),
        () = until_done => {}
    }
    stop.cancel();
    worker.await;
}

/// Changes that wait for a time to come.
async fn due_later(scene: &Scene) -> i64 {
    let mut owner = scene.db.owner().await;
    sqlx::query_scalar("select count(*) from catalog.scheduled_change where state = 'waiting' and at > $1")
        .bind(scene.ctx.now)
        .fetch_one(&mut owner)
        .await
        .expect("a number")
}

#[tokio::test]
async fn a_change_is_applied_at_its_time_and_once() {
    let mut scene = Scene::new().await;
    let id = jug(&scene).await;
    let change = json!({"title": "Winter jug", "prices": [
        {"code": "J-L", "price": {"amount": 1500, "currency": "EUR"}, "compare_at": {"amount": 2000, "currency": "EUR"}},
    ]});
    let made = ask(&scene, &id, 3600, change).await.expect(201).json();
    assert_eq!(
        (&made["state"], &made["who"]),
        (&json!("waiting"), &json!("Ada Byron"))
    );
    Box::pin(work(&scene)).await;
    assert_eq!(own(&scene, &id).await["title"], "Jug");

    scene.advance_ms(3_600_000);
    Box::pin(work(&scene)).await;
    let now = own(&scene, &id).await;
    assert_eq!(
        (&now["title"], &now["version"]),
        (&json!("Winter jug"), &json!(2))
    );
    assert_eq!(now["variants"][1]["price"]["amount"], 1500);
    assert_eq!(now["variants"][1]["compare_at"]["amount"], 2000);
    assert_eq!(now["variants"][0]["price"]["amount"], 1000);
    let listed = listed(&scene, &id).await;
    assert_eq!(
        (&listed[0]["state"], &listed[0]["version"]),
        (&json!("applied"), &json!(2))
    );
    let versions = scene
        .seller()
        .await
        .get(&format!("/v1/seller/products/{id}/versions"))
        .await
        .expect(200)
        .json();
    assert_eq!(versions["items"][0]["who"], "scheduled by Ada Byron");
    assert_eq!(
        versions["items"][0]["cause"],
        json!({"kind": "schedule", "change": listed[0]["id"]})
    );

    // A worker that died after the change and before it said so comes again, and changes nothing.
    let payload = json!({"tenant": scene.shop, "change": listed[0]["id"]});
    let mut owner = scene.db.owner().await;
    sqlx::query(
        "insert into store.job (id, queue, payload, run_at, attempts_max) values ($1, 'catalog.scheduled_changes', $2, $3, 8)",
    )
    .bind(uuid::Uuid::from_u128(1))
    .bind(&payload)
    .bind(scene.ctx.now)
    .execute(&mut owner)
    .await
    .expect("enqueued");
    Box::pin(work(&scene)).await;
    assert_eq!(own(&scene, &id).await["version"], 2);
}

#[tokio::test]
async fn what_can_no_longer_be_applied_is_told_and_not_tried_again() {
    let mut scene = Scene::new().await;
    let id = jug(&scene).await;
    let price = json!({"prices": [{"code": "J-L", "price": {"amount": 1500, "currency": "EUR"}}]});
    let _ = ask(&scene, &id, 60, price.clone()).await.expect(201);
    // Asked for later, and so told first.
    scene.advance_ms(1);
    let _ = ask(&scene, &id, 120, json!({"status": "inactive"}))
        .await
        .expect(201);
    let seller = scene.seller().await;
    let patch = json!({"variants": [{"code": "J-S", "price": {"amount": 1000, "currency": "EUR"}}]});
    let path = format!("/v1/seller/products/{id}");
    let _ = seller
        .header("if-match", "\"1\"")
        .patch(&path, &patch)
        .await
        .expect(200);
    scene.advance_ms(60_000);
    Box::pin(work(&scene)).await;
    let failed = &listed(&scene, &id).await[1];
    assert_eq!(
        (&failed["state"], &failed["failure"]["code"]),
        (&json!("failed"), &json!("variant_unknown"))
    );
    let _ = seller.delete(&path).await.expect(204);
    scene.advance_ms(60_000);
    Box::pin(work(&scene)).await;
    let failed = &listed(&scene, &id).await[0];
    assert_eq!(
        (&failed["state"], &failed["failure"]["code"]),
        (&json!("failed"), &json!("product_deleted"))
    );
    assert_eq!(scene.number("select count(*) from store.job").await, 0);
}

#[tokio::test]
async fn a_change_is_taken_back_before_its_time() {
    let mut scene = Scene::new().await;
    let id = jug(&scene).await;
    let made = ask(&scene, &id, 60, json!({"status": "inactive"}))
        .await
        .expect(201)
        .json();
    let path = format!(
        "/v1/seller/products/{id}/scheduled-changes/{}/cancel",
        made["id"].as_str().expect("an id")
    );
    let stranger = scene
        .client()
        .await
        .bearer(&format!("owner {}", scene.other_shop));
    let _ = stranger.post(&path, &json!({})).await.expect(404);
    let seller = scene.seller().await;
    for _ in 0..2 {
        let cancelled = seller.post(&path, &json!({})).await.expect(200).json();
        assert_eq!(cancelled["state"], "cancelled");
    }
    let kept = ask(&scene, &id, 60, json!({"brand": "B"}))
        .await
        .expect(201)
        .json();
    scene.advance_ms(60_000);
    Box::pin(work(&scene)).await;
    let now = own(&scene, &id).await;
    assert_eq!((&now["status"], &now["brand"]), (&json!("active"), &json!("B")));
    let late = path.replace(
        made["id"].as_str().expect("an id"),
        kept["id"].as_str().expect("an id"),
    );
    assert_eq!(
        seller.post(&late, &json!({})).await.expect(409).json()["code"],
        "schedule_over"
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_once() {
    let scene = Scene::new().await;
    let id = jug(&scene).await;
    let euro = |code: &str, amount: i64| json!({"prices": [{"code": code, "price": {"amount": amount, "currency": "EUR"}}]});
    for (in_s, change, code) in [
        (60, json!({}), "change_empty"),
        (0, json!({"brand": "B"}), "time_out_of_range"),
        (400 * 86_400, json!({"brand": "B"}), "time_out_of_range"),
        (60, euro("J-XL", 1), "variant_unknown"),
        (60, euro("J-S", -1), "price_out_of_range"),
        (60, json!({"title": " "}), "text_empty"),
    ] {
        let refused = ask(&scene, &id, in_s, change).await.expect(400).json();
        assert_eq!(refused["code"], code);
    }
    assert_eq!(scene.number("select count(*) from store.job").await, 0);
}

#[tokio::test]
async fn a_sale_and_prices_for_many_come_without_a_price() {
    let mut scene = Scene::new().await;
    let id = jug(&scene).await;
    let before = own(&scene, &id).await;
    let of = |product: &Value| {
        let variants = product["variants"].as_array().expect("variants");
        variants
            .iter()
            .find(|v| v["code"] == "J-L")
            .expect("there")
            .clone()
    };
    let price = of(&before)["price"]["amount"].as_i64().expect("an amount");
    let euros = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    let until = scene.ctx.now + Duration::from_secs(90_000);
    let change = json!({"prices": [{
        "code": "J-L",
        "compare_at": euros(price + 500),
        "sale": {"price": euros(price - 300), "until": until},
        "breaks": [{"from_quantity": 6, "price": euros(price - 400)}],
    }]});
    let _ = ask(&scene, &id, 3600, change).await.expect(201);
    scene.advance_ms(3_600_000);
    Box::pin(work(&scene)).await;
    let variant = of(&own(&scene, &id).await);
    assert_eq!(
        (
            &variant["price"],
            &variant["compare_at"],
            &variant["sale"]["price"]
        ),
        (&euros(price), &euros(price + 500), &euros(price - 300)),
        "{variant}"
    );
    assert_eq!(
        variant["breaks"],
        json!([{"from_quantity": 6, "price": euros(price - 400)}])
    );
}
