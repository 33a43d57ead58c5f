//! Buyers who confirm at their bank at the very moment when their hold runs out, or after it.

use crate::world::{Instance, World};
use contracts::cart::CartOwner;
use contracts::catalog::Offer;
use contracts::checkout::{Checkout, PayOutcome};
use contracts::orders::{AsOf, Order, OrderStatus, Orders as _};
use contracts::payments::{PaymentStatus, Payments};
use kernel::OrderId;
use std::time::Duration;
use testkit::eventually;

const HOLD: Duration = Duration::from_secs(15 * 60);

/// An order whose buyer has been sent to their bank, and the bank's name for it.
async fn at_the_bank(world: &World, instance: &Instance, offer: &Offer) -> (CartOwner, Order, String) {
    let (owner, order) = instance.order(world, &[(offer, 1)]).await;
    let outcome = instance.pay(world, &owner, &order, "tok_3ds").await.unwrap();
    let reference = outcome.action_url.unwrap().rsplit('/').next().unwrap().to_owned();
    (owner, order, reference)
}

async fn approve(world: &World, reference: &str) {
    world
        .payments
        .sandbox_answer(&world.ctx(), reference.to_owned(), true)
        .await
        .unwrap();
}

async fn end(world: &World, instance: &Instance, owner: &CartOwner, order: &Order) -> PayOutcome {
    eventually("the payment has its end", async || {
        let outcome = instance
            .checkouts
            .resume(&world.ctx(), owner.clone(), order.id)
            .await
            .unwrap();
        use PaymentStatus as S;
        let ended = [S::Captured, S::Voided, S::Refunded].contains(&outcome.status);
        let open = outcome.status == S::Captured && outcome.order.status == OrderStatus::Cancelled;
        (ended && !open).then_some(outcome)
    })
    .await
}

/// A hold that ran out while nobody of this marketplace looked after payments, with the bank's approval in it.
async fn approved_too_late(world: &World, rival: bool) -> (Instance, PayOutcome, Order) {
    let bowl = world.offer(1).await;
    let first = world.instance_without_payments();
    let (owner, order, reference) = at_the_bank(world, &first, &bowl).await;
    world.clock.advance(HOLD);
    eventually("the hold is over", async || {
        (world.level(&bowl).await == (1, 0)).then_some(())
    })
    .await;
    approve(world, &reference).await;
    if rival {
        first.order(world, &[(&bowl, 1)]).await;
    }
    let outcome = end(world, &first, &owner, &order).await;
    (first, outcome, order)
}

