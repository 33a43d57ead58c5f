//! Captures that do not get on by themselves: the provider's webhook wakes them, and the marketplace's staff try them again.

use crate::capture::{captures_on_dispatch, ended, part, share, ships, takes, uncaptured};
use crate::provider::Cut;
use crate::webhooks::Hook;
use crate::world::{Instance, World};
use checkout::Config;
use chrono::TimeDelta;
use contracts::catalog::Offer;
use contracts::checkout::{PaymentDesk, PaymentSaga};
use contracts::orders::{AsOf, Order, Orders as _};
use contracts::payments::PaymentStatus;
use kernel::{Currency, Cursor, Fault, Money, Timestamp, UserId};
use std::time::Duration;
use testkit::eventually;

const NOTE: &str = "The provider answers again.";

fn impatient(world: &World) -> Instance {
    world.configured(Config {
        provider_timeout: Duration::from_secs(1),
        ..Config::default()
    })
}

/// Two bowls, paid and not captured: 25.00.
async fn bought(world: &World, instance: &Instance, bowl: &Offer, method: &str) -> Order {
    captures_on_dispatch(world, instance).await;
    let (owner, order) = instance.order(world, &[(bowl, 2)]).await;
    let outcome = instance.pay(world, &owner, &order, method).await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Authorized);
    order
}

/// Waits until the provider was asked in vain, and nobody is at it any more.
async fn unanswered(world: &World, order: &Order) {
    eventually("the provider was asked in vain", async || {
        let waits: bool = sqlx::query_scalar(
            "select tries > 0 and lease_until is null from checkout.capture where order_id = $1",
        )
        .bind(order.id)
        .fetch_one(&mut world.system().await)
        .await
        .unwrap();
        waits.then_some(())
    })
    .await;
}

/// The one parcel arrives; gives when.
async fn arrives(world: &World, order: &Order, bowl: &Offer) -> Timestamp {
    let ctx = world.ctx();
    let now = world.orders.order(&ctx, None, order.id, AsOf::default());
    let now = now.await.unwrap();
    let sent = part(&now, bowl);
    let parcel = sent.parcels[0].id;
    world
        .orders
        .deliver(&ctx, bowl.tenant, sent.id, parcel)
        .await
        .unwrap();
    ctx.now
}

async fn captured(world: &World, order: &Order, bowl: &Offer) {
    eventually("the share is captured", async || {
        (share(world, order, bowl).await == (2_500, 0, 0)).then_some(())
    })
    .await;
}

async fn retried(
    world: &World,
    instance: &Instance,
    order: &Order,
    by: UserId,
) -> Result<PaymentSaga, Fault> {
    let desk = &instance.checkouts;
    desk.retry_capture(&world.ctx(), order.id, by, NOTE.to_owned())
        .await
}

