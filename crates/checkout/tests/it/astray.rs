//! Money on its way that does not arrive: refunds that go through and come back, and captures that hang.

use crate::provider::Cut;
use crate::world::{Instance, SECRET, World};
use checkout::Config;
use contracts::checkout::{
    Checkout, Intervention, OrderRefund, PaymentDesk, RefundOrder, RefundSaga, RefundState, RefundStatus,
    RefundTo, RefundWish, SagaAnswer,
};
use contracts::orders::{AsOf, Order, Orders as _};
use contracts::payments::PaymentStatus;
use kernel::{Clock, Currency, Fault, Money, UserId, secret};
use payments::provider::charge_key;
use payments::webhook::{Secret, Webhook};
use serde_json::json;
use std::time::Duration;
use testkit::eventually;

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// The sandbox says that the nth attempt at a refund failed.
fn failed(world: &World, order: &Order, refund: &OrderRefund, attempt: u32) -> Webhook {
    let body = json!({ "type": "refund.failed", "data": {
        "key": charge_key(order.payment, 1),
        "refund": format!("{}-{attempt}", refund.id),
    } });
    Secret::new(SECRET.to_vec()).sign(
        &format!("m-{}", secret::token()),
        world.clock.now(),
        body.to_string().into_bytes(),
    )
}

async fn hear(world: &World, instance: &Instance, webhook: Webhook) {
    let heard = instance.checkouts.hear(&world.ctx(), "sandbox", webhook).await;
    heard.unwrap();
}

async fn give_back(world: &World, instance: &Instance, order: &Order, amount: i64) -> OrderRefund {
    let part = &order.sub_orders[0];
    let request = RefundOrder {
        to: RefundTo::Origin,
        sub_order: part.id,
        wish: RefundWish::Amount(eur(amount)),
        reason: "cracked".to_owned(),
        idempotency_key: secret::token(),
    };
    let ctx = world.ctx();
    let given = instance.checkouts.refund_sale(&ctx, part.tenant, request);
    given.await.unwrap()
}

async fn refused(world: &World, instance: &Instance) -> Vec<OrderRefund> {
    let till = &instance.checkouts;
    till.refused_refunds(&world.ctx(), None, 10).await.unwrap().items
}

/// What the marketplace owes to buyers for refunds that did not reach them, and what the provider has.
async fn owed(world: &World) -> (i64, i64) {
    sqlx::query_as(
        "select -coalesce(sum(amount) filter (where account = 'buyer_funds'), 0)::bigint,
                coalesce(sum(amount) filter (where account = 'provider_clearing'), 0)::bigint
           from ledger.posting",
    )
    .fetch_one(&mut world.system().await)
    .await
    .unwrap()
}

/// The buyer's bank sends back what is through.
async fn bank_sends_back(world: &World) {
    sqlx::query("update payments.sandbox_refund set returns_at = now() - interval '1 second' where returns_at is not null")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_refund_that_comes_back_is_owed_to_the_buyer_until_it_gets_through() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 2)]).await;
    instance
        .pay(&world, &owner, &order, "tok_refund_returns")
        .await
        .unwrap();
    let given = give_back(&world, &instance, &order, 2_500).await;
    assert_eq!(given.status, RefundStatus::Refunded);
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Refunded);
    // A failure that the provider does not confirm changes nothing.
    hear(&world, &instance, failed(&world, &order, &given, 1)).await;
    assert_eq!(refused(&world, &instance).await, []);

    bank_sends_back(&world).await;
    let webhook = failed(&world, &order, &given, 1);
    hear(&world, &instance, webhook).await;
    let listed = refused(&world, &instance).await;
    assert_eq!(
        (listed[0].id, listed[0].status),
        (given.id, RefundStatus::CameBack)
    );
    assert!(listed[0].refusal.is_some(), "the bank said why");
    let payment = world.payment(&order).await;
    assert_eq!(
        (payment.status, payment.refunded, payment.shares[0].refunded),
        (PaymentStatus::Captured, eur(0), eur(0))
    );
    assert_eq!(owed(&world).await, (2_500, 2_500));
    world.assert_clean(&instance).await;
    // Told again, it comes back once; and the shop cannot give the same money a second time.
    hear(&world, &instance, failed(&world, &order, &given, 1)).await;
    assert_eq!(owed(&world).await, (2_500, 2_500));

    let ctx = world.ctx();
    let again = instance.checkouts.retry_refund(&ctx, order.id, given.id);
    assert_eq!(again.await.unwrap().status, RefundStatus::Refunded);
    assert_eq!(refused(&world, &instance).await, []);
    assert_eq!(owed(&world).await, (0, 0));
    let payment = world.payment(&order).await;
    assert_eq!(
        (payment.status, payment.refunded),
        (PaymentStatus::Refunded, eur(2_500))
    );
    world.assert_clean(&instance).await;
    // News of the first attempt is old.
    hear(&world, &instance, failed(&world, &order, &given, 1)).await;
    assert_eq!(owed(&world).await, (0, 0));

    let mails = crate::mails::mailed(&world, 3).await;
    // All of one moment, in any order.
    let mut subjects: Vec<String> = mails.into_iter().map(|mail| mail.1).collect();
    subjects.sort();
    assert_eq!(
        subjects,
        [
            "€25.00 did not reach you",
            "€25.00 went back to you",
            "€25.00 went back to you"
        ]
    );
}

