//! Taxes from the quote to the books: what is in prices, what comes on top, who owes it, what goes back.

use crate::discounts::{accounts, balances, coupon, eur, make, now, order, quote};
use crate::world::{Instance, World};
use contracts::catalog::Offer;
use contracts::checkout::{Checkout, QuoteRequest, RefundOrder, RefundTo, RefundUnits, RefundWish};
use contracts::orders::{Order, Orders as _, SubOrder};
use contracts::payments::PaymentStatus;
use contracts::purses::TenderWish;
use contracts::taxes::{TaxOwner, TaxSum};
use kernel::{BasisPoints, Ctx, Fault, secret};
use promotions::Owner;
use promotions::domain::{Benefit, Limits};
use std::time::Duration;
use taxes::{NewLiability, NewRate, Sandbox, Taxes};

fn part<'a>(order: &'a Order, offer: &Offer) -> &'a SubOrder {
    let parts = &mut order.sub_orders.iter();
    parts.find(|part| part.tenant == offer.tenant).unwrap()
}

async fn marketplace_owes(world: &World) {
    let new = NewLiability {
        owner: TaxOwner::Marketplace,
        valid_from: None,
        note: "agreed".to_owned(),
    };
    world.taxes.set_liability(&world.ctx(), new).await.unwrap();
    world.clock.advance(Duration::from_secs(10));
}

async fn refund(world: &World, instance: &Instance, part: &SubOrder, wish: RefundWish) -> Result<i64, Fault> {
    let request = RefundOrder {
        to: RefundTo::Origin,
        sub_order: part.id,
        wish,
        reason: "cracked".to_owned(),
        idempotency_key: secret::token(),
    };
    let given = instance
        .checkouts
        .refund_sale(&world.ctx(), part.tenant, request)
        .await?;
    Ok(given.amount.amount)
}

fn told(sums: &[TaxSum]) -> Vec<(&str, i64, i64)> {
    let told = |sum: &'_ TaxSum| (sum.base.amount, sum.amount.amount);
    sums.iter()
        .map(|sum| (sum.name.as_str(), told(sum).0, told(sum).1))
        .collect()
}

/// Two shops in one order: the prices of the bowls have tax in them, those of the vases do not.
async fn shops(world: &World) -> (Offer, Offer) {
    let (bowl, vase) = (world.offer(9).await, world.offer(9).await);
    world.market.exclude_tax(vase.tenant);
    (bowl, vase)
}

