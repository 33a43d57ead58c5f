//! An idempotency key on a call that changes something: done once, answered as often as it is asked.

use crate::spec::{Answer, Call};
use crate::world::{Who, World};
use serde_json::json;

fn add(world: &World, key: &'static str, quantity: u32) -> Call {
    let body = json!({"sku": world.b.sku, "quantity": quantity});
    world
        .call("add_to_cart", &[])
        .json(&body)
        .header("idempotency-key", key)
}

async fn units(world: &World, who: Who) -> u64 {
    let cart = world
        .send_as(who, &world.call("get_cart", &[]))
        .await
        .expect(200)
        .json();
    let lines = cart["lines"].as_array().cloned().unwrap_or_default();
    let of_sku = lines.iter().filter(|line| line["sku"] == json!(world.b.sku));
    of_sku.filter_map(|line| line["quantity"].as_u64()).sum()
}

fn replayed(answer: &Answer) -> bool {
    answer.headers.contains_key("idempotent-replayed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_with_a_key_is_done_once() {
    let world = World::new().await;
    let before = units(&world, Who::BuyerB).await;

    let first = world
        .send_as(Who::BuyerB, &add(&world, "one", 1))
        .await
        .expect(200);
    let second = world
        .send_as(Who::BuyerB, &add(&world, "one", 1))
        .await
        .expect(200);
    assert_eq!((replayed(&first), replayed(&second)), (false, true));
    assert_eq!(first.body, second.body);
    assert_eq!(first.headers.get("etag"), second.headers.get("etag"));
    assert_eq!(units(&world, Who::BuyerB).await, before + 1);

    // The same key for something else.
    let other = world
        .send_as(Who::BuyerB, &add(&world, "one", 2))
        .await
        .expect(422);
    assert_eq!(other.at("/code"), "idempotency_key_reused");
    // Somebody else's key of the same name.
    let theirs = world
        .send_as(Who::BuyerA, &add(&world, "one", 1))
        .await
        .expect(200);
    assert!(!replayed(&theirs));
    // A refusal is an answer as well.
    let refused = world
        .send_as(Who::BuyerB, &add(&world, "many", 1_000))
        .await
        .expect(400);
    let again = world
        .send_as(Who::BuyerB, &add(&world, "many", 1_000))
        .await
        .expect(400);
    assert_eq!((replayed(&refused), replayed(&again)), (false, true));
    assert_eq!(refused.body, again.body);
    // Nobody has no keys: the answer holds the secret of a new cart.
    let nobody = world.send(&add(&world, "one", 1)).await.expect(200);
    let nobody_else = world.send(&add(&world, "one", 1)).await.expect(200);
    assert!(!replayed(&nobody_else));
    assert_ne!(nobody.at("/cart_token"), nobody_else.at("/cart_token"));
    let unreadable = world.send_as(Who::BuyerB, &add(&world, "", 1)).await.expect(400);
    assert_eq!(unreadable.at("/code"), "idempotency_key");

    let before = units(&world, Who::BuyerB).await;
    let at_once = futures::future::join_all((0..10).map(async |_| {
        let call = add(&world, "at-once", 1);
        world.send_as(Who::BuyerB, &call).await.status
    }))
    .await;
    assert!(at_once.contains(&200), "{at_once:?}");
    assert!(
        at_once.iter().all(|status| [200, 409].contains(status)),
        "{at_once:?}"
    );
    assert_eq!(units(&world, Who::BuyerB).await, before + 1);

    // Answers are kept for a day.
    world.clock.advance(std::time::Duration::from_secs(25 * 3600));
    let token = world.sign_in(Who::BuyerB).await.at("/access_token");
    let next_day = add(&world, "one", 1).bearer(Some(&token));
    assert!(!replayed(&world.send(&next_day).await.expect(200)));
    world.close().await;
}