#[tokio::test]
async fn whoever_confirms_too_late_gets_the_goods_that_are_still_there() {
    let world = World::new().await;
    let (instance, outcome, order) = approved_too_late(&world, false).await;
    assert_eq!(
        (outcome.status, outcome.order.status, outcome.decline_reason),
        (PaymentStatus::Captured, OrderStatus::Confirmed, None)
    );
    assert_eq!(world.charges(&order).await, (1, 1));
    let history = world.orders.history(&world.ctx(), None, order.id).await.unwrap();
    let names: Vec<_> = history.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["placed", "cancelled", "reopened", "confirmed"]);
    let told: Vec<String> =
        sqlx::query_scalar("select topic from log.event where topic like 'orders.%' order by xid, id")
            .fetch_all(&mut world.db.owner().await)
            .await
            .unwrap();
    assert_eq!(
        told,
        [
            "orders.order_placed",
            "orders.order_cancelled",
            "orders.order_reopened",
            "orders.order_confirmed"
        ]
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn whoever_confirms_when_the_goods_are_gone_is_not_charged() {
    let world = World::new().await;
    let (instance, outcome, order) = approved_too_late(&world, true).await;
    assert_eq!(
        (outcome.status, outcome.order.status),
        (PaymentStatus::Voided, OrderStatus::Cancelled)
    );
    assert_eq!(world.charges(&order).await, (1, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn money_taken_when_the_goods_are_gone_goes_back_and_the_buyer_is_told() {
    let world = World::new().await;
    let bowl = world.offer(2).await;
    let vase = world.offer(1).await;
    let instance = world.instance_without_payments();
    let (owner, order) = instance.order(&world, &[(&bowl, 1), (&vase, 1)]).await;
    let outcome = instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    let reference = outcome.action_url.unwrap().rsplit('/').next().unwrap().to_owned();
    world.clock.advance(HOLD);
    eventually("the hold is over", async || {
        (world.level(&vase).await == (1, 0)).then_some(())
    })
    .await;
    approve(&world, &reference).await;
    // A provider that takes the money as soon as the bank says yes.
    sqlx::query(
        "update payments.sandbox_charge set state = 'captured', captured = amount where reference = $1",
    )
    .bind(&reference)
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    // One line of two is gone: none is held.
    instance.order(&world, &[(&vase, 1)]).await;
    let outcome = end(&world, &instance, &owner, &order).await;
    assert_eq!(
        (outcome.status, outcome.order.status),
        (PaymentStatus::Refunded, OrderStatus::Cancelled)
    );
    let why = outcome.decline_reason.expect("the buyer is told");
    assert!(why.contains("somebody else bought them"), "{why}");
    let payment = world.payment(&order).await;
    assert_eq!(
        (payment.status, payment.refunded),
        (PaymentStatus::Refunded, order.total)
    );
    assert_eq!(
        (world.level(&bowl).await, world.level(&vase).await),
        ((2, 0), (1, 1))
    );
    let told: i64 = sqlx::query_scalar(
        "select count(*) from log.event where topic = 'payments.payment_refunded' and payload ->> 'sold' = 'false'",
    )
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap();
    assert_eq!(told, 1);
    world.assert_clean(&instance).await;
}

async fn status_of(world: &World, order: OrderId) -> OrderStatus {
    world
        .orders
        .order(&world.ctx(), None, order, AsOf::default())
        .await
        .unwrap()
        .status
}

/// Expiry, two confirmations at two instances and somebody else who wants the same unit, all at once.
async fn meet(world: &World, instances: &[Instance; 2], after: Duration) {
    let bowl = world.offer(1).await;
    let (owner, order, reference) = at_the_bank(world, &instances[0], &bowl).await;
    let (rival, rivals_cart) = {
        let owner = world.guest();
        let cart = world.cart(&owner, &[(&bowl, 1)]);
        (owner, cart)
    };
    approve(world, &reference).await;
    let resume = async |instance: &Instance| {
        let ctx = world.ctx();
        let outcome = instance.checkouts.resume(&ctx, owner.clone(), order.id).await;
        outcome.unwrap();
    };
    let wanting = async {
        for _ in 0..5 {
            if let Ok(order) = instances[1].place(world, &rival, &rivals_cart).await {
                return Some(order.id);
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        None
    };
    let expiring = async {
        tokio::time::sleep(after).await;
        world.clock.advance(HOLD);
    };
    let ((), (), (), rivals_order) =
        futures::join!(expiring, resume(&instances[0]), resume(&instances[1]), wanting);
    // Whatever was left lying is gone on with as soon as its lease is over.
    world.clock.advance(Duration::from_secs(2));
    let outcome = end(world, &instances[0], &owner, &order).await;
    let bought = outcome.order.status == OrderStatus::Confirmed;
    let (_, holding) = world.charges(&order).await;
    assert_eq!(holding, i64::from(bought), "{outcome:?}");
    // Whoever asked just before the clock moved on and was served just after holds the unit until a time that has passed.
    let rival_has_it = match rivals_order {
        Some(id) => status_of(world, id).await != OrderStatus::Cancelled,
        None => false,
    };
    assert!(!(bought && rival_has_it), "one unit was sold to two");
    let (on_hand, reserved) = world.level(&bowl).await;
    assert_eq!(on_hand, i64::from(!bought));
    assert!(reserved <= i64::from(rival_has_it), "{reserved}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expiry_and_confirmation_meet_and_the_unit_is_sold_once() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    for round in 0..12 {
        meet(&world, &instances, Duration::from_millis(round * 3)).await;
    }
    world.assert_clean(&instances[0]).await;
}