#[tokio::test]
async fn prices_with_tax_and_without_it_stand_in_one_order() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = shops(&world).await;
    world.market.reprice(vase.sku, 999);
    world.market.categorise(vase.sku, "super_reduced");
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 3), (&vase, 3)]);
    let quoted = quote(&world, &instance, &owner, &cart).await;
    // Of 30.00 and 5.00 a part is tax: 5.21 and 0.87. To 29.97 come 1.20, to 5.00 come 1.05.
    assert_eq!(
        told(&quoted.taxes),
        [
            ("IVA 21 %", 2_479 + 413 + 500, 521 + 87 + 105),
            ("IVA 4 %", 2_997, 120)
        ]
    );
    assert_eq!(
        (quoted.total, quoted.tax_added),
        (eur(3_500 + 3_117 + 605), eur(225))
    );
    assert!(!quoted.tax_estimated);

    let (owner, order) = order(&world, &instance, &[(&bowl, 3), (&vase, 3)], &[]).await;
    assert_eq!((order.total, order.tax), (quoted.total, eur(833)));
    assert_eq!(order.taxes, quoted.taxes);
    let vases = part(&order, &vase);
    let line = &vases.lines[0];
    let tax = line.tax.as_ref().unwrap();
    assert_eq!((line.list_total, line.total), (eur(2_997), eur(3_117)));
    assert_eq!(
        (
            tax.region.as_str(),
            tax.category.as_str(),
            tax.rate_millionths,
            tax.included
        ),
        ("ES", "super_reduced", 40_000, false)
    );
    assert_eq!(
        (vases.subtotal, vases.delivery, vases.tax),
        (eur(3_117), eur(605), eur(225))
    );
    assert_eq!(vases.tax_owed_by, TaxOwner::Seller);

    let paid = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(paid.status, PaymentStatus::Captured);
    // Each shop owes its taxes itself. Commission is a tenth of prices as the shops say them: of 30.00 and of 29.97.
    assert_eq!(
        balances(&world).await,
        accounts([
            ("provider_clearing", 7_222),
            ("commission_revenue", -600),
            ("seller_payable", -6_622),
        ])
    );
    // Their sellers see the same, from the tables.
    for offer in [&bowl, &vase] {
        let of_order = now(&world, &order).await;
        let seen = part(&of_order, offer);
        let sale = world
            .orders
            .sub_order(&world.ctx(), offer.tenant, seen.id)
            .await
            .unwrap();
        assert_eq!(
            (sale.tax, &sale.taxes, &sale.lines, &sale.delivery_tax),
            (seen.tax, &seen.taxes, &seen.lines, &seen.delivery_tax)
        );
    }
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn tax_that_the_marketplace_owes_is_kept_and_goes_back_to_the_last_cent() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = shops(&world).await;
    marketplace_owes(&world).await;
    let (owner, order) = order(&world, &instance, &[(&bowl, 3), (&vase, 1)], &[]).await;
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    // 5.21 and 0.87 of the bowls, 2.10 and 1.05 on the vase.
    let sold = accounts([
        ("provider_clearing", 3_500 + 1_210 + 605),
        ("commission_revenue", -400),
        ("tax_payable", -(521 + 87 + 210 + 105)),
        ("seller_payable", -(3_500 - 300 - 608 + 1_815 - 100 - 315)),
    ]);
    assert_eq!(balances(&world).await, sold);
    world.assert_clean(&instance).await;

    let bowls = part(&order, &bowl).clone();
    let units = |quantity, delivery| RefundWish::Lines {
        lines: vec![RefundUnits {
            line: bowls.lines[0].id,
            quantity,
        }],
        delivery,
    };
    let mut back = Vec::new();
    for wish in [units(1, false), RefundWish::Amount(eur(100)), units(1, true)] {
        let amount = refund(&world, &instance, &bowls, wish).await.unwrap();
        let seen = now(&world, &order).await;
        back.push((amount, part(&seen, &bowl).tax_refunded.amount));
        world.assert_clean(&instance).await;
    }
    // A third of the line's 5.21; of 4.34 that is left by 1.00 of 25.00; a third more, with all of the delivery's 0.87, and of what is left then by 1.00 of 10.00.
    assert_eq!(back, [(1_000, 174), (100, 191), (1_500, 451)]);
    refund(&world, &instance, &bowls, RefundWish::Amount(eur(900)))
        .await
        .unwrap();
    assert_eq!(
        balances(&world).await,
        accounts([
            ("provider_clearing", 1_815),
            ("commission_revenue", -100),
            ("tax_payable", -315),
            ("seller_payable", -1_400),
        ])
    );
    // Each refund has its note, and together they give back the tax, by rate.
    let notes = world
        .orders
        .credit_notes(&world.ctx(), None, order.id)
        .await
        .unwrap();
    let told: Vec<i64> = notes
        .iter()
        .flat_map(|note| &note.taxes)
        .map(|sum| sum.amount.amount)
        .collect();
    assert_eq!((told.len(), told.iter().sum::<i64>()), (4, 608));
    for note in &notes {
        let sums: i64 = note
            .taxes
            .iter()
            .map(|sum| sum.base.amount + sum.amount.amount)
            .sum();
        assert_eq!(sums, note.total.amount, "base and tax are what went back");
    }

    // The other shop cancels: its tax goes back with everything.
    let vases = part(&order, &vase).id;
    instance
        .checkouts
        .cancel_sale(&world.ctx(), vase.tenant, vases, "It broke.".to_owned())
        .await
        .unwrap();
    assert_eq!(balances(&world).await, accounts([]));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn tax_is_of_what_is_paid_after_discounts() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = shops(&world).await;
    let third = Benefit::Percent(BasisPoints(3_333));
    make(
        &world,
        Owner::Marketplace,
        coupon("THIRD", third, Limits::default()),
    )
    .await;
    let (_, order) = order(&world, &instance, &[(&bowl, 1), (&vase, 1)], &["THIRD"]).await;
    let (bowls, vases) = (&part(&order, &bowl).lines[0], &part(&order, &vase).lines[0]);
    // 6.66 and 6.67 of 10.00 are left: 1.16 of it are tax, or 1.40 come on top.
    let tax = |line: &contracts::orders::OrderLine| line.tax.as_ref().unwrap().amount;
    assert_eq!((bowls.total, tax(bowls)), (eur(666), eur(116)));
    assert_eq!((vases.total, tax(vases)), (eur(807), eur(140)));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn before_there_is_an_address_taxes_are_those_of_the_shops_place() {
    let world = World::new().await;
    let instance = world.instance();
    let (_, vase) = shops(&world).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&vase, 1)]);
    let request = QuoteRequest {
        tender: TenderWish::default(),
        owner,
        cart: cart.id,
        cart_version: None,
        email: None,
        address: None,
        delivery: Vec::new(),
    };
    let quoted = instance.checkouts.quote(&world.ctx(), request).await.unwrap();
    assert!(quoted.tax_estimated);
    assert_eq!(
        (quoted.total, quoted.tax_added, quoted.delivery),
        (eur(1_210), eur(210), None)
    );
}

