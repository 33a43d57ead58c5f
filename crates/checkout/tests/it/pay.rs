use crate::world::World;
use contracts::checkout::Checkout;
use contracts::orders::{AsOf, OrderStatus, Orders as _};
use contracts::payments::{PaymentStatus, Payments};
use futures::future::join_all;
use kernel::Clock;
use kernel::Kind;
use std::time::Duration;
use testkit::eventually;

#[tokio::test]
async fn a_paid_order_sells_its_stock_and_pays_its_sellers() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (owner, order) = instance.order(&world, &[(&bowl, 2), (&vase, 1)]).await;
    assert_eq!((order.status, order.total.amount), (OrderStatus::Placed, 4000));
    let outcome = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    assert_eq!(outcome.order.status, OrderStatus::Confirmed);
    assert_eq!(
        (world.level(&bowl).await, world.level(&vase).await),
        ((3, 0), (4, 0))
    );
    let payment = world.payment(&order).await;
    assert_eq!(
        (payment.status, payment.captured.amount),
        (PaymentStatus::Captured, 4000)
    );
    // A tenth of the goods is the marketplace's; delivery is the sellers'.
    let posted: Vec<(String, i64)> = sqlx::query_as(
        "select account, sum(amount)::bigint from ledger.posting group by account order by account",
    )
    .fetch_all(&mut world.system().await)
    .await
    .unwrap();
    let expected = [
        ("commission_revenue", -300),
        ("provider_clearing", 4000),
        ("seller_payable", -3700),
    ];
    assert_eq!(
        posted,
        expected.map(|(account, amount)| (account.to_owned(), amount))
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn paying_many_times_at_once_charges_once() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let bowl = world.offer(5).await;
    let (owner, order) = instances[0].order(&world, &[(&bowl, 1)]).await;
    let payments = (0..10).map(|i| instances[i % 2].pay(&world, &owner, &order, "tok_visa"));
    for outcome in join_all(payments).await {
        outcome.unwrap();
    }
    let status = eventually("the payment has its end", async || {
        let payment = world.payment(&order).await;
        (payment.status == PaymentStatus::Captured).then_some(payment.status)
    })
    .await;
    assert_eq!(status, PaymentStatus::Captured);
    assert_eq!(world.charges(&order).await, (1, 1));
    world.assert_clean(&instances[0]).await;
}

