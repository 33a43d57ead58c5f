//! The marketplace's staff look at payments that do not get on, and step in.

use crate::provider::Cut;
use crate::world::{Instance, World};
use checkout::Config;
use contracts::checkout::{Intervention, PaymentDesk, PaymentSaga, SagaAnswer, SagaState};
use contracts::orders::{AsOf, CancelReason, Order, OrderStatus, Orders as _};
use contracts::payments::PaymentStatus;
use kernel::{Fault, UserId};
use std::time::Duration;

const NOTE: &str = "Seen in the provider's own books.";

fn somebody(world: &World) -> UserId {
    UserId::new(world.ctx().now)
}

async fn step_in(
    world: &World,
    instance: &Instance,
    order: &Order,
    by: UserId,
    what: Intervention,
) -> Result<PaymentSaga, Fault> {
    let desk = &instance.checkouts;
    desk.intervene(&world.ctx(), order.id, by, NOTE.to_owned(), what)
        .await
}

/// A payment whose capture is never answered, and nobody who goes on with it.
async fn cut_at_capture(world: &World) -> (Instance, Order) {
    let config = Config {
        provider_timeout: Duration::from_millis(200),
        ..Config::default()
    };
    let instance = world.configured(config);
    instance.start_all_but("till.payments");
    let bowl = world.offer(3).await;
    let (owner, order) = instance.order(world, &[(&bowl, 1)]).await;
    world.wire.cut(Cut {
        call: 1,
        after: false,
    });
    let outcome = instance.pay(world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Processing);
    (instance, order)
}

/// What the audit trail was told: kind, the step before, and the one after with the note.
async fn audited(world: &World) -> Vec<(String, String, String)> {
    let mut all = world.db.changed().await;
    all.retain(|one| {
        one["kind"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("payment."))
    });
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|one| {
            assert_eq!(one["after"]["note"], NOTE);
            let (before, after) = (&one["before"]["step"], &one["after"]["step"]);
            (text(&one["kind"]), text(before), text(after))
        })
        .collect()
}

fn once(kind: &str, before: &str, after: &str) -> Vec<(String, String, String)> {
    vec![(kind.to_owned(), before.to_owned(), after.to_owned())]
}

async fn status(world: &World, order: &Order) -> (OrderStatus, Option<CancelReason>) {
    let order = world
        .orders
        .order(&world.ctx(), None, order.id, AsOf::default())
        .await
        .unwrap();
    (order.status, order.cancel_reason)
}

