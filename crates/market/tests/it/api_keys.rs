//! What a shop's API keys open, over HTTP: their scopes, of their shop, and nothing else.

use crate::rightly::{self, api_key_with};
use crate::spec::Call;
use crate::world::{Who, World};
use contracts::identity::ApiScope;
use serde_json::json;
use testkit::eventually;

/// For each scope an operation that it opens and no other does.
const OPENS: [(&str, &str); 11] = [
    ("shop:read", "own_shop"),
    ("products:read", "get_own_product"),
    ("products:write", "patch_product"),
    ("inventory:read", "list_stock"),
    ("inventory:write", "adjust_stock"),
    ("orders:read", "list_seller_orders"),
    ("orders:write", "pack_seller_order"),
    ("refunds:write", "refund_sale"),
    ("messages:write", "list_seller_messages"),
    ("promotions:write", "make_seller_promotion"),
    ("payouts:read", "seller_balance"),
];

fn all() -> Vec<&'static str> {
    ApiScope::ALL.map(ApiScope::name).into()
}

fn with(call: &Call, key: &str) -> Call {
    call.clone().bearer(Some(key))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scope_opens_its_own_and_no_other() {
    let world = World::new().await;
    assert_eq!(OPENS.map(|(scope, _)| scope).to_vec(), all());
    let mut keys = Vec::new();
    for scope in all() {
        keys.push((scope, api_key_with(&world, Who::OwnerA, &[scope]).await.1));
    }
    let mut wrong = Vec::new();
    for (opening, operation) in OPENS {
        let call = rightly::visit(&world, operation, Some(Who::OwnerA)).await.call;
        for (scope, key) in keys.iter().filter(|(scope, _)| *scope != opening) {
            let answer = world.send(&with(&call, key)).await;
            let is_told = answer.text().contains(&format!("`{opening}`"));
            if answer.status != 403 || answer.at("/code") != "scope_missing" || !is_told {
                wrong.push(format!(
                    "{operation} by {scope}: {} {}",
                    answer.status,
                    answer.text()
                ));
            }
        }
        let (_, key) = keys.iter().find(|(scope, _)| *scope == opening).unwrap();
        let answer = world.send(&with(&call, key)).await;
        if answer.status >= 300 {
            wrong.push(format!(
                "{operation} by its own: {} {}",
                answer.status,
                answer.text()
            ));
        }
    }
    world.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whatever it may do in its shop: what is for people alone stays so, and so does what is others'.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_every_scope_is_no_person_and_no_other_shop() {
    let world = World::new().await;
    let (_, key) = api_key_with(&world, Who::OwnerB, &all()).await;
    for (operation, status, code) in [
        ("list_staff", 403, "scope_missing"),
        ("list_api_keys", 403, "scope_missing"),
        ("put_payout_schedule", 403, "scope_missing"),
        ("list_all_shops", 403, "wrong_audience"),
        ("list_orders", 403, "wrong_audience"),
        ("me", 401, "token_missing"),
        ("list_sessions", 401, "token_missing"),
        ("get_partner_shipment", 401, "api_key_invalid"),
    ] {
        let call = rightly::visit(&world, operation, Some(Who::OwnerB)).await.call;
        let answer = world.send(&with(&call, &key)).await;
        assert_eq!(
            (answer.status, answer.at("/code").as_str()),
            (status, code),
            "{operation}"
        );
    }
    for (operation, id) in [
        ("get_own_product", &world.a.product),
        ("get_seller_order", &world.a.sale),
    ] {
        let call = with(&world.call(operation, &[id]), &key);
        let answer = world.send(&call).await.expect(404);
        assert_eq!(answer.at("/code"), "not_found");
    }
    let own = with(&world.call("list_own_products", &[]), &key);
    let own = world.send(&own).await.expect(200).text();
    assert!(
        own.contains(&world.b.product) && !own.contains(&world.a.product),
        "{own}"
    );
    // Whoever looks around with a key sees what anybody sees.
    let public = with(&world.call("get_product", &[&world.a.product]), &key);
    let _ = world.send(&public).await.expect(200);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_suspended_shop_and_of_somebody_who_left_do_nothing() {
    let world = World::new().await;
    let (_, key) = api_key_with(&world, Who::OwnerA, &["shop:read"]).await;
    let read = with(&world.call("own_shop", &[]), &key);
    let run = |command: &str| {
        let call = world.call(command, &[&world.a.id]);
        call.json(&json!({"reason": "The papers ran out."}))
    };
    world.send_as(Who::Admin, &run("suspend_shop")).await.expect(200);
    eventually("the key does nothing", || async {
        let answer = world.send(&read).await;
        (answer.status == 403 && answer.at("/code") == "shop_inactive").then_some(())
    })
    .await;
    world
        .send_as(Who::Admin, &run("reinstate_shop"))
        .await
        .expect(200);
    eventually("the key is good again", || async {
        (world.send(&read).await.status == 200).then_some(())
    })
    .await;

    let (_, key) = api_key_with(&world, Who::OwnerA, &["shop:read"]).await;
    let mut owner = world.db.owner().await;
    sqlx::query("delete from identity.shop_role where account_id = $1")
        .bind(world.users[&Who::OwnerA].0)
        .execute(&mut owner)
        .await
        .unwrap();
    let read = with(&world.call("own_shop", &[]), &key);
    let answer = world.send(&read).await.expect(401);
    assert_eq!(answer.at("/code"), "api_key_orphaned");
    world.close().await;
}