#[tokio::test]
async fn a_declined_order_keeps_its_stock_and_can_be_paid_again() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let outcome = instance
        .pay(&world, &owner, &order, "tok_declined")
        .await
        .unwrap();
    assert_eq!(outcome.status, PaymentStatus::Declined);
    assert_eq!(
        outcome.decline_reason.as_deref(),
        Some("The card has insufficient funds.")
    );
    assert_eq!(outcome.order.status, OrderStatus::Placed);
    assert_eq!(world.level(&bowl).await, (1, 1));
    let outcome = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    assert_eq!(world.charges(&order).await, (2, 1));
    let history = world.orders.history(&world.ctx(), None, order.id).await.unwrap();
    let names: Vec<_> = history.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["placed", "payment_declined", "confirmed"]);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_and_the_buyer_charged_once() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let outcome = instance.pay(&world, &owner, &order, "tok_timeout").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    assert_eq!(world.wire.calls(), ["authorize", "inquire", "capture"]);
    assert_eq!(world.charges(&order).await, (1, 1));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_request_that_never_arrives_is_tried_until_the_hold_ends() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let outcome = instance.pay(&world, &owner, &order, "tok_lost").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Processing);
    world.clock.advance(Duration::from_secs(60));
    eventually("it is asked for again", async || {
        let asked = world
            .wire
            .calls()
            .iter()
            .filter(|call| **call == "authorize")
            .count();
        (asked > 1).then_some(())
    })
    .await;
    eventually("the payment is void", async || {
        // Each try is due a while after the last was noted, so the clock goes on.
        world.clock.advance(Duration::from_secs(15 * 60));
        let resumed = instance
            .checkouts
            .resume(&world.ctx(), owner.clone(), order.id)
            .await
            .unwrap();
        (resumed.status == PaymentStatus::Voided).then_some(())
    })
    .await;
    assert_eq!(world.level(&bowl).await, (1, 0));
    assert_eq!(world.charges(&order).await, (0, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn the_buyer_confirms_with_their_bank() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let outcome = instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::RequiresAction);
    let url = outcome.action_url.expect("the bank's page");
    let reference = url.rsplit('/').next().unwrap().to_owned();
    assert_eq!(world.payment(&order).await.status, PaymentStatus::RequiresAction);
    // Looking before the buyer has answered changes nothing.
    let waiting = instance
        .checkouts
        .resume(&world.ctx(), owner.clone(), order.id)
        .await
        .unwrap();
    assert_eq!(waiting.status, PaymentStatus::RequiresAction);
    let back = world
        .payments
        .sandbox_answer(&world.ctx(), reference, true)
        .await
        .unwrap();
    assert_eq!(back, "/checkout/return");
    let outcome = instance
        .checkouts
        .resume(&world.ctx(), owner, order.id)
        .await
        .unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    assert_eq!(world.charges(&order).await, (1, 1));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_buyer_who_fails_at_their_bank_can_pay_with_another_card() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let outcome = instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    let reference = outcome.action_url.unwrap().rsplit('/').next().unwrap().to_owned();
    world
        .payments
        .sandbox_answer(&world.ctx(), reference, false)
        .await
        .unwrap();
    let outcome = instance
        .checkouts
        .resume(&world.ctx(), owner.clone(), order.id)
        .await
        .unwrap();
    assert_eq!(outcome.status, PaymentStatus::Declined);
    let outcome = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_buyer_who_leaves_their_bank_can_pay_with_another_card() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    let outcome = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    assert_eq!(world.charges(&order).await, (2, 1));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn cancelling_an_unpaid_order_frees_its_stock() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    for _ in 0..2 {
        let cancelled = instance
            .checkouts
            .cancel(&world.ctx(), owner.clone(), order.id)
            .await
            .unwrap();
        assert_eq!((cancelled.status, cancelled.version), (OrderStatus::Cancelled, 2));
    }
    assert_eq!(world.level(&bowl).await, (1, 0));
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Voided);
    let refused = instance
        .pay(&world, &owner, &order, "tok_visa")
        .await
        .unwrap_err();
    assert_eq!(
        (refused.kind, refused.code.as_str()),
        (Kind::Conflict, "transition_illegal")
    );
    assert_eq!(refused.extra["allowed"], serde_json::json!([]));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn cancelling_while_the_bank_waits_lets_the_money_go() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    instance
        .checkouts
        .cancel(&world.ctx(), owner.clone(), order.id)
        .await
        .unwrap();
    assert_eq!(world.wire.calls().last(), Some(&"void"));
    assert_eq!(world.level(&bowl).await, (1, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn cancelling_a_paid_order_returns_the_money_and_the_goods() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (owner, order) = instance.order(&world, &[(&bowl, 2), (&vase, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let cancelled = instance
        .checkouts
        .cancel(&world.ctx(), owner.clone(), order.id)
        .await
        .unwrap();
    assert_eq!(cancelled.status, OrderStatus::Cancelled);
    assert_eq!(
        (world.level(&bowl).await, world.level(&vase).await),
        ((5, 0), (5, 0))
    );
    let payment = world.payment(&order).await;
    assert_eq!(
        (payment.status, payment.refunded.amount),
        (PaymentStatus::Refunded, 4000)
    );
    let left: i64 = sqlx::query_scalar(
        "select count(*) from (select account, tenant_id from ledger.posting group by 1, 2 having sum(amount) <> 0) open",
    )
    .fetch_one(&mut world.system().await)
    .await
    .unwrap();
    assert_eq!(left, 0, "every account is back where it was");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn an_order_is_nobodys_but_its_owners() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (_, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let stranger = world.guest();
    let refused = instance
        .pay(&world, &stranger, &order, "tok_visa")
        .await
        .unwrap_err();
    assert_eq!(refused.kind, Kind::NotFound);
    let refused = instance
        .checkouts
        .cancel(&world.ctx(), stranger.clone(), order.id)
        .await
        .unwrap_err();
    assert_eq!(refused.kind, Kind::NotFound);
    let refused = world
        .orders
        .order(&world.ctx(), Some(stranger), order.id, AsOf::default())
        .await
        .unwrap_err();
    assert_eq!(refused.kind, Kind::NotFound);
}

#[tokio::test]
async fn an_order_is_read_as_it_was() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let before = world.clock.now();
    world.clock.advance(Duration::from_secs(30));
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let read = async |as_of| {
        world
            .orders
            .order(&world.ctx(), Some(owner.clone()), order.id, as_of)
            .await
    };
    let now = read(AsOf::default()).await.unwrap();
    assert_eq!((now.status, now.version), (OrderStatus::Confirmed, 2));
    for as_of in [
        AsOf {
            version: Some(1),
            at: None,
        },
        AsOf {
            version: None,
            at: Some(before),
        },
    ] {
        assert_eq!(read(as_of).await.unwrap(), order);
    }
    let too_early = AsOf {
        version: None,
        at: Some(before - Duration::from_secs(60)),
    };
    assert_eq!(read(too_early).await.unwrap_err().kind, Kind::NotFound);
}
