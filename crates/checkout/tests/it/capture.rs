//! A marketplace that captures as shops send: each share when its shop does, once, whoever dies meanwhile; what is cancelled
//! before is released; and the books hold what was captured, never more.

use crate::provider::Cut;
use crate::world::{Instance, World};
use contracts::cart::CartOwner;
use contracts::catalog::Offer;
use contracts::checkout::{
    CancelUnits, Checkout, PaymentDesk as _, RefundOrder, RefundStatus, RefundTo, RefundWish,
    UncapturedPayment,
};
use contracts::orders::{
    AsOf, NewParcel, Order, OrderStatus, Orders as _, ParcelLine, SubOrder, SubOrderStatus,
};
use contracts::payments::{CaptureTime, PaymentStatus};
use kernel::{Currency, Money, ParcelId, secret};
use std::time::Duration;
use testkit::eventually;

const DAY: Duration = Duration::from_secs(86_400);

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

pub async fn captures_on_dispatch(world: &World, instance: &Instance) {
    let why = "Shops make to order.".to_owned();
    let ctx = world.ctx();
    let set = instance.checkouts.set_capture(&ctx, CaptureTime::OnDispatch, why);
    assert_eq!(set.await.unwrap().capture, CaptureTime::OnDispatch);
}

/// Two bowls and a vase at 10.00 a piece, with 5.00 of delivery for each shop: 25.00 and 15.00.
async fn bought(world: &World, instance: &Instance, offers: [&Offer; 2], method: &str) -> (CartOwner, Order) {
    let [bowl, vase] = offers;
    let (owner, order) = instance.order(world, &[(bowl, 2), (vase, 1)]).await;
    let outcome = instance.pay(world, &owner, &order, method).await.unwrap();
    assert_eq!(
        (outcome.status, outcome.order.status),
        (PaymentStatus::Authorized, OrderStatus::Confirmed)
    );
    (owner, order)
}

/// The same in a marketplace that has nothing else.
async fn sold(method: &str) -> (World, Instance, [Offer; 2], CartOwner, Order) {
    let world = World::new().await;
    let instance = world.instance();
    captures_on_dispatch(&world, &instance).await;
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (owner, order) = bought(&world, &instance, [&bowl, &vase], method).await;
    (world, instance, [bowl, vase], owner, order)
}

pub fn part<'a>(order: &'a Order, offer: &Offer) -> &'a SubOrder {
    let mut parts = order.sub_orders.iter();
    parts.find(|part| part.tenant == offer.tenant).unwrap()
}

async fn now(world: &World, order: &Order) -> Order {
    let ctx = world.ctx();
    let now = world.orders.order(&ctx, None, order.id, AsOf::default());
    now.await.unwrap()
}

pub async fn ships(world: &World, order: &Order, offer: &Offer) {
    let ctx = world.ctx();
    let parcel = NewParcel {
        id: ParcelId::new(ctx.now),
        lines: None,
        carrier: String::new(),
        tracking: String::new(),
        exchange: None,
    };
    let part = part(order, offer).id;
    world.orders.pack(&ctx, offer.tenant, part).await.unwrap();
    world.orders.ship(&ctx, offer.tenant, part, parcel).await.unwrap();
}

/// Captured, released and refunded of a shop's share.
pub async fn share(world: &World, order: &Order, offer: &Offer) -> (i64, i64, i64) {
    let payment = world.payment(order).await;
    let mut shares = payment.shares.iter();
    let share = shares.find(|share| share.tenant == offer.tenant).unwrap();
    let released = share.released.map_or(0, |released| released.amount);
    (share.captured.amount, released, share.refunded.amount)
}

async fn captured(world: &World, order: &Order, offer: &Offer, amount: i64) {
    eventually("the share is captured", async || {
        (share(world, order, offer).await.0 == amount).then_some(())
    })
    .await;
}

