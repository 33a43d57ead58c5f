use crate::world::{World, order_of};
use contracts::checkout::Checkout;
use futures::future::join_all;
use kernel::{Fault, Kind};
use std::sync::atomic::Ordering;
use testkit::eventually;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_many_times_at_once_is_one_order() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let bowl = world.offer(10).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 1)]);
    let request = order_of(&owner, &cart, "twice");
    let ctx = world.ctx();
    let calls = (0..20).map(|i| instances[i % 2].checkouts.place(&ctx, request.clone()));
    let orders: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert!(orders.iter().all(|order| *order == orders[0]));
    assert_eq!(world.level(&bowl).await, (10, 1));
    world.assert_clean(&instances[0]).await;
}

#[tokio::test]
async fn a_replay_tells_the_order_as_it_was_placed() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(10).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 1)]);
    let request = order_of(&owner, &cart, "again");
    let order = instance
        .checkouts
        .place(&world.ctx(), request.clone())
        .await
        .unwrap();
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    eventually("the cart is closed", async || {
        world.market.is_closed(cart.id).then_some(())
    })
    .await;
    // Meanwhile everything that a new request would be refused for has come true.
    world.market.reprice(bowl.sku, 9999);
    let replayed = instance.checkouts.place(&world.ctx(), request).await.unwrap();
    assert_eq!(replayed, order);
}

#[tokio::test]
async fn a_cart_that_a_crash_left_open_is_closed_by_the_next_process_or_by_a_retry() {
    let world = World::new().await;
    let bowl = world.offer(10).await;
    let place_and_die = async |key: &str| {
        let dying = world.stopped_instance();
        dying.start_all_but("till.carts");
        let owner = world.guest();
        let cart = world.cart(&owner, &[(&bowl, 1)]);
        let request = order_of(&owner, &cart, key);
        dying
            .checkouts
            .place(&world.ctx(), request.clone())
            .await
            .unwrap();
        dying.stop().await;
        assert!(!world.market.is_closed(cart.id));
        (cart.id, request)
    };
    let closed = async |cart| {
        eventually("the cart is closed", async || {
            world.market.is_closed(cart).then_some(())
        })
        .await;
    };

    let (forgotten, _) = place_and_die("forgotten").await;
    world.market.carts_are_stuck.store(true, Ordering::Relaxed);
    let next = world.instance();
    eventually("closing was tried", async || {
        (!world.market.carts_are_stuck.load(Ordering::Relaxed)).then_some(())
    })
    .await;
    closed(forgotten).await;

    let (retried, request) = place_and_die("retried").await;
    next.checkouts.place(&world.ctx(), request).await.unwrap();
    closed(retried).await;
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(10).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 1)]);
    let request = order_of(&owner, &cart, "key");
    instance
        .checkouts
        .place(&world.ctx(), request.clone())
        .await
        .unwrap();
    let mut other = request;
    other.email = "other@example.org".into();
    let refused = instance
        .checkouts
        .place(&world.ctx(), other.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (refused.kind, refused.code.as_str()),
        (Kind::Unprocessable, "idempotency_key_reused")
    );
    // Also where the request would be refused anyway.
    other.expected_total.amount += 1;
    let refused = instance.checkouts.place(&world.ctx(), other).await.unwrap_err();
    assert_eq!(refused.code, "idempotency_key_reused");
}

#[tokio::test]
async fn a_refusal_is_replayed_even_when_there_is_stock_again() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(0).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 1)]);
    let ctx = world.ctx();
    let refused = instance
        .checkouts
        .place(&ctx, order_of(&owner, &cart, "first"))
        .await
        .unwrap_err();
    assert_eq!(refused.code, "out_of_stock");
    world.count(&bowl, 1).await;
    let replayed = instance
        .checkouts
        .place(&ctx, order_of(&owner, &cart, "first"))
        .await
        .unwrap_err();
    assert_eq!(replayed, refused);
    // A new key is a new question, and the refused cart was not used up.
    instance
        .checkouts
        .place(&ctx, order_of(&owner, &cart, "second"))
        .await
        .unwrap();
    world.assert_clean(&instance).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_cart_is_one_order_whatever_the_keys() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let bowl = world.offer(10).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 1)]);
    let ctx = world.ctx();
    let calls = (0..10).map(|i| {
        let request = order_of(&owner, &cart, &format!("key {i}"));
        instances[i % 2].checkouts.place(&ctx, request)
    });
    let outcomes = join_all(calls).await;
    let placed: Vec<_> = outcomes.iter().flatten().collect();
    assert_eq!(placed.len(), 1);
    let refused: Vec<&Fault> = outcomes.iter().filter_map(|o| o.as_ref().err()).collect();
    for fault in refused {
        assert_eq!(fault.code, "cart_ordered");
        assert_eq!(fault.extra["order"], serde_json::json!(placed[0].id));
    }
    assert_eq!(world.level(&bowl).await, (10, 1));
    world.assert_clean(&instances[0]).await;
}

#[tokio::test]
async fn one_callers_key_is_no_key_of_anothers() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(10).await;
    for _ in 0..2 {
        let owner = world.guest();
        let cart = world.cart(&owner, &[(&bowl, 1)]);
        instance
            .checkouts
            .place(&world.ctx(), order_of(&owner, &cart, "mine"))
            .await
            .unwrap();
    }
    assert_eq!(world.level(&bowl).await, (10, 2));
}

#[tokio::test]
async fn a_change_of_price_must_be_agreed_to() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(10).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 1)]);
    world.market.reprice(bowl.sku, 1200);
    let mut request = order_of(&owner, &cart, "key");
    let refused = instance
        .checkouts
        .place(&world.ctx(), request.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code, "total_changed");
    assert_eq!(refused.extra["total"]["amount"], 1700);
    request.expected_total.amount = 1700;
    let order = instance.checkouts.place(&world.ctx(), request).await.unwrap();
    assert_eq!(order.total.amount, 1700);
}
