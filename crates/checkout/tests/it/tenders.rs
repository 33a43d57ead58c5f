//! Orders that gift cards and store credit pay of: set aside with the order, spent with its payment, let go with its end,
//! given back before the provider's money, and never twice.

mod back;

use crate::discounts::{accounts, balances, eur, now};
use crate::world::{Instance, World, order_of};
use contracts::cart::{Cart, CartOwner};
use contracts::catalog::Offer;
use contracts::checkout::{
    Checkout, PlaceOrder, QuoteRequest, RefundOrder, RefundTo, RefundUnits, RefundWish,
};
use contracts::orders::{CancelReason, Order, OrderStatus, SubOrder};
use contracts::payments::{PaymentStatus, Payments};
use contracts::purses::{Funding, NewCreditGrant, NewGiftCard, PurseKind, Purses as _, TenderWish};
use futures::future::join_all;
use kernel::{Clock, Ctx, Fault, Money, UserId, secret};
use std::time::Duration;
use testkit::eventually;

/// A gift card of so many cents; its code.
async fn card(world: &World, amount: i64) -> String {
    let new = NewGiftCard {
        amount: eur(amount),
        funding: Funding::Sold,
        expires_at: None,
        note: "A test".to_owned(),
        idempotency_key: secret::token(),
    };
    let ctx = Ctx::system("test", world.clock.now());
    world.purses.issue(&ctx, new).await.unwrap().code
}

/// A buyer with so many cents of store credit.
async fn rich(world: &World, amount: i64) -> CartOwner {
    let user = UserId::new(world.clock.now());
    if amount > 0 {
        let new = NewCreditGrant {
            user,
            amount: eur(amount),
            reason: "A test".to_owned(),
            idempotency_key: secret::token(),
        };
        let ctx = Ctx::system("test", world.clock.now());
        world.purses.grant(&ctx, new).await.unwrap();
    }
    CartOwner::User(user)
}

/// What can be spent of a card.
async fn left(world: &World, code: &str) -> i64 {
    let known = world
        .purses
        .balance(&world.ctx(), code.to_owned(), String::new())
        .await;
    known.unwrap().spendable.amount
}

/// What a buyer has, and what of it is set aside.
async fn credit(world: &World, owner: &CartOwner) -> (i64, i64) {
    let CartOwner::User(user) = owner else {
        return (0, 0);
    };
    let credit = world.purses.credit(&world.ctx(), *user).await.unwrap();
    credit
        .first()
        .map_or((0, 0), |credit| (credit.balance.amount, credit.held.amount))
}

fn wish(codes: &[&str], store_credit: bool) -> TenderWish {
    TenderWish {
        gift_cards: codes.iter().map(|code| (*code).to_owned()).collect(),
        store_credit,
        client: String::new(),
    }
}

fn asked(owner: &CartOwner, cart: &Cart, tender: TenderWish, due: i64) -> PlaceOrder {
    PlaceOrder {
        tender,
        expected_due: Some(eur(due)),
        ..order_of(owner, cart, &secret::token())
    }
}

/// Places the order of two bowls: 20.00, and 5.00 of delivery.
async fn place(
    world: &World,
    instance: &Instance,
    owner: &CartOwner,
    bowl: &Offer,
    tender: TenderWish,
    due: i64,
) -> Result<Order, Fault> {
    let cart = world.cart(owner, &[(bowl, 2)]);
    let request = asked(owner, &cart, tender, due);
    instance.checkouts.place(&world.ctx(), request).await
}

async fn pay(
    world: &World,
    instance: &Instance,
    owner: &CartOwner,
    order: &Order,
    method: &str,
) -> PaymentStatus {
    instance.pay(world, owner, order, method).await.unwrap().status
}

/// What the provider took for an order, and gave back of it.
async fn at_the_provider(world: &World, order: &Order) -> (i64, i64) {
    sqlx::query_as(
        "select coalesce(sum(captured), 0)::bigint, coalesce(sum(refunded), 0)::bigint
           from payments.sandbox_charge where key like $1 || '-%'",
    )
    .bind(order.payment.to_string())
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap()
}

fn part(order: &Order) -> &SubOrder {
    &order.sub_orders[0]
}

fn amount(order: &Order, amount: i64, to: RefundTo) -> RefundOrder {
    RefundOrder {
        sub_order: part(order).id,
        wish: RefundWish::Amount(eur(amount)),
        reason: "cracked".to_owned(),
        to,
        idempotency_key: secret::token(),
    }
}