/// Waits until nobody has anything more to ask about captures, and lets time pass meanwhile.
pub async fn ended(world: &World) {
    eventually("captures have ended", async || {
        world.clock.advance(Duration::from_secs(1));
        let open: i64 = sqlx::query_scalar("select count(*) from checkout.capture where ended_at is null")
            .fetch_one(&mut world.system().await)
            .await
            .unwrap();
        (open == 0).then_some(())
    })
    .await;
}

/// What is listed for staff.
pub async fn uncaptured(world: &World, instance: &Instance) -> Vec<UncapturedPayment> {
    let listed = instance.checkouts.uncaptured(&world.ctx(), None, 100).await;
    listed.unwrap().items
}

/// What a shop is owed, and what the marketplace earned with it.
async fn owed(world: &World, offer: &Offer) -> (i64, i64) {
    sqlx::query_as(
        "select -coalesce(sum(amount) filter (where account = 'seller_payable'), 0)::bigint,
                -coalesce(sum(amount) filter (where account = 'commission_revenue'), 0)::bigint
           from ledger.posting where tenant_id = $1",
    )
    .bind(offer.tenant)
    .fetch_one(&mut world.system().await)
    .await
    .unwrap()
}

/// Takes that the provider made, and what they took.
pub async fn takes(world: &World) -> (i64, i64) {
    sqlx::query_as("select count(*), coalesce(sum(amount), 0)::bigint from payments.sandbox_take")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn each_share_is_captured_and_posted_as_its_shop_ships() {
    let (world, instance, [bowl, vase], owner, order) = sold("tok_visa").await;
    assert_eq!(world.wire.calls(), ["authorize"]);
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Authorized);
    assert_eq!(
        (owed(&world, &bowl).await, owed(&world, &vase).await),
        ((0, 0), (0, 0))
    );
    world.assert_clean(&instance).await;

    ships(&world, &order, &bowl).await;
    captured(&world, &order, &bowl, 2_500).await;
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Authorized);
    let told = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(told.status, PaymentStatus::Authorized, "one share is still open");
    assert_eq!(
        (owed(&world, &bowl).await, owed(&world, &vase).await),
        ((2_500 - 200, 200), (0, 0))
    );
    world.assert_clean(&instance).await;

    ships(&world, &order, &vase).await;
    captured(&world, &order, &vase, 1_500).await;
    ended(&world).await;
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Captured);
    let told = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(told.status, PaymentStatus::Captured, "as its history says");
    assert_eq!(owed(&world, &vase).await, (1_500 - 100, 100));
    assert_eq!(takes(&world).await, (2, 4_000));
    assert_eq!(world.charges(&order).await, (1, 1));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_is_cancelled_before_it_ships_is_released_and_never_posted() {
    let (world, instance, [bowl, vase], _, order) = sold("tok_visa").await;
    let bowls = part(&order, &bowl);
    let one = CancelUnits {
        sub_order: bowls.id,
        lines: vec![ParcelLine {
            line: bowls.lines[0].id,
            quantity: 1,
        }],
        note: "One broke.".to_owned(),
        idempotency_key: "k".to_owned(),
    };
    let till = &instance.checkouts;
    for _ in 0..2 {
        let ctx = world.ctx();
        let cancelled = till.cancel_sale_units(&ctx, bowl.tenant, one.clone());
        assert_eq!(cancelled.await.unwrap().refunded, eur(1_000));
    }
    let note = "It broke as well.".to_owned();
    let cancelled = till
        .cancel_sale(&world.ctx(), vase.tenant, part(&order, &vase).id, note)
        .await
        .unwrap();
    assert_eq!(
        (cancelled.status, cancelled.refunded),
        (SubOrderStatus::Cancelled, eur(1_500))
    );
    assert_eq!(share(&world, &order, &bowl).await, (0, 1_000, 0));
    assert_eq!(share(&world, &order, &vase).await, (0, 1_500, 0));
    assert_eq!(
        (owed(&world, &bowl).await, owed(&world, &vase).await),
        ((0, 0), (0, 0))
    );
    assert_eq!(
        world.wire.calls(),
        ["authorize"],
        "no provider gives back what it never took"
    );
    world.assert_clean(&instance).await;

    ships(&world, &order, &bowl).await;
    captured(&world, &order, &bowl, 1_500).await;
    ended(&world).await;
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Captured);
    assert_eq!(owed(&world, &bowl).await, (1_500 - 100, 100));
    assert_eq!(takes(&world).await, (1, 1_500));
    assert!(!world.wire.calls().contains(&"refund"));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn an_order_that_is_cancelled_before_it_ships_lets_all_of_its_money_go() {
    let (world, instance, [bowl, vase], owner, order) = sold("tok_visa").await;
    let till = &instance.checkouts;
    let cancelled = till.cancel(&world.ctx(), owner.clone(), order.id).await.unwrap();
    assert_eq!(
        (cancelled.status, cancelled.refunded),
        (OrderStatus::Cancelled, eur(4_000))
    );
    let told = till.resume(&world.ctx(), owner, order.id).await.unwrap();
    assert_eq!(
        told.status,
        PaymentStatus::Voided,
        "nothing goes back that was not taken"
    );
    ended(&world).await;
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Voided);
    let mut calls = world.wire.calls();
    // A lease that ran out as the clock was moved on is taken over, and what it let go is let go again.
    calls.dedup();
    assert_eq!(calls, ["authorize", "void"]);
    assert_eq!(
        (world.level(&bowl).await, world.level(&vase).await),
        ((5, 0), (5, 0))
    );
    let entries: i64 = sqlx::query_scalar("select count(*) from ledger.entry")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    assert_eq!(entries, 0, "nothing was sold for, and nothing is given back");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_capture_cut_off_before_or_after_it_is_made_is_finished_once() {
    for after in [false, true] {
        let (world, doomed, [bowl, _], _, order) = sold("tok_visa").await;
        world.wire.cut(Cut { call: 0, after });
        ships(&world, &order, &bowl).await;
        eventually("the provider is asked", async || {
            world.wire.calls().contains(&"take").then_some(())
        })
        .await;
        doomed.stop().await;
        world.wire.mend();
        let next = world.instance();
        // The dead process's lease runs out.
        world.clock.advance(Duration::from_secs(2));
        captured(&world, &order, &bowl, 2_500).await;
        assert!(
            world.wire.calls().contains(&"inquire_take"),
            "what may have been asked is inquired about first"
        );
        assert_eq!(takes(&world).await, (1, 2_500), "cut off after: {after}");
        assert_eq!(owed(&world, &bowl).await, (2_500 - 200, 200));
        world.assert_clean(&next).await;
    }
}

