//! Money that goes back in parts, through the provider, to the cent, once.

use crate::provider::Cut;
use crate::world::{Instance, SECRET, World};
use contracts::cart::CartOwner;
use contracts::catalog::Offer;
use contracts::checkout::{
    Checkout, OrderRefund, RefundOrder, RefundStatus, RefundTo, RefundUnits, RefundWish,
};
use contracts::orders::{AsOf, Order, OrderStatus, Orders as _, SubOrder, SubOrderStatus};
use contracts::payments::PaymentStatus;
use futures::future::join_all;
use kernel::{Clock, Currency, Fault, Money, TenantId, secret};
use payments::webhook::Secret;
use std::time::Duration;
use testkit::eventually;

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

fn amount(part: &SubOrder, amount: i64) -> RefundOrder {
    RefundOrder {
        to: RefundTo::Origin,
        sub_order: part.id,
        wish: RefundWish::Amount(eur(amount)),
        reason: "cracked".to_owned(),
        idempotency_key: secret::token(),
    }
}

fn units(part: &SubOrder, quantity: u32, delivery: bool) -> RefundOrder {
    let line = part.lines[0].id;
    RefundOrder {
        wish: RefundWish::Lines {
            lines: vec![RefundUnits { line, quantity }],
            delivery,
        },
        ..amount(part, 0)
    }
}

/// A guest who bought two of each, for 10.00 a piece and 5.00 of delivery per shop, of which the marketplace keeps 2.00.
struct Bought {
    owner: CartOwner,
    order: Order,
}

async fn buy(world: &World, instance: &Instance, offers: &[&Offer], method: &str) -> Bought {
    let lines: Vec<(&Offer, u32)> = offers.iter().map(|offer| (*offer, 2)).collect();
    let (owner, order) = instance.order(world, &lines).await;
    instance.pay(world, &owner, &order, method).await.unwrap();
    Bought { owner, order }
}

impl Bought {
    fn part(&self, offer: &Offer) -> &SubOrder {
        let mut parts = self.order.sub_orders.iter();
        parts.find(|part| part.tenant == offer.tenant).unwrap()
    }

    async fn now(&self, world: &World) -> Order {
        let ctx = world.ctx();
        let order = world.orders.order(&ctx, None, self.order.id, AsOf::default());
        order.await.unwrap()
    }

    async fn status(&self, world: &World, offer: &Offer) -> SubOrderStatus {
        let order = self.now(world).await;
        let part = order.sub_orders.iter().find(|part| part.tenant == offer.tenant);
        part.unwrap().status
    }
}

async fn refund(
    world: &World,
    instance: &Instance,
    offer: &Offer,
    request: RefundOrder,
) -> Result<OrderRefund, Fault> {
    instance
        .checkouts
        .refund_sale(&world.ctx(), offer.tenant, request)
        .await
}

/// What a shop is owed, and what the marketplace earned with it.
async fn owed(world: &World, tenant: TenantId) -> (i64, i64) {
    sqlx::query_as(
        "select -coalesce(sum(amount) filter (where account = 'seller_payable'), 0)::bigint,
                -coalesce(sum(amount) filter (where account = 'commission_revenue'), 0)::bigint
           from ledger.posting where tenant_id = $1",
    )
    .bind(tenant)
    .fetch_one(&mut world.system().await)
    .await
    .unwrap()
}

/// How many refunds the provider made for an order, and what they gave back.
async fn at_the_provider(world: &World, order: &Order) -> (i64, i64) {
    sqlx::query_as(
        "select count(*), coalesce(sum(amount), 0)::bigint
           from payments.sandbox_refund where charge like $1 || '-%' and state = 'succeeded'",
    )
    .bind(order.payment.to_string())
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap()
}

async fn paid_back(world: &World, order: &Order) -> (PaymentStatus, i64, Vec<i64>) {
    let payment = world.payment(order).await;
    let shares = payment.shares.iter().map(|share| share.refunded.amount).collect();
    (payment.status, payment.refunded.amount, shares)
}

