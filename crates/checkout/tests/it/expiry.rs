use crate::world::World;
use contracts::orders::{AsOf, CancelReason, OrderStatus, Orders as _};
use contracts::payments::PaymentStatus;
use kernel::OrderId;
use std::time::{Duration, Instant};
use testkit::eventually;

const HOLD: Duration = Duration::from_secs(15 * 60);

async fn status(world: &World, order: OrderId) -> (OrderStatus, Option<CancelReason>) {
    let order = world
        .orders
        .order(&world.ctx(), None, order, AsOf::default())
        .await
        .unwrap();
    (order.status, order.cancel_reason)
}

#[tokio::test]
async fn a_hold_that_runs_out_frees_its_stock_within_a_second() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(3).await;
    let (_, order) = instance.order(&world, &[(&bowl, 3)]).await;
    world.clock.advance(HOLD - Duration::from_secs(1));
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(
        status(&world, order.id).await.0,
        OrderStatus::Placed,
        "not before its time"
    );
    world.clock.advance(Duration::from_secs(1));
    let due = Instant::now();
    eventually("the stock is free", async || {
        (world.level(&bowl).await == (3, 0)).then_some(())
    })
    .await;
    // Within a second where the machine is the test's own; others may be at work on it.
    assert!(due.elapsed() < Duration::from_secs(5), "{:?}", due.elapsed());
    assert_eq!(
        status(&world, order.id).await,
        (OrderStatus::Cancelled, Some(CancelReason::Expired))
    );
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Voided);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn many_holds_run_out_at_once() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let bowl = world.offer(400).await;
    let lines = [(&bowl, 1)];
    let orders = (0..300).map(|i| instances[i % 2].order(&world, &lines));
    futures::future::join_all(orders).await;
    assert_eq!(world.level(&bowl).await, (400, 300));
    world.clock.advance(HOLD);
    eventually("all stock is free", async || {
        (world.level(&bowl).await == (400, 0)).then_some(())
    })
    .await;
    world.assert_clean(&instances[0]).await;
}

#[tokio::test]
async fn a_paid_order_does_not_run_out() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    world.clock.advance(HOLD * 2);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(status(&world, order.id).await, (OrderStatus::Confirmed, None));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_buyer_at_their_bank_when_the_hold_runs_out_owes_nothing() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    world.clock.advance(HOLD);
    eventually("the money is let go", async || {
        (world.wire.calls().last() == Some(&"void")).then_some(())
    })
    .await;
    eventually("the stock is free", async || {
        (world.level(&bowl).await == (1, 0)).then_some(())
    })
    .await;
    world.assert_clean(&instance).await;
}