fn one_bowl(order: &Order, delivery: bool) -> RefundOrder {
    let line = part(order).lines[0].id;
    RefundOrder {
        wish: RefundWish::Lines {
            lines: vec![RefundUnits { line, quantity: 1 }],
            delivery,
        },
        ..amount(order, 0, RefundTo::Origin)
    }
}

/// Gives money back as its shop does; what went where, gift cards and store credit first.
async fn give_back(
    world: &World,
    instance: &Instance,
    order: &Order,
    request: RefundOrder,
) -> Vec<(PurseKind, i64)> {
    let tenant = part(order).tenant;
    let given = instance
        .checkouts
        .refund_sale(&world.ctx(), tenant, request)
        .await
        .unwrap();
    let known = instance
        .checkouts
        .refunds_of_order(&world.ctx(), None, order.id)
        .await
        .unwrap();
    let known = known.iter().find(|refund| refund.id == given.id).unwrap();
    let tenders = known.tenders.iter();
    tenders
        .map(|tender| (tender.kind, tender.amount.amount))
        .collect()
}

#[tokio::test]
async fn a_card_pays_its_part_and_nobody_else_notices() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 700).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 2)]);
    let quoted = instance
        .checkouts
        .quote(
            &world.ctx(),
            QuoteRequest {
                owner: owner.clone(),
                cart: cart.id,
                cart_version: None,
                address: Some(crate::world::address()),
                delivery: Vec::new(),
                email: None,
                tender: wish(&[&code], false),
            },
        )
        .await
        .unwrap();
    assert_eq!(
        (quoted.total, quoted.due, quoted.tenders.len()),
        (eur(2_500), eur(1_800), 1)
    );
    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_800)
        .await
        .unwrap();
    assert_eq!((order.total, order.charged), (eur(2_500), eur(1_800)));
    assert_eq!(order.tenders[0].amount, eur(700));
    assert!(code.ends_with(&order.tenders[0].hint));
    assert_eq!(left(&world, &code).await, 0, "it is set aside");
    world.assert_clean(&instance).await;
    assert_eq!(
        pay(&world, &instance, &owner, &order, "tok_visa").await,
        PaymentStatus::Captured
    );
    assert_eq!(at_the_provider(&world, &order).await, (1_800, 0));
    let payment = world.payment(&order).await;
    assert_eq!((payment.amount, payment.captured), (eur(2_500), eur(2_500)));
    // The shop's 23.00 and the marketplace's 2.00, as without the card.
    assert_eq!(
        balances(&world).await,
        accounts([
            ("bank", 700),
            ("provider_clearing", 1_800),
            ("seller_payable", -2_300),
            ("commission_revenue", -200),
        ])
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn an_order_that_a_card_covers_needs_no_provider() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 3_000).await;
    let owner = world.guest();
    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 0)
        .await
        .unwrap();
    assert_eq!(left(&world, &code).await, 500);
    assert_eq!(
        pay(&world, &instance, &owner, &order, "").await,
        PaymentStatus::Captured
    );
    assert_eq!(world.charges(&order).await, (0, 0));
    assert_eq!(world.wire.calls(), Vec::<&str>::new());
    assert_eq!(now(&world, &order).await.status, OrderStatus::Confirmed);
    // All of it goes back to the card, and no provider is asked for that either.
    instance
        .checkouts
        .cancel(&world.ctx(), owner, order.id)
        .await
        .unwrap();
    assert_eq!(left(&world, &code).await, 3_000);
    assert_eq!(world.wire.calls(), Vec::<&str>::new());
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Refunded);
    assert_eq!(
        balances(&world).await,
        accounts([("bank", 3_000), ("gift_cards_outstanding", -3_000)])
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn two_cards_and_store_credit_pay_in_their_order_and_get_back_in_the_other() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let (first, second) = (card(&world, 500).await, card(&world, 300).await);
    let owner = rich(&world, 400).await;
    let order = place(
        &world,
        &instance,
        &owner,
        &bowl,
        wish(&[&first, &second], true),
        1_300,
    )
    .await
    .unwrap();
    let kinds: Vec<(PurseKind, i64)> = order.tenders.iter().map(|t| (t.kind, t.amount.amount)).collect();
    use PurseKind::{GiftCard, StoreCredit};
    assert_eq!(kinds, [(GiftCard, 500), (GiftCard, 300), (StoreCredit, 400)]);
    assert_eq!(credit(&world, &owner).await, (400, 400));
    pay(&world, &instance, &owner, &order, "tok_visa").await;
    assert_eq!(credit(&world, &owner).await, (0, 0));
    // 25.00: by line, then the rest as an amount. Store credit, the second card, the first, the provider.
    let back = give_back(&world, &instance, &order, one_bowl(&order, false)).await;
    assert_eq!(back, [(StoreCredit, 400), (GiftCard, 300), (GiftCard, 300)]);
    assert_eq!(
        (left(&world, &first).await, left(&world, &second).await),
        (300, 300)
    );
    assert_eq!(at_the_provider(&world, &order).await, (1_300, 0));
    let back = give_back(&world, &instance, &order, one_bowl(&order, true)).await;
    assert_eq!(back, [(GiftCard, 200)]);
    assert_eq!(at_the_provider(&world, &order).await, (1_300, 1_300));
    assert_eq!(
        (left(&world, &first).await, left(&world, &second).await),
        (500, 300)
    );
    assert_eq!(credit(&world, &owner).await, (400, 0));
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Refunded);
    assert_eq!(
        balances(&world).await,
        accounts([
            ("bank", 800),
            ("goodwill_expense", 400),
            ("gift_cards_outstanding", -800),
            ("store_credit_outstanding", -400),
        ])
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_decline_keeps_the_card_for_the_next_try_and_the_orders_end_gives_it_back() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 700).await;
    let owner = world.guest();
    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_800)
        .await
        .unwrap();
    assert_eq!(
        pay(&world, &instance, &owner, &order, "tok_declined").await,
        PaymentStatus::Declined
    );
    assert_eq!(
        left(&world, &code).await,
        0,
        "as the goods, it waits for the next try"
    );
    assert_eq!(
        pay(&world, &instance, &owner, &order, "tok_visa").await,
        PaymentStatus::Captured
    );
    assert_eq!(at_the_provider(&world, &order).await, (1_800, 0));
    world.assert_clean(&instance).await;

    let code = card(&world, 700).await;
    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_800)
        .await
        .unwrap();
    pay(&world, &instance, &owner, &order, "tok_declined").await;
    instance
        .checkouts
        .cancel(&world.ctx(), owner.clone(), order.id)
        .await
        .unwrap();
    assert_eq!(left(&world, &code).await, 700);
    world.assert_clean(&instance).await;

    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_800)
        .await
        .unwrap();
    assert_eq!(left(&world, &code).await, 0);
    world.clock.advance(Duration::from_secs(16 * 60));
    eventually("it expires", async || {
        (now(&world, &order).await.cancel_reason == Some(CancelReason::Expired)).then_some(())
    })
    .await;
    assert_eq!(left(&world, &code).await, 700);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_paid_order_that_is_cancelled_gives_each_way_what_it_paid() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 700).await;
    let owner = world.guest();
    let order = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_800)
        .await
        .unwrap();
    pay(&world, &instance, &owner, &order, "tok_visa").await;
    instance
        .checkouts
        .cancel(&world.ctx(), owner, order.id)
        .await
        .unwrap();
    assert_eq!(left(&world, &code).await, 700);
    assert_eq!(at_the_provider(&world, &order).await, (1_800, 1_800));
    assert_eq!(
        balances(&world).await,
        accounts([("bank", 700), ("gift_cards_outstanding", -700)])
    );
    world.assert_clean(&instance).await;
}

