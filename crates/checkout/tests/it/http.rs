use crate::world::{World, address};
use axum::http::HeaderValue;
use contracts::cart::CartOwner;
use httpkit::Observe;
use kernel::secret;
use serde_json::{Value, json};
use testkit::{Client, spawn_router};

#[tokio::test]
async fn a_guest_buys_over_http() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let token = secret::token();
    let owner = CartOwner::Guest(token.clone());
    let cart = world.cart(&owner, &[(&bowl, 2), (&vase, 1)]);
    let (routes, _) = checkout::routes(instance.checkouts.clone())
        .merge(orders::routes(world.orders.clone()))
        .split_for_parts();
    let observed = httpkit::Instance {
        id: HeaderValue::from_static("test"),
        clock: world.clock.clone(),
        trusted_proxies: httpkit::TrustedProxies::default(),
    };
    let base = spawn_router(routes.layer(Observe(observed))).await;
    let guest = Client::new(base.clone()).header("X-Cart-Token", &token);

    let quote: Value = guest
        .post(
            "/v1/checkout/quote",
            &json!({ "cart": cart.id, "address": address() }),
        )
        .await
        .expect(200)
        .read();
    assert_eq!(quote["total"]["amount"], 4000);
    assert_eq!(quote["groups"][0]["lines"][0]["available"], 5);

    let body = json!({
        "cart": cart.id, "cart_version": 1, "expected_total": quote["total"],
        "email": "lucia@example.org", "address": address(),
    });
    let missing = guest.post("/v1/orders", &body).await.expect(400);
    assert_eq!(missing.read::<Value>()["code"], "idempotency_key");
    let keyed = guest.header("Idempotency-Key", "k1");
    let placed = keyed.post("/v1/orders", &body).await.expect(201);
    let order: Value = placed.read();
    assert_eq!(order["sub_orders"].as_array().map(Vec::len), Some(2));
    let path = placed.header("location").expect("a location").to_owned();
    assert_eq!(
        keyed.post("/v1/orders", &body).await.expect(201).read::<Value>(),
        order
    );
    let mut other = body.clone();
    other["email"] = json!("other@example.org");
    assert_eq!(
        keyed.post("/v1/orders", &other).await.expect(422).read::<Value>()["code"],
        "idempotency_key_reused"
    );

    let bad_city = json!({
        "cart": cart.id, "cart_version": 1, "expected_total": quote["total"], "email": "nobody",
        "address": address(),
    });
    let refused: Value = guest
        .header("Idempotency-Key", "k2")
        .post("/v1/orders", &bad_city)
        .await
        .expect(400)
        .read();
    assert_eq!(refused["errors"][0]["pointer"], "/email");

    let paid: Value = guest
        .post(&format!("{path}/pay"), &json!({ "method": "tok_visa" }))
        .await
        .expect(200)
        .read();
    assert_eq!(
        (&paid["status"], &paid["order"]["status"]),
        (&json!("captured"), &json!("confirmed"))
    );
    let elsewhere = guest
        .post(
            &format!("{path}/pay"),
            &json!({ "method": "tok_visa", "return_path": "//evil.example" }),
        )
        .await
        .expect(400);
    assert_eq!(elsewhere.read::<Value>()["errors"][0]["pointer"], "/return_path");

    let read: Value = guest.get(&path).await.expect(200).read();
    assert_eq!(read, paid["order"]);
    let as_placed: Value = guest.get(&format!("{path}?version=1")).await.expect(200).read();
    assert_eq!(as_placed, order);
    let events: Value = guest.get(&format!("{path}/events")).await.expect(200).read();
    assert_eq!(events["items"].as_array().map(Vec::len), Some(2));
    let stranger = Client::new(base).header("X-Cart-Token", &secret::token());
    let _ = stranger.get(&path).await.expect(404);

    let cancelled: Value = guest
        .post(&format!("{path}/cancel"), &json!({}))
        .await
        .expect(200)
        .read();
    assert_eq!(cancelled["status"], "cancelled");
    world.assert_clean(&instance).await;
}
