//! Payouts: once per period, netted, sent, answered, returned; and the statements that tell of them.

use crate::world::{World, balances, eur};
use kernel::{Currency, Money, PageLimit, TenantId};
use ledger::domain::{PayoutState, Schedule, Statement};
use ledger::{Asked, Error};

/// Days after the start on which everything sold at the start is released.
const RELEASED: i64 = 30;

async fn sold_and_released(world: &World, destination: &str, total: i64) -> TenantId {
    let tenant = TenantId::new(world.start);
    world.terms(&world.day(0), tenant, destination).await;
    world.sell(&world.day(0), tenant, eur(total)).await;
    world.ledger.release_due(&world.day(RELEASED)).await.expect("ran");
    tenant
}

/// The shop's payouts, oldest first: amount and state.
async fn payouts(world: &World, tenant: TenantId) -> Vec<(i64, String)> {
    let mut rows = world.ledger.payouts(tenant, None, None, 100).await.expect("read");
    rows.reverse();
    rows.into_iter().map(|p| (p.amount, p.state)).collect()
}

fn one(amount: i64, state: &str) -> Vec<(i64, String)> {
    vec![(amount, state.to_owned())]
}

#[tokio::test]
async fn two_workers_at_once_make_and_send_one_payout() {
    let world = World::new().await;
    let tenant = sold_and_released(&world, "sandbox:bank", 1_000).await;
    let (other, ctx) = (world.other(), world.day(RELEASED));
    let (a, b) = tokio::join!(world.ledger.settle_due(&ctx), other.settle_due(&ctx));
    assert_eq!(a.expect("ran") + b.expect("ran"), 1);
    assert_eq!(payouts(&world, tenant).await, one(900, "created"));
    let (a, b) = tokio::join!(world.ledger.send_due(&ctx), other.send_due(&ctx));
    assert_eq!(a.expect("ran") + b.expect("ran"), 1);
    assert_eq!(payouts(&world, tenant).await, one(900, "paid"));
    assert_eq!(
        world.accounts().await,
        balances([
            ("bank", -900),
            ("provider_clearing", 1_000),
            ("commission_revenue", -100),
        ])
    );
    assert_eq!(world.topics().await, vec!["ledger.payout_paid"]);
    assert_eq!(world.ledger.settle_due(&ctx).await.expect("ran"), 0);
    assert_eq!(
        world
            .ledger
            .settle_due(&world.day(RELEASED + 1))
            .await
            .expect("ran"),
        0
    );
}

#[tokio::test]
async fn what_is_held_is_not_paid() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    world.terms(&world.day(0), tenant, "sandbox:bank").await;
    world.sell(&world.day(0), tenant, eur(1_000)).await;
    assert_eq!(world.ledger.settle_due(&world.day(5)).await.expect("ran"), 0);
    assert!(payouts(&world, tenant).await.is_empty());
}

#[tokio::test]
async fn a_refund_after_the_payout_is_netted_from_the_next() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    world.terms(&world.day(0), tenant, "sandbox:bank").await;
    let order = world.sell(&world.day(0), tenant, eur(1_000)).await;
    let ctx = world.day(RELEASED);
    world.ledger.release_due(&ctx).await.expect("ran");
    assert_eq!(world.ledger.settle_due(&ctx).await.expect("ran"), 1);

    world.refund(&ctx, order, tenant, eur(1_000)).await;
    let standing = world.ledger.standing(tenant).await.expect("read");
    assert_eq!(standing[0].1.available(), -900);
    assert_eq!(
        world
            .ledger
            .settle_due(&world.day(RELEASED + 1))
            .await
            .expect("ran"),
        0
    );

    let asked = Asked {
        currency: Currency::EUR,
        key: "k".to_owned(),
    };
    let now = world
        .ledger
        .pay_now(&world.day(RELEASED + 1), tenant, &asked)
        .await;
    assert!(matches!(now, Err(Error::NothingDue { available, .. }) if available == eur(-900)));

    world.sell(&world.day(RELEASED + 1), tenant, eur(3_000)).await;
    let later = world.day(RELEASED + 30);
    world.ledger.release_due(&later).await.expect("ran");
    assert_eq!(world.ledger.settle_due(&later).await.expect("ran"), 1);
    let amounts: Vec<i64> = payouts(&world, tenant).await.into_iter().map(|p| p.0).collect();
    assert_eq!(
        amounts,
        vec![900, 1_800],
        "2700 less the 900 that were paid and given back"
    );
    world.accounts().await;
}

