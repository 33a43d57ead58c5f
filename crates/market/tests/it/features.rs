//! What the operator has turned off cannot be begun, by anybody and in any context; what was begun goes on.

use crate::rightly;
use crate::spec::{Answer, Call};
use crate::world::{Who, World, product};
use serde_json::{Value, json};

/// What begins something, and the feature that it belongs to.
const BEGINS: [(&str, &str); 7] = [
    ("promote_listing", "promoted_listings"),
    ("make_webhook", "webhooks"),
    ("make_api_key", "api_keys"),
    ("make_seller_promotion", "coupons"),
    ("start_import", "uploads"),
    ("preview_import", "uploads"),
    ("begin_import", "uploads"),
];

/// Sets what holds for all shops.
async fn set(world: &World, feature: &str, on: bool) {
    let call = world.call("set_feature", &[feature]).json(&json!({"on": on}));
    let state = world.send_as(Who::Admin, &call).await.expect(200).json();
    assert_eq!((&state["feature"], &state["on"]), (&json!(feature), &json!(on)));
}

/// Sets what holds for shop A.
async fn set_of_a(world: &World, feature: &str, on: bool) {
    let call = world.call("set_shop_feature", &[&world.a.id, feature]);
    let call = call.json(&json!({"on": on}));
    world.send_as(Who::Admin, &call).await.expect(200);
}

fn assert_off(answer: &Answer, feature: &str) {
    let text = answer.text();
    assert_eq!(answer.status, 403, "{text}");
    assert_eq!(answer.at("/code"), "feature_off");
    assert_eq!(answer.at("/feature"), feature);
    let detail = answer.at("/detail");
    assert!(
        detail.contains(&format!("`{feature}`")) && detail.contains("operator"),
        "{detail}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_off_cannot_be_begun_but_by_the_shop_that_is_an_exception() {
    let world = World::new().await;
    for (operation, feature) in BEGINS {
        // Made ready first: some of it is begun with the same feature.
        let call = rightly::visit(&world, operation, Some(Who::OwnerA)).await.call;
        set(&world, feature, false).await;
        assert_off(&world.send_as(Who::OwnerA, &call).await, feature);
        set_of_a(&world, feature, true).await;
        let answer = world.send_as(Who::OwnerA, &call).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text());

        set(&world, feature, true).await;
        set_of_a(&world, feature, false).await;
        assert_off(&world.send_as(Who::OwnerA, &call).await, feature);
        let clear = world.call("clear_shop_feature", &[&world.a.id, feature]);
        let cleared = world.send_as(Who::Admin, &clear).await.expect(200).json();
        assert_eq!((&cleared["on"], cleared.get("own")), (&json!(true), None));
    }
    world.close().await;
}

async fn create(world: &World, more: &[(&str, &Value)]) -> Answer {
    let mut wanted = product(&format!("feature-{}", world.fresh()));
    for (name, value) in more {
        wanted[*name] = (*value).clone();
    }
    let call = world.call("create_product", &[]).json(&wanted);
    world.send_as(Who::OwnerA, &call).await
}

async fn patch(world: &World, id: &str, change: &Value) -> Answer {
    let read = world.call("get_own_product", &[id]);
    let seen = world.send_as(Who::OwnerA, &read).await.expect(200);
    let version = seen.headers["etag"].as_bytes().to_vec();
    let call: Call = world.call("patch_product", &[id]).header("if-match", version);
    world.send_as(Who::OwnerA, &call.json(change)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn products_become_nothing_that_is_off_and_stay_what_they_are() {
    let world = World::new().await;
    let file = rightly::downloads::file_of_a(&world).await;
    let digital = json!({"files": [file]});
    let making = json!({
        "fields": [{"key": "name", "label": "Name", "input": {"type": "text", "max_chars": 20}}],
    });
    for (feature, member, value, other) in [
        (
            "digital_goods",
            "digital",
            &digital,
            json!({"digital": {"files": [file], "days": 30}}),
        ),
        (
            "made_to_order",
            "making",
            &making,
            json!({"making": {"returnable": false}}),
        ),
    ] {
        // What is downloaded has no stock of its own.
        let plain = create(&world, &[]).await.expect(201).at("/id");
        let variants =
            json!([{"code": format!("v-{}", world.fresh()), "price": {"amount": 900, "currency": "EUR"}}]);
        let with = [(member, value), ("variants", &variants)];
        let had = create(&world, &with).await.expect(201).at("/id");

        set(&world, feature, false).await;
        assert_off(&create(&world, &[(member, value)]).await, feature);
        assert_off(&patch(&world, &plain, &json!({member: value})).await, feature);
        // What says nothing of it, what is it already and what ends it are as before.
        create(&world, &[]).await.expect(201);
        patch(&world, &plain, &json!({"title": "Another"}))
            .await
            .expect(200);
        patch(&world, &had, &json!({"title": "Another"}))
            .await
            .expect(200);
        patch(&world, &had, &other).await.expect(200);
        patch(&world, &had, &json!({member: {}})).await.expect(200);
        // It is plain by now.
        assert_off(&patch(&world, &had, &json!({member: value})).await, feature);
        set(&world, feature, true).await;
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_goes_on_and_can_be_ended() {
    let world = World::new().await;
    let hook = rightly::webhook_of_a(&world).await;
    let promoted = rightly::promoted_of_a(&world).await;
    let (key, secret) = rightly::api_key_with(&world, Who::OwnerA, &["shop:read"]).await;
    for feature in ["webhooks", "promoted_listings", "api_keys"] {
        set(&world, feature, false).await;
    }
    for (operation, parts) in [
        ("list_webhooks", vec![]),
        ("get_webhook", vec![hook.as_str()]),
        ("list_promoted_listings", vec![]),
        ("stop_promoted_listing", vec![promoted.as_str()]),
        ("list_api_keys", vec![]),
    ] {
        let answer = world.send_as(Who::OwnerA, &world.call(operation, &parts)).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
    }
    let by_key = world.call("own_shop", &[]).bearer(Some(&secret));
    world.send(&by_key).await.expect(200);
    for (operation, id) in [("delete_webhook", &hook), ("revoke_api_key", &key)] {
        let answer = world.send_as(Who::OwnerA, &world.call(operation, &[id])).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text());
    }
    world.close().await;
}
