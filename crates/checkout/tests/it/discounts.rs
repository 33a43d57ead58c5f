//! Discounts from the quote to the books: what is taken off, who pays for it, what goes back.

use crate::returns::{Sale, in_full};
use crate::world::{Instance, World, address};
use contracts::cart::{Cart, CartOwner};
use contracts::catalog::Offer;
use contracts::checkout::{
    AfterReceipt, Checkout, OrderRefund, PlaceOrder, Quote, QuoteRequest, RefundOrder, RefundStatus,
    RefundTo, RefundUnits, RefundWish,
};
use contracts::orders::{AsOf, Order, OrderStatus, Orders as _, SubOrder, SubOrderStatus};
use contracts::payments::PaymentStatus;
use contracts::promotions::Funder;
use contracts::purses::TenderWish;
use kernel::{BasisPoints, Clock, Ctx, Currency, Fault, Money, PromotionId, TenantId, secret};
use promotions::domain::{Benefit, Conditions, Limits};
use promotions::{NewPromotion, Owner};
use std::collections::BTreeMap;

pub fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

fn new(name: &str, benefit: Benefit) -> NewPromotion {
    NewPromotion {
        name: name.to_owned(),
        code: None,
        benefit,
        conditions: Conditions::default(),
        currency: Some(Currency::EUR),
        most: None,
        limits: Limits::default(),
        starts_at: testkit::clock().now() - chrono::TimeDelta::days(1),
        ends_at: None,
        note: String::new(),
    }
}

pub fn coupon(code: &str, benefit: Benefit, limits: Limits) -> NewPromotion {
    NewPromotion {
        code: Some(code.to_owned()),
        limits,
        ..new(code, benefit)
    }
}

pub const TENTH: Benefit = Benefit::Percent(BasisPoints(1_000));

pub async fn make(world: &World, owner: Owner, promotion: NewPromotion) -> PromotionId {
    let ctx = Ctx::system("test", world.clock.now());
    let made = world.promotions.make(&ctx, owner, promotion).await.unwrap();
    made.id
}

/// Uses and minor units spent.
pub async fn used(world: &World, promotion: PromotionId) -> (i64, i64) {
    sqlx::query_as("select uses, spent from promotions.tally where promotion_id = $1")
        .bind(promotion)
        .fetch_one(&mut world.system().await)
        .await
        .unwrap()
}

pub async fn quote(world: &World, instance: &Instance, owner: &CartOwner, cart: &Cart) -> Quote {
    quote_for(world, instance, owner, cart, None).await
}

/// For a guest who said by which e-mail address they are known.
pub async fn quote_for(
    world: &World,
    instance: &Instance,
    owner: &CartOwner,
    cart: &Cart,
    email: Option<&str>,
) -> Quote {
    let request = QuoteRequest {
        tender: TenderWish::default(),
        owner: owner.clone(),
        cart: cart.id,
        cart_version: None,
        address: Some(address()),
        delivery: Vec::new(),
        email: email.map(str::to_owned),
    };
    instance.checkouts.quote(&world.ctx(), request).await.unwrap()
}

/// Orders a cart for what it was quoted, or for what is said.
pub async fn place(
    world: &World,
    instance: &Instance,
    owner: &CartOwner,
    cart: &Cart,
    email: &str,
    total: Money,
) -> Result<Order, Fault> {
    let request = PlaceOrder {
        tender: TenderWish::default(),
        expected_due: None,
        owner: owner.clone(),
        buyer: None,
        idempotency_key: secret::token(),
        cart: cart.id,
        cart_version: cart.version,
        expected_total: total,
        email: email.to_owned(),
        address: address(),
        delivery: Vec::new(),
        consents_to_downloads: false,
        language: contracts::Language::En,
    };
    instance.checkouts.place(&world.ctx(), request).await
}

/// A guest's order of a cart with coupons, at the quoted total.
pub async fn order(
    world: &World,
    instance: &Instance,
    lines: &[(&Offer, u32)],
    codes: &[&str],
) -> (CartOwner, Order) {
    let owner = world.guest();
    let cart = world.market.with_codes(&world.cart(&owner, lines), codes);
    let quoted = quote(world, instance, &owner, &cart).await;
    let placed = place(world, instance, &owner, &cart, "ana@example.org", quoted.total).await;
    (owner, placed.unwrap())
}

