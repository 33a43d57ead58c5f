//! Stories of other marketplaces that went wrong there. `docs/proof.md` lists them all; these are the ones that stand
//! nowhere else.

use crate::world::{SECRET, World, order_of};
use checkout::Heard;
use contracts::checkout::Checkout;
use contracts::orders::{AsOf, OrderStatus, Orders as _};
use contracts::payments::{PaymentStatus, Payments};
use futures::future::join_all;
use kernel::{Clock, Ctx};
use payments::provider::charge_key;
use payments::webhook::Secret;
use serde_json::json;
use std::time::Duration;
use testkit::eventually;

/// Rows of a table.
async fn rows(world: &World, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&mut world.system().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn goods_gone_between_cart_and_order_leave_nothing_half_done_and_nobody_charged() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(1).await, world.offer(5).await);
    let slow = world.guest();
    let cart = world.cart(&slow, &[(&vase, 1), (&bowl, 1)]);
    let (_, _) = instance.order(&world, &[(&bowl, 1)]).await;
    let refused = instance.place(&world, &slow, &cart).await.unwrap_err();
    assert_eq!(refused.code, "out_of_stock");
    let gone = json!([{"sku": bowl.sku, "requested": 1, "available": 0}]);
    assert_eq!(refused.extra["shortages"], gone);
    assert_eq!(world.level(&vase).await, (5, 0), "the other line is not held");
    for table in ["orders.order", "payments.payment", "checkout.cart_claim"] {
        assert_eq!(rows(&world, table).await, 1, "{table}");
    }
    assert_eq!(world.wire.calls(), [""; 0], "the provider heard of nothing");
    assert!(
        !world.market.is_closed(cart.id),
        "the cart can be changed and ordered"
    );
    world.assert_clean(&instance).await;
}

/// Held goods are the buyer's until the hold runs out, whatever others do between ordering and paying.
#[tokio::test]
async fn goods_are_not_gone_between_order_and_payment() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let rival = world.guest();
    let cart = world.cart(&rival, &[(&bowl, 1)]);
    assert_eq!(
        instance.place(&world, &rival, &cart).await.unwrap_err().code,
        "out_of_stock"
    );
    world.clock.advance(Duration::from_secs(14 * 60));
    let outcome = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    assert_eq!(world.level(&bowl).await, (0, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_and_a_client_that_complete_at_once_confirm_once() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    for round in 0..10 {
        let bowl = world.offer(1).await;
        let (owner, order) = instances[0].order(&world, &[(&bowl, 1)]).await;
        let outcome = instances[0].pay(&world, &owner, &order, "tok_3ds").await.unwrap();
        let reference = outcome.action_url.unwrap().rsplit('/').next().unwrap().to_owned();
        let ctx = world.ctx();
        world
            .payments
            .sandbox_answer(&ctx, reference, true)
            .await
            .unwrap();
        let secret = Secret::new(SECRET.to_vec());
        let body = json!({"type": "charge.authorized", "data": {"key": charge_key(order.payment, 1)}});
        let hears = (0..4).map(|n| {
            let id = format!("msg_{round}_{}", n / 2);
            let webhook = secret.sign(&id, world.clock.now(), body.to_string().into_bytes());
            let ctx = Ctx::system("webhooks", world.clock.now());
            let instance = &instances[n % 2];
            async move { instance.checkouts.hear(&ctx, "sandbox", webhook).await }
        });
        let comes_back = (0..4).map(|n| {
            let (instance, owner) = (&instances[n % 2], owner.clone());
            let ctx = world.ctx();
            async move { instance.checkouts.resume(&ctx, owner, order.id).await }
        });
        let (heard, resumed) = futures::join!(join_all(hears), join_all(comes_back));
        for heard in heard {
            assert!(matches!(heard.unwrap(), Heard::First | Heard::Again));
        }
        for resumed in resumed {
            resumed.unwrap();
        }
        let ctx = world.ctx();
        eventually("the order is confirmed", async || {
            let now = world
                .orders
                .order(&ctx, None, order.id, AsOf::default())
                .await
                .unwrap();
            (now.status == OrderStatus::Confirmed).then_some(())
        })
        .await;
        let history = world.orders.history(&ctx, None, order.id).await.unwrap();
        let names: Vec<_> = history.iter().map(|event| event.name.as_str()).collect();
        assert_eq!(names, ["placed", "confirmed"], "round {round}");
        assert_eq!(world.charges(&order).await, (1, 1));
        assert_eq!(world.level(&bowl).await, (0, 0));
    }
    world.assert_clean(&instances[0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_places_once_and_charges_once() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let bowl = world.offer(2).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 1)]);
    let request = order_of(&owner, &cart, "click");
    let ctx = world.ctx();
    let clicks = instances
        .iter()
        .map(|instance| instance.checkouts.place(&ctx, request.clone()));
    let orders: Vec<_> = join_all(clicks).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(orders[0], orders[1]);
    let clicks = instances
        .iter()
        .map(|instance| instance.pay(&world, &owner, &orders[0], "tok_visa"));
    for outcome in join_all(clicks).await {
        let status = outcome.unwrap().status;
        assert!(
            [PaymentStatus::Captured, PaymentStatus::Processing].contains(&status),
            "{status:?}"
        );
    }
    eventually("it is paid", async || {
        (world.payment(&orders[0]).await.status == PaymentStatus::Captured).then_some(())
    })
    .await;
    assert_eq!(rows(&world, "orders.order").await, 1);
    assert_eq!(world.charges(&orders[0]).await, (1, 1));
    assert_eq!(world.level(&bowl).await, (1, 0));
    world.assert_clean(&instances[0]).await;
}