#[tokio::test]
async fn a_paid_order_is_undone_once_and_its_timeline_says_by_whom() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(3).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 2)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let by = somebody(&world);

    let ended = step_in(&world, &instance, &order, by, Intervention::Retry)
        .await
        .unwrap_err();
    assert_eq!(ended.code, "payment_ended");
    let undone = step_in(&world, &instance, &order, by, Intervention::Compensate)
        .await
        .unwrap();
    assert_eq!(
        (undone.state, undone.step.as_str()),
        (SagaState::Ended, "confirmed"),
        "its payment had its end; the money goes back by a refund"
    );
    let told = undone.timeline.iter().find(|told| told.by.is_some()).unwrap();
    assert_eq!((told.by, told.note.as_deref()), (Some(by), Some(NOTE)));
    assert_eq!(
        (told.step.as_str(), told.outcome.as_str()),
        ("confirmed", "compensated")
    );
    assert_eq!(
        status(&world, &order).await,
        (OrderStatus::Cancelled, Some(CancelReason::Operator))
    );
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Refunded);
    assert_eq!(world.level(&bowl).await, (3, 0));

    let again = step_in(&world, &instance, &order, by, Intervention::Compensate)
        .await
        .unwrap_err();
    assert_eq!(again.code, "order_cancelled");
    // What was refused, before and after it, is no decision.
    assert_eq!(
        audited(&world).await,
        once("payment.compensated", "confirmed", "confirmed")
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_payment_under_way_is_let_go_when_it_is_undone() {
    let world = World::new().await;
    let (instance, order) = cut_at_capture(&world).await;
    world.wire.mend();
    let by = somebody(&world);
    let undone = step_in(&world, &instance, &order, by, Intervention::Compensate)
        .await
        .unwrap();
    assert_eq!((undone.state, undone.step.as_str()), (SagaState::Ended, "voided"));
    assert!(undone.timeline.iter().any(|told| told.outcome == "compensated"));
    assert_eq!(world.charges(&order).await, (1, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_step_is_tried_again_at_once() {
    let world = World::new().await;
    let (instance, order) = cut_at_capture(&world).await;
    world.wire.mend();
    let saga = instance.checkouts.saga(&world.ctx(), order.id).await.unwrap();
    assert_eq!((saga.state, saga.busy), (SagaState::Open, false));
    let by = somebody(&world);
    let retried = step_in(&world, &instance, &order, by, Intervention::Retry)
        .await
        .unwrap();
    assert_eq!(
        (retried.state, retried.step.as_str()),
        (SagaState::Ended, "confirmed")
    );
    assert_eq!(world.charges(&order).await, (1, 1));
    assert_eq!(
        audited(&world).await,
        once("payment.retried", &saga.step, &saga.step)
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_the_provider_does_not_say_is_said_in_its_place() {
    let world = World::new().await;
    let (instance, order) = cut_at_capture(&world).await;
    let by = somebody(&world);
    let say = |answer, reference: Option<&str>| Intervention::Skip {
        answer,
        reference: reference.map(str::to_owned),
    };
    let wrong = step_in(
        &world,
        &instance,
        &order,
        by,
        say(SagaAnswer::Refunded, Some("r")),
    )
    .await;
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong.code, "step_not_skippable");
    assert_eq!(
        wrong.extra["allowed"],
        serde_json::json!(["captured", "declined"])
    );
    let nameless = step_in(&world, &instance, &order, by, say(SagaAnswer::Captured, None)).await;
    assert_eq!(nameless.unwrap_err().fields[0].pointer, "/reference");
    assert_eq!(status(&world, &order).await.0, OrderStatus::Placed);

    let stands = instance.checkouts.saga(&world.ctx(), order.id).await.unwrap();
    let said = step_in(
        &world,
        &instance,
        &order,
        by,
        say(SagaAnswer::Captured, Some("ch_7")),
    )
    .await;
    assert_eq!(said.unwrap().step, "confirmed");
    assert_eq!(status(&world, &order).await.0, OrderStatus::Confirmed);
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Captured);
    assert_eq!(
        audited(&world).await,
        once("payment.skipped", &stands.step, "confirm")
    );
    let all = world.db.changed().await;
    let skipped = all.iter().find(|one| one["kind"] == "payment.skipped").unwrap();
    assert_eq!(skipped["after"]["answer"], "captured");
    assert_eq!(skipped["after"]["reference"], "ch_7");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn nobody_steps_in_while_somebody_is_at_it() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    world.wire.cut(Cut {
        call: 0,
        after: false,
    });
    let paying = instance.pay(&world, &owner, &order, "tok_visa");
    assert!(
        tokio::time::timeout(Duration::from_millis(300), paying)
            .await
            .is_err()
    );
    let by = somebody(&world);
    for what in [Intervention::Retry, Intervention::Compensate] {
        let refused = step_in(&world, &instance, &order, by, what).await.unwrap_err();
        assert_eq!(
            (refused.code, refused.retry_after_s),
            ("payment_busy".into(), Some(1))
        );
    }
    assert_eq!(status(&world, &order).await, (OrderStatus::Placed, None));
}

#[tokio::test]
async fn payments_are_listed_by_how_they_stand() {
    let world = World::new().await;
    let (instance, open) = cut_at_capture(&world).await;
    world.wire.mend();
    let bowl = world.offer(3).await;
    world.clock.advance(Duration::from_secs(1));
    let (owner, paid) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &paid, "tok_visa").await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    let (owner, asked) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &asked, "tok_3ds").await.unwrap();
    let desk = &instance.checkouts;
    for (state, expected) in [
        (Some(SagaState::Open), vec![open.id]),
        (Some(SagaState::Ended), vec![paid.id]),
        (Some(SagaState::Waiting), vec![asked.id]),
        (Some(SagaState::Stuck), vec![]),
        (None, vec![asked.id, paid.id, open.id]),
    ] {
        let listed = desk.sagas(&world.ctx(), state, None, 24).await.unwrap();
        let orders: Vec<_> = listed.items.iter().map(|saga| saga.order).collect();
        assert_eq!(orders, expected, "{state:?}");
        assert!(
            listed
                .items
                .iter()
                .all(|saga| state.is_none_or(|s| saga.state == s))
        );
    }
    let first = desk.sagas(&world.ctx(), None, None, 2).await.unwrap();
    assert_eq!(first.items.len(), 2);
    let rest = desk.sagas(&world.ctx(), None, first.next, 2).await.unwrap();
    assert_eq!((rest.items[0].order, rest.next), (open.id, None));
}
