//! A process dies at every step of a payment, before and after the provider did its part; another one finds what it left.

use crate::provider::Cut;
use crate::world::{Instance, World};
use contracts::cart::CartOwner;
use contracts::checkout::Checkout;
use contracts::orders::{AsOf, Order, OrderStatus, Orders as _};
use contracts::payments::PaymentStatus;
use std::cell::Cell;
use std::time::Duration;
use testkit::eventually;

/// Long enough for a call to get where the wire is cut.
const UNTIL_CUT: Duration = Duration::from_millis(800);

/// Pays, and dies where the wire is cut. What comes after starts with a new process on the same database.
async fn die_paying(world: &World, method: &str, cut: Cut) -> (CartOwner, Order, Instance) {
    let bowl = world.offer(1).await;
    let doomed = world.instance();
    let (owner, order) = doomed.order(world, &[(&bowl, 1)]).await;
    world.wire.cut(cut);
    let paying = tokio::time::timeout(UNTIL_CUT, doomed.pay(world, &owner, &order, method)).await;
    assert!(paying.is_err(), "the wire was cut, yet {paying:?}");
    doomed.stop().await;
    world.wire.mend();
    let next = world.instance();
    // The dead process's lease runs out.
    world.clock.advance(Duration::from_secs(2));
    (owner, order, next)
}

#[tokio::test]
async fn a_payment_cut_off_anywhere_is_finished_and_charged_once() {
    for call in 0..2 {
        for after in [false, true] {
            let world = World::new().await;
            let (_, order, next) = die_paying(&world, "tok_visa", Cut { call, after }).await;
            eventually("the payment is captured", async || {
                (world.payment(&order).await.status == PaymentStatus::Captured).then_some(())
            })
            .await;
            assert_eq!(
                world.charges(&order).await,
                (1, 1),
                "cut at {call}, after: {after}"
            );
            world.assert_clean(&next).await;
        }
    }
}

#[tokio::test]
async fn a_decline_cut_off_anywhere_is_told_once() {
    for after in [false, true] {
        let world = World::new().await;
        let (_, order, next) = die_paying(&world, "tok_declined", Cut { call: 0, after }).await;
        eventually("the payment is declined", async || {
            (world.payment(&order).await.status == PaymentStatus::Declined).then_some(())
        })
        .await;
        let history = world.orders.history(&world.ctx(), None, order.id).await.unwrap();
        assert_eq!(history.len(), 2);
        world.assert_clean(&next).await;
    }
}

/// Pays, dies where the wire is cut, and is found again when the hold has run out and `rival` happened.
async fn found_too_late(cut: Cut, rival: bool) -> (PaymentStatus, OrderStatus) {
    let world = World::new().await;
    let bowl = world.offer(1).await;
    let doomed = world.instance();
    let (owner, order) = doomed.order(&world, &[(&bowl, 1)]).await;
    world.wire.cut(cut);
    let paying = doomed.pay(&world, &owner, &order, "tok_visa");
    assert!(tokio::time::timeout(UNTIL_CUT, paying).await.is_err());
    doomed.stop().await;
    world.wire.mend();
    if rival {
        world.clock.advance(Duration::from_secs(16 * 60));
        let expiring = world.instance_without_payments();
        eventually("the hold is over", async || {
            (world.level(&bowl).await == (1, 0)).then_some(())
        })
        .await;
        expiring.order(&world, &[(&bowl, 1)]).await;
        expiring.stop().await;
    } else {
        world.clock.advance(Duration::from_secs(16 * 60));
    }
    let next = world.instance();
    let outcome = eventually("the payment has its end", async || {
        let outcome = next
            .checkouts
            .resume(&world.ctx(), owner.clone(), order.id)
            .await
            .unwrap();
        use PaymentStatus as S;
        [S::Captured, S::Voided, S::Refunded]
            .contains(&outcome.status)
            .then_some(outcome)
    })
    .await;
    let held: i64 = sqlx::query_scalar(
        "select count(*) from payments.sandbox_charge where state in ('authorized', 'captured')",
    )
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap();
    let sold = i64::from(outcome.order.status == OrderStatus::Confirmed);
    assert_eq!(held, sold, "the provider holds money of sold orders only");
    assert_eq!(
        world.level(&bowl).await,
        (1 - sold, i64::from(rival)),
        "{outcome:?}"
    );
    world.assert_clean(&next).await;
    (outcome.status, outcome.order.status)
}