#[tokio::test]
async fn what_ships_while_nobody_captures_is_captured_by_whoever_comes() {
    let world = World::new().await;
    let doomed = world.stopped_instance();
    doomed.start_all_but("till.sent");
    captures_on_dispatch(&world, &doomed).await;
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let (_, order) = bought(&world, &doomed, [&bowl, &vase], "tok_visa").await;
    ships(&world, &order, &bowl).await;
    ships(&world, &order, &vase).await;
    doomed.stop().await;
    assert_eq!(takes(&world).await, (0, 0));
    let [first, second] = [world.instance(), world.instance()];
    ended(&world).await;
    assert_eq!(takes(&world).await.1, 4_000, "two processes take nothing twice");
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Captured);
    world.assert_clean(&first).await;
    second.stop().await;
}

#[tokio::test]
async fn a_captured_share_is_refunded_while_another_is_set_aside() {
    let (world, instance, [bowl, vase], _, order) = sold("tok_visa").await;
    ships(&world, &order, &bowl).await;
    captured(&world, &order, &bowl, 2_500).await;
    let request = RefundOrder {
        to: RefundTo::Origin,
        sub_order: part(&order, &bowl).id,
        wish: RefundWish::Amount(eur(700)),
        reason: "cracked".to_owned(),
        idempotency_key: secret::token(),
    };
    let till = &instance.checkouts;
    let given = till
        .refund_sale(&world.ctx(), bowl.tenant, request)
        .await
        .unwrap();
    assert_eq!(given.status, RefundStatus::Refunded);
    assert_eq!(share(&world, &order, &bowl).await, (2_500, 0, 700));
    assert_eq!(share(&world, &order, &vase).await, (0, 0, 0));
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Authorized);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_is_not_shipped_in_time_is_told_to_staff_and_charged_to_nobody() {
    let (world, instance, [bowl, vase], _, order) = sold("tok_visa").await;
    ships(&world, &order, &bowl).await;
    captured(&world, &order, &bowl, 2_500).await;
    assert_eq!(uncaptured(&world, &instance).await, []);
    world.clock.advance(6 * DAY + Duration::from_secs(3_600));
    let told = eventually("staff are told", async || {
        uncaptured(&world, &instance).await.pop()
    })
    .await;
    assert_eq!(
        (told.order, told.open, told.lapsed),
        (order.id, eur(1_500), eur(0))
    );
    world.clock.advance(DAY);
    ended(&world).await;
    let told = uncaptured(&world, &instance).await.pop().unwrap();
    assert_eq!((told.open, told.lapsed), (eur(0), eur(1_500)));
    assert_eq!(share(&world, &order, &vase).await, (0, 1_500, 0));
    assert_eq!(part(&now(&world, &order).await, &vase).refunded, eur(1_500));
    assert_eq!(owed(&world, &vase).await, (0, 0));
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Captured);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_provider_that_takes_all_or_nothing_takes_all_at_once() {
    let world = World::new().await;
    let instance = world.instance();
    captures_on_dispatch(&world, &instance).await;
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 2)]).await;
    let outcome = instance.pay(&world, &owner, &order, "tok_capture_whole").await;
    assert_eq!(outcome.unwrap().status, PaymentStatus::Captured);
    assert_eq!(world.wire.calls(), ["authorize", "capture"]);
    assert_eq!(owed(&world, &bowl).await, (2_500 - 200, 200));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn one_take_for_all_takes_the_others_with_the_first_that_ships() {
    let (world, instance, [bowl, vase], _, order) = sold("tok_capture_once").await;
    ships(&world, &order, &bowl).await;
    captured(&world, &order, &vase, 1_500).await;
    assert_eq!(owed(&world, &vase).await, (1_500 - 100, 100));
    let till = &instance.checkouts;
    let note = "It broke.".to_owned();
    till.cancel_sale(&world.ctx(), vase.tenant, part(&order, &vase).id, note)
        .await
        .unwrap();
    assert_eq!(share(&world, &order, &vase).await, (1_500, 0, 1_500));
    assert_eq!(owed(&world, &vase).await, (0, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_began_before_it_was_set_stays_as_it_began_and_the_setting_is_told() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let outcome = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    let before = instance.checkouts.capture_setting(&world.ctx()).await.unwrap();
    assert_eq!((before.capture, before.changed_at), (CaptureTime::AtOnce, None));
    captures_on_dispatch(&world, &instance).await;
    ships(&world, &order, &bowl).await;
    let after = instance.checkouts.capture_setting(&world.ctx()).await.unwrap();
    assert_eq!(
        (after.capture, after.note.as_str()),
        (CaptureTime::OnDispatch, "Shops make to order.")
    );
    let told: i64 = sqlx::query_scalar(
        "select count(*) from log.event where payload ->> 'kind' = 'payment.capture_time_set'",
    )
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap();
    assert_eq!(told, 1);
    assert_eq!(takes(&world).await, (0, 0));
    world.assert_clean(&instance).await;
}