/// Both were priced while it was all there.
#[tokio::test]
async fn two_buyers_race_for_a_cards_last_cents_and_one_gets_them() {
    let world = World::new().await;
    let instance = world.stopped_instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 700).await;
    let placing = join_all((0..2).map(|_| async {
        let owner = world.guest();
        place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_800).await
    }));
    let serving = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        instance.start();
    };
    let (placed, ()) = futures::join!(placing, serving);
    let refused: Vec<&Fault> = placed.iter().filter_map(|placed| placed.as_ref().err()).collect();
    assert_eq!(refused.len(), 1, "{placed:?}");
    assert_eq!(refused[0].code, "tender_gone");
    assert_eq!(refused[0].extra["spendable"]["amount"], 0);
    assert_eq!(world.level(&bowl).await, (9, 2), "who is refused holds nothing");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn many_orders_of_two_processes_never_spend_a_cent_twice() {
    let world = World::new().await;
    let (one, two) = (world.instance(), world.instance());
    let bowl = world.offer(99).await;
    // Enough for four orders and a bit.
    let code = card(&world, 10_100).await;
    let placing = join_all((0..12).map(|n| {
        let (world, code, bowl) = (&world, &code, &bowl);
        let instance = if n % 2 == 0 { &one } else { &two };
        async move {
            let owner = world.guest();
            let order = place(world, instance, &owner, bowl, wish(&[code.as_str()], false), 0).await?;
            instance.pay(world, &owner, &order, "").await
        }
    }));
    let placed = placing.await;
    let paid = placed.iter().filter(|placed| placed.is_ok()).count();
    assert_eq!(paid, 4, "{placed:?}");
    for refused in placed.iter().filter_map(|placed| placed.as_ref().err()) {
        assert!(
            matches!(
                refused.code.as_str(),
                "tender_gone" | "due_changed" | "gift_card_empty"
            ),
            "{refused}"
        );
    }
    assert_eq!(left(&world, &code).await, 100);
    assert_eq!(world.level(&bowl).await, (91, 0));
    world.assert_clean(&one).await;
}