#[tokio::test]
async fn a_payment_found_too_late_still_buys_what_is_still_there() {
    let never_arrived = Cut {
        call: 0,
        after: false,
    };
    // Either the order has expired by then, or its payment is gone on with just before.
    let (payment, order) = found_too_late(never_arrived, false).await;
    assert!(
        [
            (PaymentStatus::Voided, OrderStatus::Cancelled),
            (PaymentStatus::Captured, OrderStatus::Confirmed)
        ]
        .contains(&(payment, order)),
        "{payment:?} {order:?}"
    );
    for (call, after) in [(0, true), (1, false), (1, true)] {
        assert_eq!(
            found_too_late(Cut { call, after }, false).await,
            (PaymentStatus::Captured, OrderStatus::Confirmed),
            "cut at {call}, after: {after}"
        );
    }
}

#[tokio::test]
async fn a_payment_found_too_late_goes_back_if_the_goods_are_gone() {
    for (call, after, ended) in [
        (0, false, PaymentStatus::Voided),
        (0, true, PaymentStatus::Voided),
        (1, false, PaymentStatus::Voided),
        (1, true, PaymentStatus::Refunded),
    ] {
        assert_eq!(
            found_too_late(Cut { call, after }, true).await,
            (ended, OrderStatus::Cancelled),
            "cut at {call}, after: {after}"
        );
    }
}

#[tokio::test]
async fn a_refund_cut_off_anywhere_is_finished_once() {
    for after in [false, true] {
        let world = World::new().await;
        let bowl = world.offer(1).await;
        let doomed = world.instance();
        let (owner, order) = doomed.order(&world, &[(&bowl, 1)]).await;
        doomed.pay(&world, &owner, &order, "tok_visa").await.unwrap();
        world.wire.cut(Cut { call: 0, after });
        let ctx = world.ctx();
        let cancelling = doomed.checkouts.cancel(&ctx, owner.clone(), order.id);
        assert!(tokio::time::timeout(UNTIL_CUT, cancelling).await.is_err());
        doomed.stop().await;
        world.wire.mend();
        let next = world.instance();
        world.clock.advance(Duration::from_secs(2));
        eventually("the money is back", async || {
            world.clock.advance(Duration::from_secs(1));
            (world.payment(&order).await.status == PaymentStatus::Refunded).then_some(())
        })
        .await;
        let order = world
            .orders
            .order(&ctx, None, order.id, AsOf::default())
            .await
            .unwrap();
        assert_eq!(order.status, OrderStatus::Cancelled);
        assert_eq!(world.level(&bowl).await, (1, 0));
        world.assert_clean(&next).await;
    }
}

#[tokio::test]
async fn orders_cut_off_by_a_broken_connection_are_placed_once() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(500).await;
    let mut owner = world.db.owner().await;
    let placed = Cell::new(0);
    let breaking = async {
        for cut in 0..10 {
            // Some get through between two cuts, however slow the machine is.
            while placed.get() < cut * 15 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stoa till.place' and datname = current_database()")
                .execute(&mut owner)
                .await
                .unwrap();
        }
    };
    let lines = [(&bowl, 1)];
    let placing = async {
        for _ in 0..10 {
            let orders = (0..20).map(async |_| {
                instance.order(&world, &lines).await;
                placed.set(placed.get() + 1);
            });
            futures::future::join_all(orders).await;
        }
    };
    futures::join!(breaking, placing);
    assert_eq!(placed.get(), 200);
    assert_eq!(world.level(&bowl).await, (500, 200));
    world.assert_clean(&instance).await;
}