#[tokio::test]
async fn a_seller_cancels_one_of_three_parts_and_the_others_do_not_notice() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase, cup) = (world.offer(5).await, world.offer(5).await, world.offer(5).await);
    let bought = buy(&world, &instance, &[&bowl, &vase, &cup], "tok_visa").await;
    let part = bought.part(&vase).clone();
    let note = "The last vase broke.".to_owned();
    let cancelled = instance
        .checkouts
        .cancel_sale(&world.ctx(), vase.tenant, part.id, note)
        .await
        .unwrap();
    assert_eq!(cancelled.status, SubOrderStatus::Cancelled);
    assert_eq!(cancelled.cancel_note.as_deref(), Some("The last vase broke."));
    assert_eq!(cancelled.refunded, eur(2_500));
    for offer in [&bowl, &cup] {
        assert_eq!(bought.status(&world, offer).await, SubOrderStatus::Confirmed);
        assert_eq!(world.level(offer).await, (3, 0));
        assert_eq!(owed(&world, offer.tenant).await, (2_300, 200));
    }
    assert_eq!(world.level(&vase).await, (5, 0), "its goods are back");
    assert_eq!(owed(&world, vase.tenant).await, (0, 0));
    assert_eq!(bought.now(&world).await.status, OrderStatus::Confirmed);
    let (status, back, mut shares) = paid_back(&world, &bought.order).await;
    shares.sort_unstable();
    assert_eq!(
        (status, back, shares),
        (PaymentStatus::Captured, 2_500, vec![0, 0, 2_500])
    );
    assert_eq!(at_the_provider(&world, &bought.order).await, (1, 2_500));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn with_its_last_part_the_order_is_cancelled() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let bought = buy(&world, &instance, &[&bowl, &vase], "tok_visa").await;
    for offer in [&bowl, &vase] {
        let (owner, part) = (bought.owner.clone(), bought.part(offer).id);
        let till = &instance.checkouts;
        till.cancel_part(&world.ctx(), owner, bought.order.id, part)
            .await
            .unwrap();
    }
    assert_eq!(bought.now(&world).await.status, OrderStatus::Cancelled);
    let (status, back, _) = paid_back(&world, &bought.order).await;
    assert_eq!((status, back), (PaymentStatus::Refunded, 5_000));
    assert_eq!(world.level(&bowl).await, (5, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn an_amount_as_such_takes_its_share_of_the_commission() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let bought = buy(&world, &instance, &[&bowl], "tok_visa").await;
    let part = bought.part(&bowl);
    let back = refund(&world, &instance, &bowl, amount(part, 1_000))
        .await
        .unwrap();
    assert_eq!((back.status, back.amount), (RefundStatus::Refunded, eur(1_000)));
    // 0.80 of the 2.00 of commission on 25.00.
    assert_eq!(owed(&world, bowl.tenant).await, (2_300 - 920, 200 - 80));
    assert_eq!(
        paid_back(&world, &bought.order).await,
        (PaymentStatus::Captured, 1_000, vec![1_000])
    );
    assert_eq!(bought.status(&world, &bowl).await, SubOrderStatus::Confirmed);
    assert_eq!(world.level(&bowl).await, (3, 0), "the goods stay with the buyer");
    let refused = refund(&world, &instance, &bowl, amount(part, 1_501)).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, "refund_too_large");
    assert_eq!(refused.extra["left"], 1_500);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_was_given_back_before_is_not_given_back_with_the_order() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let bought = buy(&world, &instance, &[&bowl, &vase], "tok_visa").await;
    let request = units(bought.part(&bowl), 1, true);
    let back = refund(&world, &instance, &bowl, request).await.unwrap();
    assert_eq!(back.amount, eur(1_500));
    // Refunds of one instant have no order.
    world.clock.advance(Duration::from_secs(1));
    let ctx = world.ctx();
    let cancelled = instance
        .checkouts
        .cancel(&ctx, bought.owner.clone(), bought.order.id)
        .await
        .unwrap();
    assert_eq!(cancelled.status, OrderStatus::Cancelled);
    assert_eq!(cancelled.refunded, eur(5_000));
    assert_eq!(at_the_provider(&world, &bought.order).await, (2, 5_000));
    assert_eq!(world.charges(&bought.order).await, (1, 0));
    let refunds = instance.checkouts.refunds_of_order(&ctx, None, bought.order.id);
    let amounts: Vec<i64> = refunds.await.unwrap().iter().map(|r| r.amount.amount).collect();
    assert_eq!(amounts, [1_500, 3_500]);
    for offer in [&bowl, &vase] {
        assert_eq!(owed(&world, offer.tenant).await, (0, 0));
    }
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn after_a_payout_the_shop_owes_and_its_next_sale_makes_up_for_it() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let bought = buy(&world, &instance, &[&bowl], "tok_visa").await;
    let held = Duration::from_secs(22 * 24 * 60 * 60);
    let pay_out = async |key: &str| {
        world.clock.advance(held);
        world.ledger.release_due(&world.ctx()).await.unwrap();
        let asked = ledger::Asked {
            currency: Currency::EUR,
            key: key.to_owned(),
        };
        world.ledger.pay_now(&world.ctx(), bowl.tenant, &asked).await
    };
    let paid = pay_out("first").await.unwrap();
    assert_eq!(paid.payout.amount, 2_300);
    let request = amount(bought.part(&bowl), 2_500);
    refund(&world, &instance, &bowl, request).await.unwrap();
    assert_eq!(owed(&world, bowl.tenant).await, (-2_300, 0));
    assert!(pay_out("none").await.is_err(), "nothing is due to who owes");
    for _ in 0..2 {
        buy(&world, &instance, &[&bowl], "tok_visa").await;
    }
    assert_eq!(owed(&world, bowl.tenant).await, (2_300, 400));
    let paid = pay_out("second").await.unwrap();
    assert_eq!(
        paid.payout.amount, 2_300,
        "one of the two sales makes up for the refund"
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn refunds_that_race_never_give_back_more_than_was_paid() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let bowl = world.offer(5).await;
    let bought = buy(&world, &instances[0], &[&bowl], "tok_visa").await;
    let part = bought.part(&bowl);
    let racing = (0..8).map(|n| refund(&world, &instances[n % 2], &bowl, amount(part, 1_000)));
    let outcomes = join_all(racing).await;
    let (granted, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((granted.len(), refused.len()), (2, 6));
    for refused in refused {
        assert_eq!(refused.unwrap_err().code, "refund_too_large");
    }
    eventually("both are through", async || {
        (at_the_provider(&world, &bought.order).await == (2, 2_000)).then_some(())
    })
    .await;
    // So do an order that is cancelled and a refund.
    let ctx = world.ctx();
    let cancelling = instances[0]
        .checkouts
        .cancel(&ctx, bought.owner.clone(), bought.order.id);
    let (cancelled, _) = futures::join!(
        cancelling,
        refund(&world, &instances[1], &bowl, amount(part, 300))
    );
    cancelled.unwrap();
    eventually("all of it is back", async || {
        (world.payment(&bought.order).await.refunded == eur(2_500)).then_some(())
    })
    .await;
    assert_eq!(at_the_provider(&world, &bought.order).await.1, 2_500);
    world.assert_clean(&instances[0]).await;
}

#[tokio::test]
async fn the_same_key_gives_back_once() {
    let world = World::new().await;
    let instances = [world.instance(), world.instance()];
    let bowl = world.offer(5).await;
    let bought = buy(&world, &instances[0], &[&bowl], "tok_visa").await;
    let request = amount(bought.part(&bowl), 700);
    let asking = (0..6).map(|n| refund(&world, &instances[n % 2], &bowl, request.clone()));
    let mut ids: Vec<_> = join_all(asking)
        .await
        .into_iter()
        .map(|r| r.unwrap().id)
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    eventually("it is through", async || {
        (at_the_provider(&world, &bought.order).await == (1, 700)).then_some(())
    })
    .await;
    let other = RefundOrder {
        reason: "another reason".to_owned(),
        ..request
    };
    let refused = refund(&world, &instances[0], &bowl, other).await.unwrap_err();
    assert_eq!(refused.code, "idempotency_key_reused");
    world.assert_clean(&instances[0]).await;
}

#[tokio::test]
async fn an_answer_that_never_comes_is_asked_for_and_the_money_goes_back_once() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let bought = buy(&world, &instance, &[&bowl], "tok_refund_timeout").await;
    let request = amount(bought.part(&bowl), 700);
    let back = refund(&world, &instance, &bowl, request).await.unwrap();
    assert_eq!(back.status, RefundStatus::Refunded);
    assert_eq!(
        world.wire.calls(),
        ["authorize", "capture", "refund", "inquire_refund"]
    );
    assert_eq!(at_the_provider(&world, &bought.order).await, (1, 700));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_process_that_dies_before_or_after_the_provider_did_it_leaves_one_refund() {
    for after in [false, true] {
        let world = World::new().await;
        let bowl = world.offer(5).await;
        let doomed = world.instance();
        let bought = buy(&world, &doomed, &[&bowl], "tok_visa").await;
        world.wire.cut(Cut { call: 0, after });
        let request = amount(bought.part(&bowl), 700);
        let refunding = refund(&world, &doomed, &bowl, request.clone());
        assert!(
            tokio::time::timeout(Duration::from_millis(800), refunding)
                .await
                .is_err()
        );
        doomed.stop().await;
        world.wire.mend();
        let next = world.instance();
        // The dead process's lease runs out.
        world.clock.advance(Duration::from_secs(2));
        eventually("the money is back", async || {
            world.clock.advance(Duration::from_secs(1));
            (world.payment(&bought.order).await.refunded == eur(700)).then_some(())
        })
        .await;
        assert_eq!(
            at_the_provider(&world, &bought.order).await,
            (1, 700),
            "after: {after}"
        );
        let calls = world.wire.calls();
        assert_eq!(calls[..4], ["authorize", "capture", "refund", "inquire_refund"]);
        // What the caller never heard, they hear under their key.
        let heard = refund(&world, &next, &bowl, request).await.unwrap();
        assert_eq!(heard.status, RefundStatus::Refunded);
        world.assert_clean(&next).await;
    }
}

#[tokio::test]
async fn a_part_cancelled_by_a_process_that_dies_is_refunded_by_the_next() {
    for after in [false, true] {
        let world = World::new().await;
        let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
        let doomed = world.instance();
        let bought = buy(&world, &doomed, &[&bowl, &vase], "tok_visa").await;
        world.wire.cut(Cut { call: 0, after });
        let ctx = world.ctx();
        let cancelling = doomed.checkouts.cancel_sale(
            &ctx,
            bowl.tenant,
            bought.part(&bowl).id,
            "Out of clay.".to_owned(),
        );
        assert!(
            tokio::time::timeout(Duration::from_millis(800), cancelling)
                .await
                .is_err()
        );
        doomed.stop().await;
        world.wire.mend();
        let next = world.instance();
        world.clock.advance(Duration::from_secs(2));
        eventually("the money is back", async || {
            world.clock.advance(Duration::from_secs(1));
            (world.payment(&bought.order).await.refunded == eur(2_500)).then_some(())
        })
        .await;
        assert_eq!(world.level(&bowl).await, (5, 0));
        assert_eq!(world.level(&vase).await, (3, 0));
        assert_eq!(at_the_provider(&world, &bought.order).await, (1, 2_500));
        world.assert_clean(&next).await;
    }
}

#[tokio::test]
async fn what_the_provider_refuses_is_seen_and_can_be_tried_again() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let bought = buy(&world, &instance, &[&bowl], "tok_refund_fails").await;
    let request = amount(bought.part(&bowl), 700);
    let begun = refund(&world, &instance, &bowl, request).await.unwrap();
    assert_eq!(begun.status, RefundStatus::Pending);
    settle_at_the_provider(&world).await;
    let ctx = world.ctx();
    let refused = eventually("it is refused", async || {
        world.clock.advance(Duration::from_secs(60));
        let refused = instance.checkouts.refused_refunds(&ctx, None, 10).await.unwrap();
        refused.items.into_iter().next()
    })
    .await;
    assert_eq!((refused.id, refused.status), (begun.id, RefundStatus::Refused));
    assert!(refused.refusal.is_some(), "the provider said why");
    assert_eq!(world.payment(&bought.order).await.refunded, eur(0));
    world.assert_clean(&instance).await;
    // The buyer has another account by now.
    sqlx::query("update payments.sandbox_charge set method = 'tok_visa'")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let order = bought.order.id;
    let again = instance
        .checkouts
        .retry_refund(&ctx, order, begun.id)
        .await
        .unwrap();
    assert_eq!((again.status, again.refusal), (RefundStatus::Refunded, None));
    assert_eq!(world.payment(&bought.order).await.refunded, eur(700));
    let once_more = instance
        .checkouts
        .retry_refund(&ctx, order, begun.id)
        .await
        .unwrap();
    assert_eq!(once_more.status, RefundStatus::Refunded);
    assert_eq!(at_the_provider(&world, &bought.order).await, (1, 700));
    world.assert_clean(&instance).await;
}

/// Slow refunds are through.
async fn settle_at_the_provider(world: &World) {
    sqlx::query(
        "update payments.sandbox_refund set settles_at = now() - interval '1 second' where state = 'pending'",
    )
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_shop_reaches_no_part_but_its_own() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(5).await, world.offer(5).await);
    let bought = buy(&world, &instance, &[&bowl, &vase], "tok_visa").await;
    let (ctx, part) = (world.ctx(), bought.part(&bowl));
    let till = &instance.checkouts;
    let theft = till.refund_sale(&ctx, vase.tenant, amount(part, 1)).await;
    assert_eq!(theft.unwrap_err().code, "not_found");
    let spite = till
        .cancel_sale(&ctx, vase.tenant, part.id, "spite".to_owned())
        .await;
    assert_eq!(spite.unwrap_err().code, "not_found");
    let look = till.refunds_of_sale(&ctx, vase.tenant, part.id).await;
    assert_eq!(look.unwrap_err().code, "not_found");
    // A line of another shop's part, named in one's own.
    let mut request = units(part, 1, false);
    request.sub_order = bought.part(&vase).id;
    let theft = till.refund_sale(&ctx, vase.tenant, request).await;
    assert_eq!(theft.unwrap_err().code, "units_invalid");
    // Of an order that went back as a whole, a shop sees its own part.
    till.cancel(&ctx, bought.owner.clone(), bought.order.id)
        .await
        .unwrap();
    let own = till.refunds_of_sale(&ctx, bowl.tenant, part.id).await.unwrap();
    let seen: Vec<_> = own.iter().map(|r| (r.amount, r.parts.len())).collect();
    assert_eq!(seen, [(eur(2_500), 1)]);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_webhook_says_that_a_slow_refund_is_through() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let bought = buy(&world, &instance, &[&bowl], "tok_refund_slow").await;
    let request = amount(bought.part(&bowl), 700);
    let begun = refund(&world, &instance, &bowl, request).await.unwrap();
    assert_eq!(begun.status, RefundStatus::Pending);
    let parked = async || {
        let due: bool = sqlx::query_scalar("select due_at > $1 from checkout.refund")
            .bind(world.clock.now())
            .fetch_one(&mut world.system().await)
            .await
            .unwrap();
        due
    };
    assert!(parked().await, "it waits to be looked at");
    settle_at_the_provider(&world).await;
    let webhook = Secret::new(SECRET.to_vec()).sign(
        "msg_1",
        world.clock.now(),
        serde_json::json!({
            "type": "charge.refunded",
            "data": { "key": format!("{}-1", bought.order.payment), "refund": format!("{}-1", begun.id) },
        })
        .to_string()
        .into_bytes(),
    );
    let ctx = world.ctx();
    instance.checkouts.hear(&ctx, "sandbox", webhook).await.unwrap();
    eventually("the money is back", async || {
        (world.payment(&bought.order).await.refunded == eur(700)).then_some(())
    })
    .await;
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_refund_that_is_asked_for_is_told_once_however_often_it_is_asked_for() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(5).await;
    let bought = buy(&world, &instance, &[&bowl], "tok_visa").await;
    let request = amount(bought.part(&bowl), 700);
    for _ in 0..2 {
        refund(&world, &instance, &bowl, request.clone()).await.unwrap();
    }
    let refused = refund(&world, &instance, &bowl, amount(bought.part(&bowl), 9_000)).await;
    assert_eq!(refused.unwrap_err().code, "refund_too_large");
    let mut told = world.db.changed().await;
    told.retain(|one| {
        one["kind"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("refund."))
    });
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["kind"], "refund.asked");
    assert_eq!(told[0]["tenant"], bowl.tenant.to_string());
    let after = &told[0]["after"];
    assert_eq!(after["amount"]["amount"], 700);
    assert_eq!(
        (after["to"].as_str(), after["reason"].as_str()),
        (Some("origin"), Some("cracked"))
    );
    world.assert_clean(&instance).await;
}
