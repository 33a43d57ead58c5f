//! Prices that change while somebody buys, and those of many.

use crate::world::{World, order_of};
use contracts::cart::{Cart, CartOwner};
use contracts::catalog::{QuantityBreak, Sale};
use contracts::checkout::{Checkout, Quote, QuoteRequest};
use contracts::purses::TenderWish;
use kernel::{Clock, Currency, Money};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

async fn quote(world: &World, instance: &crate::world::Instance, owner: &CartOwner, cart: &Cart) -> Quote {
    let request = QuoteRequest {
        owner: owner.clone(),
        cart: cart.id,
        cart_version: Some(cart.version),
        address: Some(crate::world::address()),
        delivery: Vec::new(),
        email: None,
        tender: TenderWish::default(),
    };
    instance.checkouts.quote(&world.ctx(), request).await.unwrap()
}

#[tokio::test]
async fn a_sale_that_ends_between_the_cart_and_the_payment_is_told_and_not_charged() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(10).await;
    let until = world.clock.now() + HOUR;
    let sale = Sale {
        price: eur(700),
        from: None,
        until: Some(until),
    };
    world.market.put_on_sale(bowl.sku, sale);
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 2)]);
    let agreed = quote(&world, &instance, &owner, &cart).await.total;
    assert_eq!(agreed, eur(1_900));
    let request = |key: &str, total| contracts::checkout::PlaceOrder {
        expected_total: total,
        ..order_of(&owner, &cart, key)
    };
    world.clock.advance(HOUR);

    let refused = instance
        .checkouts
        .place(&world.ctx(), request("late", agreed))
        .await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, "total_changed");
    assert_eq!(refused.extra["total"]["amount"], 2_500);
    assert_eq!(world.level(&bowl).await, (10, 0));
    let now = quote(&world, &instance, &owner, &cart).await;
    assert_eq!(now.total, eur(2_500));

    let order = instance
        .checkouts
        .place(&world.ctx(), request("again", now.total))
        .await
        .unwrap();
    assert_eq!(order.sub_orders[0].lines[0].unit_price, eur(1_000));
    // What was placed costs what it cost, whenever it is paid.
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(world.payment(&order).await.amount, eur(2_500));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn an_order_that_was_placed_in_time_is_paid_at_the_sales_price() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(10).await;
    let sale = Sale {
        price: eur(700),
        from: None,
        until: Some(world.clock.now() + Duration::from_secs(60)),
    };
    world.market.put_on_sale(bowl.sku, sale);
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 1)]);
    let request = contracts::checkout::PlaceOrder {
        expected_total: eur(1_200),
        ..order_of(&owner, &cart, "in time")
    };
    let order = instance.checkouts.place(&world.ctx(), request).await.unwrap();
    world.clock.advance(Duration::from_secs(120));
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(world.payment(&order).await.amount, eur(1_200));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn many_cost_less_each_and_the_books_follow_what_was_charged() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(50).await;
    let step = |from_quantity, amount| QuantityBreak {
        from_quantity,
        price: eur(amount),
    };
    world
        .market
        .sell_many(bowl.sku, vec![step(6, 800), step(12, 600)]);
    for (n, (quantity, each)) in [(5, 1_000), (6, 800), (12, 600)].into_iter().enumerate() {
        let owner = world.guest();
        let cart = world.cart(&owner, &[(&bowl, quantity)]);
        let shown = quote(&world, &instance, &owner, &cart).await;
        let line = &shown.groups[0].lines[0];
        assert_eq!(line.offer.price, eur(each));
        // Put in at the price of one, which is told where it is another.
        assert_eq!(line.price_was, (each != 1_000).then_some(eur(1_000)));
        assert_eq!(shown.total, eur(each * i64::from(quantity) + 500));
        let request = contracts::checkout::PlaceOrder {
            expected_total: shown.total,
            ..order_of(&owner, &cart, &format!("many {n}"))
        };
        let order = instance.checkouts.place(&world.ctx(), request).await.unwrap();
        assert_eq!(order.sub_orders[0].lines[0].unit_price, eur(each));
        instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
        assert_eq!(world.payment(&order).await.amount, shown.total);
    }
    world.assert_clean(&instance).await;
}