fn rate(name: &str, millionths: u32) -> NewRate {
    NewRate {
        region: "ES".to_owned(),
        category: "standard".to_owned(),
        name: name.to_owned(),
        millionths,
        valid_from: None,
        valid_until: None,
        replaces: None,
        source: "a test".to_owned(),
        note: "a test".to_owned(),
    }
}

#[tokio::test]
async fn a_rate_holds_ten_seconds_after_it_was_made_for_every_process_and_not_a_moment_before() {
    let world = World::new().await;
    let instance = world.instance();
    let (_, vase) = shops(&world).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&vase, 1)]);
    let total = async || quote(&world, &instance, &owner, &cart).await.total;
    assert_eq!(total().await, eur(1_815));

    // Another process makes it; this one is told by nobody, and remembers the one that held.
    let elsewhere = Taxes::new(world.db.db(taxes::CONTEXT));
    let ctx = Ctx::system("test", world.ctx().now);
    let wanted = taxes::Wanted {
        region: Some("ES".to_owned()),
        category: Some("standard".to_owned()),
        ..taxes::Wanted::default()
    };
    let old = elsewhere.rates(&wanted, 9).await.unwrap()[0].id;
    let made = NewRate {
        replaces: Some(old),
        ..rate("IVA 20 %", 200_000)
    };
    elsewhere.make_rate(&ctx, made).await.unwrap();
    world.clock.advance(Duration::from_secs(9));
    assert_eq!(total().await, eur(1_815));
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(total().await, eur(1_800), "what has ended is not sold by");
}

#[tokio::test]
async fn a_tax_service_is_asked_before_the_till_and_the_table_answers_where_it_is_silent() {
    let mut world = World::new().await;
    let service = Sandbox::new();
    world.taxes = Taxes::asking(world.db.db(taxes::CONTEXT), std::sync::Arc::new(service.clone()));
    let instance = world.instance();
    let (bowl, _) = shops(&world).await;
    let names = async || {
        let (_, order) = order(&world, &instance, &[(&bowl, 1)], &[]).await;
        told(&order.taxes)
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Sandbox tax 10 %"]);
    for fails in [Sandbox::fail, Sandbox::fall_silent] {
        fails(&service);
        assert_eq!(names().await, ["IVA 21 %"]);
        let asked = service.asked();
        assert_eq!(names().await, ["IVA 21 %"]);
        assert_eq!(
            service.asked(),
            asked,
            "one that does not answer is left alone for a while"
        );
        service.recover();
        world
            .clock
            .advance(Duration::from_secs(taxes::provider::REST_S as u64));
        assert_eq!(names().await, ["Sandbox tax 10 %"]);
    }
    world.assert_clean(&instance).await;
}
