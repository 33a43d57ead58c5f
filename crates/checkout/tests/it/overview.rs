//! What the operator reads of a time is what the ledger has, to the cent, and what the orders say.

use crate::world::World;
use contracts::checkout::{Checkout, RefundOrder, RefundTo, RefundWish};
use contracts::ledger::{Grain, Ledger as _, Turnover};
use contracts::orders::{MarketDesk as _, OrderFunnel};
use kernel::{Currency, DateTime, Money, secret};
use std::time::Duration;

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// What an account holds, debit positive.
async fn balance(world: &World, account: &str, at: DateTime) -> i64 {
    let balances = contracts::ledger::Ledger::trial_balance(&world.ledger, &world.ctx(), at).await;
    let balances = balances.unwrap();
    let mine = balances.iter().filter(|one| one.account == account);
    mine.map(|one| one.balance.amount).sum()
}

#[tokio::test]
async fn the_overview_says_what_ledger_and_orders_have() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(20).await, world.offer(20).await);
    let from = world.ctx().now;
    world.clock.advance(Duration::from_secs(1));
    let till = &instance.checkouts;

    // Both shops' goods; the bowls alone, of which some money goes back; one part that is cancelled; one that is not paid.
    let (owner, order) = instance.order(&world, &[(&bowl, 1), (&vase, 2)]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let (owner, given) = instance.order(&world, &[(&bowl, 2)]).await;
    instance.pay(&world, &owner, &given, "tok_visa").await.unwrap();
    let request = RefundOrder {
        to: RefundTo::Origin,
        sub_order: given.sub_orders[0].id,
        wish: RefundWish::Amount(eur(700)),
        reason: "late".to_owned(),
        idempotency_key: secret::token(),
    };
    till.refund_order(&world.ctx(), given.id, request).await.unwrap();
    let (owner, ended) = instance.order(&world, &[(&vase, 1)]).await;
    instance.pay(&world, &owner, &ended, "tok_visa").await.unwrap();
    let part = ended.sub_orders[0].id;
    till.cancel_sale(&world.ctx(), vase.tenant, part, "It broke.".to_owned())
        .await
        .unwrap();
    instance.order(&world, &[(&bowl, 1)]).await;

    let ctx = world.ctx();
    let until = ctx.now + Duration::from_secs(1);
    let turnover = world
        .ledger
        .turnover(&ctx, from, until, Grain::Month)
        .await
        .unwrap();
    let [month] = turnover.as_slice() else {
        panic!("{turnover:?}");
    };
    let paid = order.total.amount + given.total.amount + ended.total.amount;
    assert_eq!(
        (month.sold, month.refunded),
        (eur(paid), eur(700 + ended.total.amount))
    );
    // Nothing else has moved in these books: what they hold is what the overview says.
    let held = balance(&world, "provider_clearing", ctx.now).await;
    assert_eq!(month.sold.amount - month.refunded.amount, held);
    assert_eq!(
        month.commission.amount,
        -balance(&world, "commission_revenue", ctx.now).await
    );
    assert!(month.commission.amount > 0);
    let days = world
        .ledger
        .turnover(&ctx, from, until, Grain::Day)
        .await
        .unwrap();
    let sum = |of: fn(&Turnover) -> i64| days.iter().map(of).sum::<i64>();
    assert_eq!(sum(|day| day.sold.amount), month.sold.amount);
    assert_eq!(sum(|day| day.commission.amount), month.commission.amount);

    // The orders say the same, shop by shop and place by place.
    let totals = world.orders.totals(&ctx, from, until).await.unwrap();
    assert_eq!((totals.len(), totals[0].orders, totals[0].shops), (1, 2, 2));
    assert_eq!(totals[0].sold, eur(held));
    let sales = world
        .orders
        .sales(&ctx, from, until, Currency::EUR)
        .await
        .unwrap();
    assert_eq!(sales.sold, Some(eur(held)));
    let shops: i64 = sales.shops.iter().map(|shop| shop.sold.amount).sum();
    let places: i64 = sales.places.iter().map(|place| place.sold.amount).sum();
    assert_eq!((shops, places), (held, held));
    assert!(
        sales.places.iter().all(|place| place.country == "ES"),
        "{sales:?}"
    );
    let goods: i64 = sales.products.iter().map(|one| one.sold.amount).sum();
    assert_eq!(sales.goods, Some(eur(goods)));
    let units: u64 = sales.products.iter().map(|one| one.units).sum();
    assert_eq!((sales.products.len(), units), (2, 5));
    let funnel = world.orders.funnel(&ctx, from, until).await.unwrap();
    let expected = OrderFunnel {
        placed: 4,
        paid: 3,
        delivered: 0,
    };
    assert_eq!(funnel, expected);

    // One order's books: its sale, and what went back.
    let entries = world.ledger.entries_of(&ctx, given.id).await.unwrap();
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["sale", "refund"]);
    for entry in &entries {
        assert_eq!(entry.postings.iter().map(|one| one.amount.amount).sum::<i64>(), 0);
    }
    // Before the time and after it there is nothing.
    assert!(
        world
            .ledger
            .turnover(&ctx, until, until + Duration::from_secs(9), Grain::Day)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        world
            .orders
            .totals(&ctx, until, until + Duration::from_secs(9))
            .await
            .unwrap()
            .is_empty()
    );
    world.assert_clean(&instance).await;
}