#[tokio::test]
async fn a_returned_payout_is_owed_again_and_paid_in_a_later_period() {
    let world = World::new().await;
    let tenant = sold_and_released(&world, "sandbox:returns", 1_000).await;
    let ctx = world.day(RELEASED);
    world.ledger.settle_due(&ctx).await.expect("ran");
    world.ledger.send_due(&ctx).await.expect("ran");
    world
        .ledger
        .send_due(&world.day(RELEASED + 1))
        .await
        .expect("ran");
    assert_eq!(payouts(&world, tenant).await, one(900, "paid"));
    world
        .ledger
        .send_due(&world.day(RELEASED + 3))
        .await
        .expect("ran");
    assert_eq!(payouts(&world, tenant).await, one(900, "returned"));
    assert_eq!(
        world.accounts().await,
        balances([
            ("provider_clearing", 1_000),
            ("seller_payable", -900),
            ("commission_revenue", -100),
        ])
    );
    assert_eq!(
        world.topics().await,
        vec!["ledger.payout_paid", "ledger.payout_returned"]
    );
    let row = &world
        .ledger
        .payouts(tenant, Some(PayoutState::Returned), None, 1)
        .await
        .expect("read")[0];
    let view = world.ledger.payout(tenant, row.id).await.expect("read");
    let names: Vec<_> = view.history.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["created", "paid", "returned"]);
    assert_eq!(
        world
            .ledger
            .settle_due(&world.day(RELEASED + 4))
            .await
            .expect("ran"),
        1
    );
}

#[tokio::test]
async fn an_unanswered_payout_is_asked_after_and_never_paid_twice() {
    for (destination, history) in [
        ("sandbox:timeout", vec!["created", "unanswered", "paid"]),
        (
            "sandbox:lost",
            vec!["created", "unanswered", "not_received", "paid"],
        ),
    ] {
        let world = World::new().await;
        let tenant = sold_and_released(&world, destination, 1_000).await;
        let ctx = world.day(RELEASED);
        world.ledger.settle_due(&ctx).await.expect("ran");
        world.ledger.send_due(&ctx).await.expect("ran");
        assert_eq!(payouts(&world, tenant).await, one(900, "unknown"));
        assert_eq!(world.accounts().await.get("payout_clearing"), Some(&-900));
        world
            .ledger
            .send_due(&world.day(RELEASED + 1))
            .await
            .expect("ran");
        assert_eq!(payouts(&world, tenant).await, one(900, "paid"), "{destination}");
        let row = &world.ledger.payouts(tenant, None, None, 1).await.expect("read")[0];
        let view = world.ledger.payout(tenant, row.id).await.expect("read");
        let names: Vec<_> = view.history.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, history);
        assert_eq!(world.accounts().await.get("bank"), Some(&-900));
    }
}

#[tokio::test]
async fn a_failed_payout_is_owed_again() {
    let world = World::new().await;
    let tenant = sold_and_released(&world, "sandbox:closed", 1_000).await;
    let ctx = world.day(RELEASED);
    world.ledger.settle_due(&ctx).await.expect("ran");
    world.ledger.send_due(&ctx).await.expect("ran");
    assert_eq!(payouts(&world, tenant).await, one(900, "failed"));
    assert_eq!(world.accounts().await.get("seller_payable"), Some(&-900));
    assert_eq!(world.topics().await, vec!["ledger.payout_failed"]);
    assert_eq!(
        world
            .ledger
            .send_due(&world.day(RELEASED + 20))
            .await
            .expect("ran"),
        0
    );
}

#[tokio::test]
async fn less_than_the_minimum_is_carried_and_each_currency_is_paid_apart() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    let (jpy, kwd) = (Currency::JPY, "KWD".parse().expect("known"));
    let minimums = [eur(1_000), Money::new(900, jpy)];
    world
        .ledger
        .set_terms(&world.day(0), tenant, Schedule::Daily, &minimums)
        .await
        .expect("set");
    for money in [eur(1_000), Money::new(1_000, jpy), Money::new(10, kwd)] {
        world.sell(&world.day(0), tenant, money).await;
    }
    let ctx = world.day(RELEASED);
    world.ledger.release_due(&ctx).await.expect("ran");
    assert_eq!(world.ledger.settle_due(&ctx).await.expect("ran"), 2);
    let mut rows = world.ledger.payouts(tenant, None, None, 9).await.expect("read");
    rows.sort_by(|a, b| a.currency.cmp(&b.currency));
    let paid: Vec<_> = rows.iter().map(|p| (p.currency.as_str(), p.amount)).collect();
    assert_eq!(paid, [("JPY", 900), ("KWD", 9)], "900 cents wait for more");
    world.sell(&world.day(1), tenant, eur(200)).await;
    let later = world.day(RELEASED + 1);
    world.ledger.release_due(&later).await.expect("ran");
    assert_eq!(world.ledger.settle_due(&later).await.expect("ran"), 1);
    let eur_paid: Vec<i64> = world
        .ledger
        .payouts(tenant, None, None, 9)
        .await
        .expect("read")
        .iter()
        .filter(|p| p.currency == "EUR")
        .map(|p| p.amount)
        .collect();
    assert_eq!(eur_paid, [1_080]);
    let twice = [eur(1), eur(2)];
    let refused = world
        .ledger
        .set_terms(&ctx, tenant, Schedule::Daily, &twice)
        .await;
    assert!(matches!(
        refused,
        Err(Error::Field {
            field: "/minimums",
            ..
        })
    ));
}

