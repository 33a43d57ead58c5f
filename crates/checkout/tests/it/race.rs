use crate::world::{Instance, World, order_of};
use contracts::catalog::Offer;
use contracts::checkout::Checkout;
use contracts::orders::Order;
use futures::future::join_all;
use kernel::{Fault, secret};

/// So many buyers at once, each with a cart of these lines, spread over the instances.
async fn rush(
    world: &World,
    instances: &[Instance],
    buyers: usize,
    lines: &[(&Offer, u32)],
) -> Vec<Result<Order, Fault>> {
    let orders = (0..buyers).map(|i| async move {
        let owner = world.guest();
        let cart = world.cart(&owner, lines);
        instances[i % instances.len()].place(world, &owner, &cart).await
    });
    join_all(orders).await
}

fn sold(outcomes: &[Result<Order, Fault>]) -> usize {
    for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(refused.code, "out_of_stock");
    }
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}

async fn ten_buyers_and_one_unit(instances: usize, rounds: usize) {
    let world = World::new().await;
    let instances: Vec<Instance> = (0..instances).map(|_| world.instance()).collect();
    for _ in 0..rounds {
        let bowl = world.offer(1).await;
        let outcomes = rush(&world, &instances, 10, &[(&bowl, 1)]).await;
        assert_eq!(sold(&outcomes), 1);
        assert_eq!(world.level(&bowl).await, (1, 1));
    }
    world.assert_clean(&instances[0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_buyers_of_one_unit_one_gets_it() {
    ten_buyers_and_one_unit(1, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_buyers_at_two_instances_one_gets_it() {
    ten_buyers_and_one_unit(2, 50).await;
}

#[tokio::test]
async fn two_lines_of_one_sku_count_together() {
    let world = World::new().await;
    let instances = [world.instance()];
    let bowl = world.offer(5).await;
    let outcomes = rush(&world, &instances, 1, &[(&bowl, 3), (&bowl, 3)]).await;
    let refused = outcomes[0].as_ref().expect_err("there are five");
    assert_eq!(refused.code, "out_of_stock");
    assert_eq!(
        refused.extra["shortages"],
        serde_json::json!([{ "sku": bowl.sku, "requested": 6, "available": 5 }])
    );
    let outcomes = rush(&world, &instances, 4, &[(&bowl, 1), (&bowl, 1)]).await;
    assert_eq!(sold(&outcomes), 2);
    assert_eq!(world.level(&bowl).await, (5, 4));
    world.assert_clean(&instances[0]).await;
}

#[tokio::test]
async fn a_cart_gets_all_of_its_lines_or_none() {
    let world = World::new().await;
    let instances = [world.instance()];
    let (bowl, vase) = (world.offer(10).await, world.offer(3).await);
    let outcomes = rush(&world, &instances, 10, &[(&bowl, 1), (&vase, 1)]).await;
    assert_eq!(sold(&outcomes), 3);
    assert_eq!(
        (world.level(&bowl).await, world.level(&vase).await),
        ((10, 3), (3, 3))
    );
    world.assert_clean(&instances[0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_over_two_instances_sells_exactly_what_is_there() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let hot = world.offer(150).await;
    let mut cold = Vec::new();
    for _ in 0..5 {
        cold.push(world.offer(100).await);
    }
    let orders = (0..300).map(|i| {
        let (world, instance, hot, cold) = (&world, &instances[i % 2], &hot, &cold[i % 5]);
        async move {
            let owner = world.guest();
            let cart = world.cart(&owner, &[(hot, 1), (cold, 1)]);
            let request = order_of(&owner, &cart, &secret::token());
            instance.checkouts.place(&world.ctx(), request).await
        }
    });
    let outcomes = join_all(orders).await;
    assert_eq!(sold(&outcomes), 150);
    assert_eq!(world.level(&hot).await, (150, 150));
    world.assert_clean(&instances[0]).await;
}