pub async fn balances(world: &World) -> BTreeMap<String, i64> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select account, sum(amount)::bigint from ledger.posting group by account having sum(amount) <> 0",
    )
    .fetch_all(&mut world.system().await)
    .await
    .unwrap();
    rows.into_iter().collect()
}

pub fn accounts<const N: usize>(rows: [(&str, i64); N]) -> BTreeMap<String, i64> {
    rows.into_iter()
        .map(|(account, amount)| (account.to_owned(), amount))
        .collect()
}

pub async fn now(world: &World, order: &Order) -> Order {
    world
        .orders
        .order(&world.ctx(), None, order.id, AsOf::default())
        .await
        .unwrap()
}

fn part<'a>(order: &'a Order, offer: &Offer) -> &'a SubOrder {
    order
        .sub_orders
        .iter()
        .find(|part| part.tenant == offer.tenant)
        .unwrap()
}

async fn refund(
    world: &World,
    instance: &Instance,
    tenant: TenantId,
    part: &SubOrder,
    wish: RefundWish,
) -> Result<OrderRefund, Fault> {
    let request = RefundOrder {
        to: RefundTo::Origin,
        sub_order: part.id,
        wish,
        reason: "cracked".to_owned(),
        idempotency_key: secret::token(),
    };
    instance
        .checkouts
        .refund_sale(&world.ctx(), tenant, request)
        .await
}

