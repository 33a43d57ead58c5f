//! Money that goes back to gift cards and store credit: by refunds, after refusals, too late, and after crashes.

use super::*;
use crate::provider::Cut;

#[tokio::test]
async fn a_refund_can_go_to_store_credit_whatever_it_was_paid_with() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 700).await;
    let owner = rich(&world, 0).await;
    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_800)
        .await
        .unwrap();
    pay(&world, &instance, &owner, &order, "tok_visa").await;
    let back = give_back(
        &world,
        &instance,
        &order,
        amount(&order, 1_900, RefundTo::StoreCredit),
    )
    .await;
    assert_eq!(back, [(PurseKind::StoreCredit, 1_900)]);
    assert_eq!(credit(&world, &owner).await, (1_900, 0));
    assert_eq!(
        (left(&world, &code).await, at_the_provider(&world, &order).await),
        (0, (1_800, 0))
    );
    world.assert_clean(&instance).await;
    // 6.00 are left, and the card paid as much.
    instance
        .checkouts
        .cancel(&world.ctx(), owner.clone(), order.id)
        .await
        .unwrap();
    assert_eq!(
        (left(&world, &code).await, at_the_provider(&world, &order).await),
        (600, (1_800, 0))
    );
    assert_eq!(
        balances(&world).await,
        accounts([
            ("bank", 700),
            ("provider_clearing", 1_800),
            ("gift_cards_outstanding", -600),
            ("store_credit_outstanding", -1_900),
        ])
    );
    world.assert_clean(&instance).await;
    // And is spent like any other.
    let order = place(&world, &instance, &owner, &bowl, wish(&[], true), 600)
        .await
        .unwrap();
    pay(&world, &instance, &owner, &order, "tok_visa").await;
    assert_eq!(credit(&world, &owner).await, (0, 0));
    world.assert_clean(&instance).await;

    let guest = world.guest();
    let order = place(&world, &instance, &guest, &bowl, TenderWish::default(), 2_500)
        .await
        .unwrap();
    pay(&world, &instance, &guest, &order, "tok_visa").await;
    let refused = instance
        .checkouts
        .refund_sale(
            &world.ctx(),
            bowl.tenant,
            amount(&order, 100, RefundTo::StoreCredit),
        )
        .await
        .unwrap_err();
    assert_eq!(refused.code, "buyer_without_account");
}

/// What the provider refuses to give back is tried again; what went back meanwhile went to the card first.
#[tokio::test]
async fn a_refused_refund_gives_no_way_more_than_it_paid() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 700).await;
    let owner = world.guest();
    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_800)
        .await
        .unwrap();
    pay(&world, &instance, &owner, &order, "tok_refund_fails").await;
    let request = amount(&order, 1_000, RefundTo::Origin);
    let refused = instance
        .checkouts
        .refund_sale(&world.ctx(), bowl.tenant, request)
        .await
        .unwrap();
    let refused = eventually("it is refused", async || {
        let known = instance
            .checkouts
            .refunds_of_order(&world.ctx(), None, order.id)
            .await
            .unwrap();
        world.clock.advance(Duration::from_secs(40));
        known
            .into_iter()
            .find(|known| known.id == refused.id && known.refusal.is_some())
    })
    .await;
    assert_eq!(refused.tenders[0].amount, eur(700));
    assert_eq!(
        left(&world, &code).await,
        0,
        "a refund goes back as a whole or not at all"
    );
    let small = give_back(&world, &instance, &order, amount(&order, 600, RefundTo::Origin)).await;
    assert_eq!(small, [(PurseKind::GiftCard, 600)]);
    assert_eq!(left(&world, &code).await, 600);
    instance
        .checkouts
        .retry_refund(&world.ctx(), order.id, refused.id)
        .await
        .unwrap();
    let known = instance
        .checkouts
        .refunds_of_order(&world.ctx(), None, order.id)
        .await
        .unwrap();
    let again = known.iter().find(|known| known.id == refused.id).unwrap();
    assert_eq!(
        again.tenders[0].amount,
        eur(100),
        "the card paid 7.00 and has 6.00 back"
    );
}

/// An order whose buyer confirms at their bank after its hold ran out, when its card was let go.
async fn confirmed_too_late(world: &World, rival: bool) -> (Instance, Order, String) {
    let bowl = world.offer(9).await;
    let code = card(world, 700).await;
    let instance = world.instance_without_payments();
    let owner = world.guest();
    let late = place(world, &instance, &owner, &bowl, wish(&[&code], false), 1_800)
        .await
        .unwrap();
    let outcome = instance.pay(world, &owner, &late, "tok_3ds").await.unwrap();
    let reference = outcome.action_url.unwrap().rsplit('/').next().unwrap().to_owned();
    world.clock.advance(Duration::from_secs(15 * 60));
    eventually("the hold is over", async || {
        (now(world, &late).await.status == OrderStatus::Cancelled).then_some(())
    })
    .await;
    assert_eq!(left(world, &code).await, 700);
    world
        .payments
        .sandbox_answer(&world.ctx(), reference, true)
        .await
        .unwrap();
    if rival {
        let other = world.guest();
        place(world, &instance, &other, &bowl, wish(&[&code], false), 1_800)
            .await
            .unwrap();
    }
    eventually("the payment has its end", async || {
        let outcome = instance
            .checkouts
            .resume(&world.ctx(), owner.clone(), late.id)
            .await
            .unwrap();
        match (outcome.status, outcome.order.status) {
            (PaymentStatus::Captured, OrderStatus::Confirmed)
            | (PaymentStatus::Voided | PaymentStatus::Refunded, _) => Some(()),
            _ => None,
        }
    })
    .await;
    (instance, late, code)
}