#[tokio::test]
async fn what_came_back_and_is_refused_again_is_still_owed() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 2)]).await;
    instance
        .pay(&world, &owner, &order, "tok_refund_returns")
        .await
        .unwrap();
    let given = give_back(&world, &instance, &order, 700).await;
    bank_sends_back(&world).await;
    hear(&world, &instance, failed(&world, &order, &given, 1)).await;
    sqlx::query("update payments.sandbox_charge set method = 'tok_refund_fails'")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let ctx = world.ctx();
    let again = instance.checkouts.retry_refund(&ctx, order.id, given.id);
    assert_eq!(again.await.unwrap().status, RefundStatus::Pending);
    sqlx::query(
        "update payments.sandbox_refund set settles_at = now() - interval '1 second' where state = 'pending'",
    )
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    eventually("it is refused", async || {
        world.clock.advance(Duration::from_secs(60));
        let listed = refused(&world, &instance).await;
        (listed.first()?.status == RefundStatus::CameBack).then_some(())
    })
    .await;
    assert_eq!(owed(&world).await, (700, 2_500));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn money_that_is_set_aside_is_seen_while_its_capture_hangs() {
    let world = World::new().await;
    let instance = world.configured(Config {
        provider_timeout: Duration::from_millis(200),
        ..Config::default()
    });
    instance.start_all_but("till.payments");
    let (bowl, vase) = (world.offer(3).await, world.offer(3).await);
    let (owner, order) = instance.order(&world, &[(&bowl, 1), (&vase, 1)]).await;
    // The money is set aside; from then on nothing is answered.
    world.wire.cut(Cut {
        call: 1,
        after: false,
    });
    let outcome = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(
        outcome.status,
        PaymentStatus::Processing,
        "for the buyer it goes on"
    );
    let payment = world.payment(&order).await;
    assert_eq!(payment.status, PaymentStatus::Authorized);
    for share in &payment.shares {
        assert_eq!((share.authorized, share.captured), (share.amount, eur(0)));
    }
    world.assert_clean(&instance).await;
    // Once for each attempt, and captured as ever.
    for cut in [true, false] {
        if !cut {
            world.wire.mend();
        }
        world.clock.advance(Duration::from_secs(90));
        let ctx = world.ctx();
        let resumed = instance.checkouts.resume(&ctx, owner.clone(), order.id);
        resumed.await.unwrap();
    }
    let told: Vec<String> =
        sqlx::query_scalar("select name from payments.event where stream_id = $1 order by version")
            .bind(order.payment)
            .fetch_all(&mut world.db.owner().await)
            .await
            .unwrap();
    assert_eq!(told, ["started", "authorized", "captured"]);
    world.assert_clean(&instance).await;
}

/// A refund of which the provider never says what became of it.
async fn unanswered(world: &World) -> (Instance, Order, OrderRefund) {
    let instance = world.configured(Config {
        provider_timeout: Duration::from_millis(200),
        ..Config::default()
    });
    instance.start_all_but("till.refunds");
    let bowl = world.offer(5).await;
    let (owner, order) = instance.order(world, &[(&bowl, 2)]).await;
    instance.pay(world, &owner, &order, "tok_visa").await.unwrap();
    world.wire.cut(Cut {
        call: 0,
        after: false,
    });
    let given = give_back(world, &instance, &order, 700).await;
    assert_eq!(given.status, RefundStatus::Pending);
    (instance, order, given)
}

async fn listed(world: &World, instance: &Instance, state: Option<RefundState>) -> Vec<RefundSaga> {
    let desk = &instance.checkouts;
    desk.refunds(&world.ctx(), state, None, 10).await.unwrap().items
}

async fn step_in(
    world: &World,
    instance: &Instance,
    given: &OrderRefund,
    what: Intervention,
) -> Result<RefundSaga, Fault> {
    let (desk, by) = (&instance.checkouts, UserId::new(world.ctx().now));
    desk.intervene_refund(
        &world.ctx(),
        given.order,
        given.id,
        by,
        "Asked them.".to_owned(),
        what,
    )
    .await
}