#[tokio::test]
async fn a_webhook_wakes_a_capture_whose_answer_was_lost() {
    let world = World::new().await;
    let instance = world.instance();
    let hook = Hook::new(&world, &instance).await;
    let bowl = world.offer(5).await;
    let order = bought(&world, &instance, &bowl, "tok_take_timeout").await;
    ships(&world, &order, &bowl).await;
    unanswered(&world, &order).await;
    // Told twice, it is heard once.
    for again in [false, true] {
        let heard = hook.tell(&world, "m1", "charge.captured", &order, 1).await;
        assert_eq!(heard, again);
    }
    // The clock stands still, so nobody has looked by themselves.
    captured(&world, &order, &bowl).await;
    assert_eq!(takes(&world).await, (1, 2_500));
    assert_eq!(world.wire.calls(), ["authorize", "take", "inquire_take"]);
    assert!(!hook.tell(&world, "m2", "charge.captured", &order, 1).await);
    assert_eq!(world.wire.calls().len(), 3, "there is nothing more to ask");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_stuck_capture_is_listed_and_tried_again_by_hand_and_the_trail_says_by_whom() {
    let world = World::new().await;
    let instance = impatient(&world);
    instance.start();
    let bowl = world.offer(5).await;
    let order = bought(&world, &instance, &bowl, "tok_visa").await;
    world.wire.cut(Cut {
        call: 0,
        after: false,
    });
    ships(&world, &order, &bowl).await;
    unanswered(&world, &order).await;
    assert_eq!(uncaptured(&world, &instance).await, []);
    sqlx::query("update checkout.capture set tries = 8 where order_id = $1")
        .bind(order.id)
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let stuck = uncaptured(&world, &instance).await;
    let seen: Vec<_> = stuck.iter().map(|one| (one.order, one.open, one.tries)).collect();
    let open = Money::new(2_500, Currency::EUR);
    assert_eq!(seen, [(order.id, open, 8)]);
    assert!(stuck[0].due_at.is_some());

    world.wire.mend();
    let by = UserId::new(world.ctx().now);
    let told = retried(&world, &instance, &order, by).await.unwrap();
    assert_eq!(share(&world, &order, &bowl).await, (2_500, 0, 0));
    let entry = told.timeline.iter().find(|told| told.by.is_some()).unwrap();
    assert_eq!(
        (entry.by, entry.note.as_deref(), entry.outcome.as_str()),
        (Some(by), Some(NOTE), "retried")
    );
    assert_eq!(takes(&world).await, (1, 2_500));
    assert_eq!(uncaptured(&world, &instance).await, []);

    let mut trail = world.db.changed().await;
    trail.retain(|one| one["kind"] == "payment.capture_retried");
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0]["before"]["tries"], 8);
    assert_eq!(trail[0]["after"]["tries"], 0);
    assert_eq!(trail[0]["after"]["note"], NOTE);

    ended(&world).await;
    let refused = retried(&world, &instance, &order, by).await;
    assert_eq!(refused.unwrap_err().code, "capture_ended");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_is_not_captured_in_time_is_listed_in_pages() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(6).await;
    let mut orders = Vec::new();
    for hours in [9, 9, 8] {
        let order = bought(&world, &instance, &bowl, "tok_visa").await;
        sqlx::query("update checkout.capture set tries = 8, lapses_at = $2 where order_id = $1")
            .bind(order.id)
            .bind(world.ctx().now + TimeDelta::hours(hours))
            .execute(&mut world.db.owner().await)
            .await
            .unwrap();
        orders.push((hours, order.id.0));
    }
    // Two lapse at once: the order tells them apart.
    orders.sort_unstable();
    let mut listed = Vec::new();
    let mut after = None;
    for items in [2, 1] {
        let page = instance.checkouts.uncaptured(&world.ctx(), after, 2).await;
        let page = page.unwrap();
        assert_eq!(page.items.len(), items);
        listed.extend(page.items.iter().map(|payment| payment.order.0));
        after = page.next;
    }
    assert_eq!(after, None);
    assert_eq!(listed, orders.iter().map(|(_, order)| *order).collect::<Vec<_>>());
    // The database's calendar begins later than that of programs.
    let too_early = format!("-300000000000000000.{}", orders[0].1);
    for nowhere in ["1.2".to_owned(), too_early] {
        let nowhere = Some(Cursor(nowhere));
        let refused = instance.checkouts.uncaptured(&world.ctx(), nowhere, 2).await;
        assert_eq!(refused.unwrap_err().code, "cursor_invalid");
    }
}

#[tokio::test]
async fn what_was_sent_and_nobody_heard_of_is_captured_by_hand() {
    let world = World::new().await;
    let instance = world.stopped_instance();
    instance.start_all_but("till.sent");
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    captures_on_dispatch(&world, &instance).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 2), (&vase, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    ships(&world, &order, &bowl).await;
    let arrived = arrives(&world, &order, &bowl).await;
    world.clock.advance(Duration::from_secs(3 * 86_400));
    let by = UserId::new(world.ctx().now);
    retried(&world, &instance, &order, by).await.unwrap();
    assert_eq!(share(&world, &order, &bowl).await, (2_500, 0, 0));
    assert_eq!(share(&world, &order, &vase).await, (0, 0, 0), "it has not left");
    let released: Timestamp = sqlx::query_scalar("select release_at from ledger.hold where tenant_id = $1")
        .bind(bowl.tenant)
        .fetch_one(&mut world.system().await)
        .await
        .unwrap();
    let held = released - arrived;
    assert!(
        held < TimeDelta::days(8),
        "for the shop's days since it arrived: {held}"
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_was_captured_as_it_was_paid_is_not_tried_again() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let by = UserId::new(world.ctx().now);
    let refused = retried(&world, &instance, &order, by).await;
    assert_eq!(refused.unwrap_err().code, "not_found");
    world.assert_clean(&instance).await;
}