#[tokio::test]
async fn an_order_that_is_opened_again_sets_its_card_aside_again() {
    let world = World::new().await;
    let (instance, late, code) = confirmed_too_late(&world, false).await;
    assert_eq!(now(&world, &late).await.status, OrderStatus::Confirmed);
    assert_eq!(
        (left(&world, &code).await, at_the_provider(&world, &late).await),
        (0, (1_800, 0))
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn whoever_comes_too_late_for_their_card_gets_the_providers_money_back() {
    let world = World::new().await;
    let (instance, late, code) = confirmed_too_late(&world, true).await;
    assert_eq!(now(&world, &late).await.status, OrderStatus::Cancelled);
    assert_eq!(left(&world, &code).await, 0, "the other order's");
    let (taken, back) = at_the_provider(&world, &late).await;
    assert_eq!(taken, back, "the provider holds nothing of it");
    world.assert_clean(&instance).await;
}

/// A process dies while the provider takes its part, or gives it back.
#[tokio::test]
async fn a_card_is_spent_once_and_given_back_once_wherever_a_process_dies() {
    for call in 0..3 {
        for after in [false, true] {
            let world = World::new().await;
            let bowl = world.offer(9).await;
            let code = card(&world, 700).await;
            let owner = world.guest();
            let doomed = world.instance();
            let order = place(&world, &doomed, &owner, &bowl, wish(&[&code], false), 1_800)
                .await
                .unwrap();
            world.wire.cut(Cut { call, after });
            let going = async {
                doomed.pay(&world, &owner, &order, "tok_visa").await.unwrap();
                doomed
                    .checkouts
                    .cancel(&world.ctx(), owner.clone(), order.id)
                    .await
            };
            let cut = tokio::time::timeout(Duration::from_millis(800), going).await;
            assert!(cut.is_err(), "the wire was cut at {call}, yet {cut:?}");
            doomed.stop().await;
            world.wire.mend();
            let next = world.instance();
            world.clock.advance(Duration::from_secs(2));
            let paid = || async { world.payment(&order).await.status };
            let given_back = call == 2;
            let (status, of_card) = match given_back {
                true => (PaymentStatus::Refunded, 700),
                false => (PaymentStatus::Captured, 0),
            };
            eventually("it is gone on with", async || {
                // Whoever asks what became of a refund that never arrived waits before they ask for it again.
                if given_back {
                    world.clock.advance(Duration::from_secs(1));
                }
                (paid().await == status).then_some(())
            })
            .await;
            assert_eq!(
                left(&world, &code).await,
                of_card,
                "cut at {call}, after: {after}"
            );
            let back = if given_back { 1_800 } else { 0 };
            assert_eq!(at_the_provider(&world, &order).await, (1_800, back));
            world.assert_clean(&next).await;
        }
    }
}

/// Nobody asks a provider, but a process can die all the same: what was begun is found.
#[tokio::test]
async fn a_refund_to_a_card_alone_is_found_after_a_crash() {
    let world = World::new().await;
    let bowl = world.offer(9).await;
    let code = card(&world, 2_500).await;
    let owner = world.guest();
    let instance = world.instance();
    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 0)
        .await
        .unwrap();
    pay(&world, &instance, &owner, &order, "").await;
    // As a process leaves it that dies between beginning a refund and telling its end.
    let request = amount(&order, 1_000, RefundTo::Origin);
    let tenant = bowl.tenant;
    let ctx = world.ctx();
    instance
        .checkouts
        .refund_sale(&ctx, tenant, request)
        .await
        .unwrap();
    assert_eq!(left(&world, &code).await, 1_000);
    instance.stop().await;
    let doomed = world.stopped_instance();
    doomed.start_all_but("till.refunds");
    let asking = doomed
        .checkouts
        .refund_sale(&ctx, tenant, amount(&order, 500, RefundTo::Origin));
    // Dropped at its first wait for the till's second answer.
    let _ = tokio::time::timeout(Duration::from_millis(2), asking).await;
    doomed.stop().await;
    let next = world.instance();
    world.clock.advance(Duration::from_secs(2));
    eventually("what was begun is through", async || {
        let open: i64 = sqlx::query_scalar("select count(*) from checkout.refund where status = 'pending'")
            .fetch_one(&mut world.system().await)
            .await
            .unwrap();
        (open == 0).then_some(())
    })
    .await;
    let ended: i64 = sqlx::query_scalar(
        "select coalesce(sum(amount), 0)::bigint from checkout.refund where status = 'refunded'",
    )
    .fetch_one(&mut world.system().await)
    .await
    .unwrap();
    assert_eq!(left(&world, &code).await, ended);
    world.assert_clean(&next).await;
}