#[tokio::test]
async fn a_payout_asked_for_is_one_however_often_it_is_asked_for() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    world
        .ledger
        .set_terms(&world.day(0), tenant, Schedule::Manual, &[])
        .await
        .expect("set");
    world.sell(&world.day(0), tenant, eur(1_000)).await;
    let ctx = world.day(RELEASED);
    world.ledger.release_due(&ctx).await.expect("ran");
    assert_eq!(
        world.ledger.settle_due(&ctx).await.expect("ran"),
        0,
        "it is not asked for"
    );
    let asked = Asked {
        currency: Currency::EUR,
        key: "monday".to_owned(),
    };
    let other = world.other();
    let (a, b) = tokio::join!(
        world.ledger.pay_now(&ctx, tenant, &asked),
        other.pay_now(&ctx, tenant, &asked)
    );
    let (a, b) = (a.expect("made"), b.expect("made"));
    assert_eq!(a.payout.id, b.payout.id);
    assert_eq!(payouts(&world, tenant).await, one(900, "created"));
}

#[tokio::test]
async fn statements_join_up_and_end_in_the_balance() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    world.terms(&world.day(0), tenant, "sandbox:returns").await;
    let order = world.sell(&world.day(0), tenant, eur(1_000)).await;
    world.sell(&world.day(1), tenant, eur(5_005)).await;
    world.refund(&world.day(2), order, tenant, eur(1_000)).await;
    for day in [RELEASED, RELEASED + 3] {
        world.ledger.release_due(&world.day(day)).await.expect("ran");
        world.ledger.settle_due(&world.day(day)).await.expect("ran");
        world.ledger.send_due(&world.day(day)).await.expect("ran");
    }
    let date = |day| world.day(day).now.date_naive();
    let statement = async |first, last| {
        world
            .ledger
            .statement(tenant, Currency::EUR, [date(first), date(last)])
            .await
            .expect("read")
    };
    let whole = statement(0, RELEASED + 40).await;
    let (first, second) = (statement(0, 1).await, statement(2, RELEASED + 40).await);
    assert_eq!(first.opening, eur(0));
    assert_eq!(first.closing, eur(900 + 4_505));
    assert_eq!(second.opening, first.closing);
    assert_eq!(second.closing, whole.closing);
    let owed = world.ledger.standing(tenant).await.expect("read")[0].1.payable;
    assert_eq!(whole.closing, eur(owed));
    assert_eq!(whole.commission, eur(500));
    let net: i64 = whole.movements.iter().map(|m| m.net.amount).sum();
    assert_eq!(net, owed);
    let kinds: Vec<_> = whole
        .movements
        .iter()
        .map(|m| (m.kind.as_str(), m.reversal))
        .collect();
    assert_eq!(
        kinds,
        [
            ("sale", false),
            ("sale", false),
            ("refund", false),
            ("payout", false),
            ("payout", true)
        ]
    );
    assert_eq!(whole.payouts, eur(0), "it came back");
    for last in [1, RELEASED, RELEASED + 3, RELEASED + 40] {
        let whole = statement(0, last).await;
        let two = PageLimit::new(2).expect("in range");
        let days = [date(0), date(last)];
        let page = world
            .ledger
            .statement_page(tenant, Currency::EUR, days, None, two)
            .await
            .expect("read");
        let sums = |one: &Statement| [one.opening, one.commission, one.tax, one.payouts, one.closing];
        assert_eq!(sums(&page), sums(&whole), "until day {last}");
        assert_eq!(page.movements, whole.movements[..2]);
        assert_eq!(page.next.is_some(), whole.movements.len() > 2);
    }
    let refund = &whole.movements[2];
    assert_eq!(
        (refund.gross, refund.commission, refund.net),
        (eur(-1_000), eur(-100), eur(-900))
    );
    let backwards = world
        .ledger
        .statement(tenant, Currency::EUR, [date(2), date(1)])
        .await;
    assert!(matches!(backwards, Err(Error::Field { field: "to", .. })));
}