#[tokio::test]
async fn the_seller_pays_for_its_own_discounts_and_the_marketplace_for_its() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(9).await, world.offer(9).await);
    // A tenth off the bowls, by their shop; 3.00 off everything, by the marketplace, with a coupon.
    let own = make(&world, Owner::Shop(bowl.tenant), new("Tenth", TENTH)).await;
    let house = make(
        &world,
        Owner::Marketplace,
        coupon("THREE", Benefit::Fixed(300), Limits::default()),
    )
    .await;
    let (owner, order) = order(&world, &instance, &[(&bowl, 2), (&vase, 1)], &["THREE"]).await;

    // 20.00 - 2.00 and 10.00 are left: 3.00 are split 18 to 10.
    let bowls = &part(&order, &bowl).lines[0];
    let told: Vec<_> = bowls
        .discounts
        .iter()
        .map(|d| (d.promotion, d.funder, d.amount.amount))
        .collect();
    assert_eq!(
        told,
        [(own, Funder::Seller, 200), (house, Funder::Marketplace, 193)]
    );
    assert_eq!((bowls.list_total, bowls.total), (eur(2_000), eur(1_607)));
    assert_eq!(part(&order, &vase).lines[0].total, eur(893));
    assert_eq!((order.total, order.discount), (eur(3_500), eur(500)));
    assert_eq!(
        (used(&world, own).await, used(&world, house).await),
        ((1, 200), (1, 300))
    );

    let paid = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(paid.status, PaymentStatus::Captured);
    let payment = world.payment(&order).await;
    let mut shares: Vec<i64> = payment.shares.iter().map(|share| share.amount.amount).collect();
    shares.sort_unstable();
    assert_eq!((payment.amount, shares), (eur(3_500), vec![1_393, 2_107]));
    // Commission is a tenth of what the shop gets: of 18.00, and of 10.00.
    assert_eq!(
        balances(&world).await,
        accounts([
            ("provider_clearing", 3_500),
            ("promotion_expense", 300),
            ("commission_revenue", -280),
            ("seller_payable", -3_520),
        ])
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_was_paid_goes_back_line_by_line_and_the_expense_with_it() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(9).await, world.offer(9).await);
    let third = Benefit::Percent(BasisPoints(3_333));
    make(
        &world,
        Owner::Marketplace,
        coupon("THIRD", third, Limits::default()),
    )
    .await;
    let (owner, order) = order(&world, &instance, &[(&bowl, 3), (&vase, 1)], &["THIRD"]).await;
    // 33.33 % of 40.00 is 13.33: 10.00 of three bowls, and 3.33 of the vase.
    let bowls = part(&order, &bowl).clone();
    assert_eq!((bowls.funded, bowls.lines[0].total), (eur(1_000), eur(2_000)));
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    let units = |quantity, delivery| RefundWish::Lines {
        lines: vec![RefundUnits {
            line: bowls.lines[0].id,
            quantity,
        }],
        delivery,
    };
    let mut amounts = Vec::new();
    for wish in [units(1, false), RefundWish::Amount(eur(101)), units(1, true)] {
        let given = refund(&world, &instance, bowl.tenant, &bowls, wish)
            .await
            .unwrap();
        assert_eq!(given.status, RefundStatus::Refunded);
        amounts.push(given.amount.amount);
        let funded = part(&now(&world, &order).await, &bowl).funded_refunded;
        amounts.push(funded.amount);
        world.assert_clean(&instance).await;
    }
    // A third of 20.00; an amount; another third and the delivery. Of the 10.00 that the marketplace paid go with them as
    // much as of each line, and of what belongs to no line its share of the rest.
    assert_eq!(amounts, [667, 334, 101, 371, 1_166, 717]);
    let most = refund(&world, &instance, bowl.tenant, &bowls, units(2, false))
        .await
        .unwrap_err();
    assert_eq!(most.code, "refund_too_large");
    let rest = RefundWish::Amount(eur(2_500 - 667 - 101 - 1_166));
    refund(&world, &instance, bowl.tenant, &bowls, rest)
        .await
        .unwrap();
    // Nothing is left of the bowls' part; the vase's stands.
    assert_eq!(
        part(&now(&world, &order).await, &bowl).funded_refunded,
        eur(1_000)
    );
    assert_eq!(
        balances(&world).await,
        accounts([
            ("provider_clearing", 667 + 500),
            ("promotion_expense", 333),
            ("commission_revenue", -100),
            ("seller_payable", -1_400),
        ])
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn free_delivery_is_paid_for_by_whoever_gives_it() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(9).await, world.offer(9).await);
    make(
        &world,
        Owner::Shop(bowl.tenant),
        new("We bring it", Benefit::FreeDelivery),
    )
    .await;
    make(
        &world,
        Owner::Marketplace,
        coupon("SHIP", Benefit::FreeDelivery, Limits::default()),
    )
    .await;
    let (owner, order) = order(&world, &instance, &[(&bowl, 1), (&vase, 1)], &["SHIP"]).await;
    assert_eq!(
        (order.total, order.delivery, order.discount),
        (eur(2_000), eur(0), eur(1_000))
    );
    assert_eq!(part(&order, &bowl).funded, eur(0));
    assert_eq!(part(&order, &vase).funded, eur(500));
    assert_eq!(
        part(&order, &vase).delivery_discounts[0].funder,
        Funder::Marketplace
    );
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(balances(&world).await["promotion_expense"], 500);
    // Their seller sees the same, from the tables.
    let sale = world
        .orders
        .sub_order(&world.ctx(), vase.tenant, part(&order, &vase).id)
        .await
        .unwrap();
    let of_order = now(&world, &order).await;
    let seen = part(&of_order, &vase);
    assert_eq!(
        (sale.discount, sale.funded, &sale.lines, &sale.delivery_discounts),
        (seen.discount, seen.funded, &seen.lines, &seen.delivery_discounts)
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_costs_nothing_is_sold_without_a_provider_and_undone_in_the_books() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(9).await, world.offer(9).await);
    let all = Benefit::Percent(BasisPoints(10_000));
    make(&world, Owner::Marketplace, coupon("GIFT", all, Limits::default())).await;
    let free = NewPromotion {
        conditions: Conditions {
            shop: Some(bowl.tenant),
            ..Conditions::default()
        },
        ..new("Sent for nothing", Benefit::FreeDelivery)
    };
    make(&world, Owner::Marketplace, free).await;

    let (owner, gift) = order(&world, &instance, &[(&bowl, 2)], &["GIFT"]).await;
    assert_eq!(gift.total, eur(0));
    let paid = instance.pay(&world, &owner, &gift, "").await.unwrap();
    assert_eq!(
        (paid.status, paid.order.status),
        (PaymentStatus::Captured, OrderStatus::Confirmed)
    );
    assert_eq!(world.charges(&gift).await, (0, 0), "no provider was asked");
    let sold = accounts([
        ("promotion_expense", 2_500),
        ("commission_revenue", -200),
        ("seller_payable", -2_300),
    ]);
    assert_eq!(balances(&world).await, sold);
    world.assert_clean(&instance).await;
    instance
        .checkouts
        .cancel(&world.ctx(), owner, gift.id)
        .await
        .unwrap();
    assert_eq!(balances(&world).await, accounts([]));
    world.assert_clean(&instance).await;

    // The same as one part of an order whose other part is paid for.
    let (owner, mixed) = order(&world, &instance, &[(&bowl, 1), (&vase, 1)], &["GIFT"]).await;
    assert_eq!(mixed.total, eur(500));
    let unsaid = instance.pay(&world, &owner, &mixed, "").await.unwrap_err();
    assert_eq!(
        unsaid.code, "text_empty",
        "what costs something is paid with something"
    );
    instance.pay(&world, &owner, &mixed, "tok_visa").await.unwrap();
    let bowls = part(&mixed, &bowl).id;
    let cancelled = instance
        .checkouts
        .cancel_sale(&world.ctx(), bowl.tenant, bowls, "It broke.".to_owned())
        .await
        .unwrap();
    assert_eq!(cancelled.status, SubOrderStatus::Cancelled);
    assert_eq!(
        (cancelled.funded_refunded, cancelled.commission_refunded),
        (eur(1_500), Some(eur(100)))
    );
    assert_eq!(balances(&world).await["promotion_expense"], 1_000);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn what_cost_nothing_and_came_back_is_undone_in_the_books() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let all = Benefit::Percent(BasisPoints(10_000));
    make(&world, Owner::Marketplace, coupon("GIFT", all, Limits::default())).await;
    let free = new("Sent for nothing", Benefit::FreeDelivery);
    make(&world, Owner::Marketplace, free).await;
    let (owner, gift) = order(&world, &instance, &[(&bowl, 2)], &["GIFT"]).await;
    instance.pay(&world, &owner, &gift, "tok_visa").await.unwrap();
    let sale = Sale::delivered(&world, owner, gift, bowl.tenant).await;
    let sold = balances(&world).await;
    assert_eq!(sold["promotion_expense"], 2_500);

    let first = sale.authorised(1).await;
    sale.receive(&instance, first, (1, 0), in_full()).await.unwrap();
    let half = accounts([
        ("promotion_expense", 1_500),
        ("commission_revenue", -100),
        ("seller_payable", -1_400),
    ]);
    assert_eq!(
        balances(&world).await,
        half,
        "with the bowl went what was paid for it"
    );
    let second = sale.authorised(1).await;
    let nothing = AfterReceipt::Nothing;
    sale.receive(&instance, second, (0, 1), nothing).await.unwrap();
    assert_eq!(balances(&world).await, half, "it may still be exchanged");
    for _ in 0..2 {
        let (ctx, note) = (world.ctx(), "Nothing was paid for it.".to_owned());
        let closed = instance
            .checkouts
            .close_return(&ctx, bowl.tenant, sale.part, second, note);
        assert_eq!(closed.await.unwrap().status, SubOrderStatus::Returned);
        assert_eq!(balances(&world).await, accounts([]));
    }
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn carts_that_promotions_are_not_for_cost_what_they_cost() {
    let world = World::new().await;
    let instance = world.instance();
    let (bowl, vase) = (world.offer(9).await, world.offer(9).await);
    make(&world, Owner::Shop(vase.tenant), new("Vases", TENTH)).await;
    let (_, order) = instance.order(&world, &[(&bowl, 1)]).await;
    assert_eq!((order.total, order.discount), (eur(1_500), eur(0)));
    let kept: Vec<Option<serde_json::Value>> = sqlx::query_scalar("select discounts from orders.line")
        .fetch_all(&mut world.system().await)
        .await
        .unwrap();
    assert_eq!(kept, [None]);
    let placed: serde_json::Value =
        sqlx::query_scalar("select payload from orders.event where name = 'placed'")
            .fetch_one(&mut world.system().await)
            .await
            .unwrap();
    assert!(
        !placed.to_string().contains("discount"),
        "older readers see nothing new: {placed}"
    );
    world.assert_clean(&instance).await;
}