#[tokio::test]
async fn the_same_key_is_one_order_though_the_card_is_empty_now() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 2_500).await;
    let owner = world.guest();
    let cart = world.cart(&owner, &[(&bowl, 2)]);
    let request = asked(&owner, &cart, wish(&[&code], false), 0);
    let first = instance
        .checkouts
        .place(&world.ctx(), request.clone())
        .await
        .unwrap();
    let elsewhere = PlaceOrder {
        tender: TenderWish {
            client: "2.2.2.2".to_owned(),
            ..request.tender.clone()
        },
        ..request.clone()
    };
    let again = instance.checkouts.place(&world.ctx(), elsewhere).await.unwrap();
    assert_eq!(again, first);
    let other = PlaceOrder {
        tender: TenderWish::default(),
        expected_due: None,
        ..request
    };
    let refused = instance.checkouts.place(&world.ctx(), other).await.unwrap_err();
    assert_eq!(refused.code, "idempotency_key_reused");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn the_buyer_agrees_to_what_is_left_to_pay() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 700).await;
    let owner = world.guest();
    let refused = place(&world, &instance, &owner, &bowl, wish(&[&code], false), 1_500)
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.extra["due"]["amount"].as_i64()),
        ("due_changed", Some(1_800))
    );
    let cart = world.cart(&owner, &[(&bowl, 2)]);
    let silent = PlaceOrder {
        expected_due: None,
        ..asked(&owner, &cart, wish(&[&code], false), 0)
    };
    let refused = instance.checkouts.place(&world.ctx(), silent).await.unwrap_err();
    assert_eq!(refused.code, "due_missing");
    let refused = place(&world, &instance, &owner, &bowl, wish(&[], true), 2_500)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "store_credit_guest");
    let refused = place(
        &world,
        &instance,
        &owner,
        &bowl,
        wish(&[&code, &code], false),
        1_800,
    )
    .await
    .unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.fields[0].pointer.as_str()),
        ("gift_card_repeated", "/gift_cards/1")
    );
    let refused = place(
        &world,
        &instance,
        &owner,
        &bowl,
        wish(&["NO-SUCH-CODE"], false),
        2_500,
    )
    .await
    .unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.fields[0].pointer.as_str()),
        ("gift_card_unknown", "/gift_cards/0")
    );
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn whoever_guesses_codes_at_the_till_has_to_wait() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let code = card(&world, 700).await;
    let owner = world.guest();
    let guess = |code: String, client: &str| TenderWish {
        gift_cards: vec![code],
        store_credit: false,
        client: client.to_owned(),
    };
    for n in 0..httpkit::UNKNOWN_CODES_MAX {
        let wish = guess(format!("AAAA-AAAA-AAAA-{n:04}"), "1.1.1.1");
        let refused = place(&world, &instance, &owner, &bowl, wish, 0)
            .await
            .unwrap_err();
        assert_eq!(refused.code, "gift_card_unknown");
    }
    let refused = place(
        &world,
        &instance,
        &owner,
        &bowl,
        guess(code.clone(), "1.1.1.1"),
        1_800,
    )
    .await
    .unwrap_err();
    assert_eq!(refused.code, "codes_guessed");
    place(&world, &instance, &owner, &bowl, guess(code, "2.2.2.2"), 1_800)
        .await
        .unwrap();
}

#[tokio::test]
async fn another_currency_or_too_many_cards_are_refused() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let ctx = Ctx::system("test", world.clock.now());
    let new = NewGiftCard {
        amount: Money::new(500, kernel::Currency::USD),
        funding: Funding::Given,
        expires_at: None,
        note: "A test".to_owned(),
        idempotency_key: secret::token(),
    };
    let dollars = world.purses.issue(&ctx, new).await.unwrap().code;
    let owner = world.guest();
    let refused = place(&world, &instance, &owner, &bowl, wish(&[&dollars], false), 2_500)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "gift_card_currency");
    let six = wish(&["A", "B", "C", "D", "E", "F"], false);
    let refused = place(&world, &instance, &owner, &bowl, six, 2_500)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "gift_cards_too_many");
}