fn says(answer: SagaAnswer) -> Intervention {
    Intervention::Skip {
        answer,
        reference: Some("re_1".to_owned()),
    }
}

#[tokio::test]
async fn a_refund_that_nobody_answers_is_listed_as_stuck_and_seen_to_by_hand() {
    let world = World::new().await;
    let (instance, _, given) = unanswered(&world).await;
    let open = listed(&world, &instance, Some(RefundState::Open)).await;
    assert_eq!(
        (open.len(), open[0].id, open[0].step.as_str()),
        (1, given.id, "inquire")
    );
    for _ in 0..9 {
        world.clock.advance(Duration::from_secs(90));
        step_in(&world, &instance, &given, Intervention::Retry)
            .await
            .unwrap();
    }
    // Each try by hand begins to count anew; by itself it goes on to be stuck.
    sqlx::query("update checkout.refund set tries = 8")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    assert_eq!(listed(&world, &instance, Some(RefundState::Open)).await, []);
    let stuck = listed(&world, &instance, Some(RefundState::Stuck)).await;
    assert_eq!((stuck.len(), stuck[0].state), (1, RefundState::Stuck));
    assert_eq!(stuck[0].answers, [SagaAnswer::Refunded, SagaAnswer::Declined]);
    let by_hand = stuck[0].timeline.iter().filter(|told| told.by.is_some()).count();
    assert_eq!(by_hand, 9);

    world.clock.advance(Duration::from_secs(90));
    let wrong = step_in(&world, &instance, &given, says(SagaAnswer::Captured))
        .await
        .unwrap_err();
    assert_eq!(wrong.code, "step_not_skippable");
    let nameless = Intervention::Skip {
        answer: SagaAnswer::Refunded,
        reference: None,
    };
    let wrong = step_in(&world, &instance, &given, nameless).await.unwrap_err();
    assert_eq!(wrong.fields[0].pointer, "/reference");
    let through = step_in(&world, &instance, &given, says(SagaAnswer::Refunded))
        .await
        .unwrap();
    assert_eq!(through.state, RefundState::Refunded);
    assert_eq!(
        world.payment(&order_of(&world, &given).await).await.refunded,
        eur(700)
    );
    assert_eq!(listed(&world, &instance, None).await, []);
    let told = through
        .timeline
        .iter()
        .find(|told| told.outcome == "skipped")
        .expect("noted");
    assert_eq!(told.note.as_deref(), Some("Asked them."));
    world.assert_clean(&instance).await;
    // And that it came back after all.
    let back = step_in(&world, &instance, &given, says(SagaAnswer::CameBack))
        .await
        .unwrap();
    assert_eq!(back.state, RefundState::CameBack);
    assert_eq!(owed(&world).await.0, 700);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_refund_that_the_provider_refused_unheard_is_refused_by_hand() {
    let world = World::new().await;
    let (instance, _, given) = unanswered(&world).await;
    world.clock.advance(Duration::from_secs(90));
    let refused = step_in(&world, &instance, &given, says(SagaAnswer::Declined))
        .await
        .unwrap();
    assert_eq!(refused.state, RefundState::Refused);
    assert!(refused.refusal.is_some());
    assert_eq!(
        listed(&world, &instance, Some(RefundState::Refused)).await.len(),
        1
    );
    world.assert_clean(&instance).await;
}

async fn order_of(world: &World, given: &OrderRefund) -> Order {
    let ctx = world.ctx();
    let order = world.orders.order(&ctx, None, given.order, AsOf::default());
    order.await.unwrap()
}

#[tokio::test]
async fn money_that_is_let_go_is_asked_about_until_it_is_back() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let outcome = instance
        .pay(&world, &owner, &order, "tok_declined")
        .await
        .unwrap();
    assert_eq!(outcome.status, PaymentStatus::Declined);
    // The provider thought better of it, and takes its time to give it back.
    sqlx::query("update payments.sandbox_charge set state = 'captured', captured = amount, method = 'tok_refund_slow'")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let body = json!({ "type": "charge.captured", "data": { "key": charge_key(order.payment, 1) } });
    let webhook =
        Secret::new(SECRET.to_vec()).sign("m-late", world.clock.now(), body.to_string().into_bytes());
    let heard = async || {
        instance
            .checkouts
            .hear(&world.ctx(), "sandbox", webhook.clone())
            .await
    };
    assert!(heard().await.is_err(), "under way is not back");
    sqlx::query(
        "update payments.sandbox_refund set settles_at = now() - interval '1 second' where state = 'pending'",
    )
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    heard().await.unwrap();
    assert_eq!(world.charges(&order).await, (1, 0));
}
