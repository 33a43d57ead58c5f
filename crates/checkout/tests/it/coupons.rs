//! How often, and for how much, promotions are used: claimed with the order, given back with its end.

use crate::discounts::{
    TENTH, accounts, balances, coupon, eur, make, now, order, place, quote, quote_for, used,
};
use crate::world::{Instance, World, address};
use contracts::cart::{Cart, CartOwner};
use contracts::checkout::{Checkout, QuoteRequest};
use contracts::orders::{CancelReason, Order, OrderStatus};
use contracts::payments::{PaymentStatus, Payments};
use contracts::promotions::CodeRefusal;
use contracts::purses::TenderWish;
use futures::future::join_all;
use kernel::{Clock, Fault, PromotionId, UserId};
use promotions::Owner;
use promotions::domain::{Benefit, Limits};
use std::time::Duration;
use testkit::eventually;

#[tokio::test]
async fn a_budget_that_is_gone_refuses_that_cart_alone() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(100).await;
    let limits = Limits {
        budget: Some(300),
        ..Limits::default()
    };
    let promotion = make(
        &world,
        Owner::Marketplace,
        coupon("ONE-OFF", Benefit::Fixed(100), limits),
    )
    .await;
    // All were quoted while there was enough; ten want it at once, for three there is.
    let mut wanted = Vec::new();
    for n in 0..10 {
        let owner = world.guest();
        let cart = world
            .market
            .with_codes(&world.cart(&owner, &[(&bowl, 1)]), &["ONE-OFF"]);
        let total = quote(&world, &instance, &owner, &cart).await.total;
        assert_eq!(total, eur(1_400));
        wanted.push((owner, cart, format!("buyer-{n}@example.org")));
    }
    // And others want a bowl without it, in the same batches.
    let plain = (0..10).map(|_| async {
        let owner = world.guest();
        let cart = world.cart(&owner, &[(&bowl, 1)]);
        instance.place(&world, &owner, &cart).await
    });
    let discounted = wanted
        .iter()
        .map(|(owner, cart, email)| place(&world, &instance, owner, cart, email, eur(1_400)));
    let (plain, discounted) = futures::join!(join_all(plain), join_all(discounted));
    assert!(plain.iter().all(Result::is_ok), "{plain:?}");
    let refused: Vec<&Fault> = discounted
        .iter()
        .filter_map(|placed| placed.as_ref().err())
        .collect();
    assert_eq!(refused.len(), 7);
    for fault in refused {
        // Whoever priced their cart after the third order already saw that it costs more.
        assert!(
            matches!(fault.code.as_str(), "promotion_gone" | "total_changed"),
            "{fault}"
        );
    }
    assert_eq!(used(&world, promotion).await, (3, 300));
    assert_eq!(
        world.level(&bowl).await,
        (100, 13),
        "a refused cart holds nothing"
    );
    let (owner, cart, _) = &wanted[0];
    let refused = &quote(&world, &instance, owner, cart).await.refused_codes[0];
    assert_eq!(refused.reason, CodeRefusal::BudgetGone);
    world.assert_clean(&instance).await;
}

/// What the till says where the quote was right when it was made, and another order came first.
#[tokio::test]
async fn the_till_has_the_last_word_and_says_why() {
    let world = World::new().await;
    let instance = world.stopped_instance();
    let bowl = world.offer(100).await;
    let once = Limits {
        uses: Some(1),
        ..Limits::default()
    };
    let promotion = make(&world, Owner::Shop(bowl.tenant), coupon("FIRST", TENTH, once)).await;
    let carts: Vec<(CartOwner, Cart)> = (0..2)
        .map(|_| {
            let owner = world.guest();
            let cart = world.cart(&owner, &[(&bowl, 1)]);
            let cart = world.market.with_codes(&cart, &["FIRST"]);
            (owner, cart)
        })
        .collect();
    // Both are priced before either is placed, because nobody serves the queue yet.
    let placing = join_all(
        carts
            .iter()
            .enumerate()
            .map(|(n, (owner, cart))| async move { (n, owner, cart) })
            .map(|wanted| async {
                let (n, owner, cart) = wanted.await;
                let email = format!("buyer-{n}@example.org");
                place(&world, &instance, owner, cart, &email, eur(1_400)).await
            }),
    );
    let serving = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        instance.start();
    };
    let (placed, ()) = futures::join!(placing, serving);
    let refused: Vec<&Fault> = placed.iter().filter_map(|placed| placed.as_ref().err()).collect();
    assert_eq!(refused.len(), 1, "{placed:?}");
    assert_eq!(refused[0].code, "promotion_gone");
    assert_eq!(refused[0].extra["promotion"], promotion.to_string());
    assert_eq!(refused[0].extra["reason"], "used_up");
    assert_eq!(used(&world, promotion).await, (1, 100));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn an_order_that_ends_gives_its_use_and_its_budget_back() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let once = Limits {
        budget: Some(100),
        uses: Some(1),
        uses_per_buyer: Some(1),
    };
    let promotion = make(
        &world,
        Owner::Marketplace,
        coupon("ONCE", Benefit::Fixed(100), once),
    )
    .await;
    // Cancelled before it is paid, then expired, then cancelled after it was paid: each time it can be used again.
    let (owner, first) = order(&world, &instance, &[(&bowl, 1)], &["ONCE"]).await;
    assert_eq!(used(&world, promotion).await, (1, 100));
    instance
        .checkouts
        .cancel(&world.ctx(), owner, first.id)
        .await
        .unwrap();
    assert_eq!(used(&world, promotion).await, (0, 0));

    let (_, second) = order(&world, &instance, &[(&bowl, 1)], &["ONCE"]).await;
    assert_eq!(second.total, eur(1_400));
    world.clock.advance(Duration::from_secs(16 * 60));
    eventually("it expires", async || {
        (now(&world, &second).await.cancel_reason == Some(CancelReason::Expired)).then_some(())
    })
    .await;
    assert_eq!(used(&world, promotion).await, (0, 0));

    let (owner, third) = order(&world, &instance, &[(&bowl, 1)], &["ONCE"]).await;
    instance.pay(&world, &owner, &third, "tok_visa").await.unwrap();
    world.assert_clean(&instance).await;
    instance
        .checkouts
        .cancel(&world.ctx(), owner, third.id)
        .await
        .unwrap();
    assert_eq!(used(&world, promotion).await, (0, 0));
    assert_eq!(balances(&world).await, accounts([]));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_buyer_uses_a_coupon_as_often_as_one_may() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    let once_each = Limits {
        uses_per_buyer: Some(1),
        ..Limits::default()
    };
    let promotion = make(&world, Owner::Shop(bowl.tenant), coupon("EACH", TENTH, once_each)).await;
    let buyer = CartOwner::User(UserId::new(world.clock.now()));
    let cart = |owner: &CartOwner| {
        world
            .market
            .with_codes(&world.cart(owner, &[(&bowl, 1)]), &["EACH"])
    };
    let first = cart(&buyer);
    place(&world, &instance, &buyer, &first, "ana@example.org", eur(1_400))
        .await
        .unwrap();
    let again = cart(&buyer);
    let quoted = quote(&world, &instance, &buyer, &again).await;
    assert_eq!(
        (quoted.total, quoted.refused_codes[0].reason),
        (eur(1_500), CodeRefusal::UsedByBuyer)
    );
    // A guest is known by their address, however it is written.
    for (email, expected) in [
        ("eva@example.org", Ok(())),
        ("EVA@example.org", Err("total_changed")),
    ] {
        let guest = world.guest();
        let cart = cart(&guest);
        let placed = place(&world, &instance, &guest, &cart, email, eur(1_400)).await;
        assert_eq!(
            placed.map(drop).map_err(|fault| fault.code),
            expected.map_err(str::to_owned)
        );
    }
    assert_eq!(used(&world, promotion).await, (2, 200));
    // Who said by which address they are known sees why it costs more, and can order it for that.
    let guest = world.guest();
    let cart = cart(&guest);
    let unknown = quote(&world, &instance, &guest, &cart).await;
    assert_eq!((unknown.total, unknown.refused_codes), (eur(1_400), vec![]));
    let email = "Eva@example.org";
    let known = quote_for(&world, &instance, &guest, &cart, Some(email)).await;
    assert_eq!(
        (known.total, known.refused_codes[0].reason),
        (eur(1_500), CodeRefusal::UsedByBuyer)
    );
    place(&world, &instance, &guest, &cart, email, known.total)
        .await
        .unwrap();
    world.assert_clean(&instance).await;
}

/// Codes are tried by the dozen; the one that holds must not be found so.
#[tokio::test]
async fn whoever_guesses_coupons_is_told_nothing_more() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(9).await;
    make(
        &world,
        Owner::Marketplace,
        coupon("SECRET-1", Benefit::Fixed(100), Limits::default()),
    )
    .await;
    let owner = world.guest();
    let ask = |code: String, client: &'static str| {
        let (world, instance, owner, bowl) = (&world, &instance, &owner, &bowl);
        async move {
            let cart = world.cart(owner, &[(bowl, 1)]);
            let cart = world.market.with_codes(&cart, &[code.as_str()]);
            let request = QuoteRequest {
                owner: owner.clone(),
                cart: cart.id,
                cart_version: None,
                address: Some(address()),
                delivery: Vec::new(),
                email: None,
                tender: TenderWish {
                    client: client.to_owned(),
                    ..TenderWish::default()
                },
            };
            let quoted = instance.checkouts.quote(&world.ctx(), request).await.unwrap();
            (
                quoted.total,
                quoted.refused_codes.first().map(|refused| refused.reason),
            )
        }
    };
    for n in 0..httpkit::UNKNOWN_CODES_MAX {
        let guessed = ask(format!("GUESS-{n}"), "1.1.1.1").await;
        assert_eq!(guessed, (eur(1_500), Some(CodeRefusal::Unknown)));
    }
    let right = || "SECRET-1".to_owned();
    assert_eq!(
        ask(right(), "1.1.1.1").await,
        (eur(1_500), Some(CodeRefusal::Unknown))
    );
    assert_eq!(ask(right(), "2.2.2.2").await, (eur(1_400), None));
}

/// An order with a coupon for one, whose buyer confirms at their bank after its hold ran out.
async fn confirmed_too_late(world: &World, rival: bool) -> (Instance, Order, PromotionId) {
    let bowl = world.offer(5).await;
    let once = Limits {
        uses: Some(1),
        ..Limits::default()
    };
    let promotion = make(
        world,
        Owner::Marketplace,
        coupon("ONCE", Benefit::Fixed(100), once),
    )
    .await;
    let instance = world.instance_without_payments();
    let (owner, late) = order(world, &instance, &[(&bowl, 1)], &["ONCE"]).await;
    let outcome = instance.pay(world, &owner, &late, "tok_3ds").await.unwrap();
    let reference = outcome.action_url.unwrap().rsplit('/').next().unwrap().to_owned();
    world.clock.advance(Duration::from_secs(15 * 60));
    eventually("the hold is over", async || {
        (now(world, &late).await.status == OrderStatus::Cancelled).then_some(())
    })
    .await;
    assert_eq!(used(world, promotion).await, (0, 0));
    world
        .payments
        .sandbox_answer(&world.ctx(), reference, true)
        .await
        .unwrap();
    if rival {
        order(world, &instance, &[(&bowl, 1)], &["ONCE"]).await;
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
    (instance, late, promotion)
}

#[tokio::test]
async fn an_order_that_is_opened_again_uses_its_coupon_again() {
    let world = World::new().await;
    let (instance, late, promotion) = confirmed_too_late(&world, false).await;
    assert_eq!(now(&world, &late).await.status, OrderStatus::Confirmed);
    assert_eq!(used(&world, promotion).await, (1, 100));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn whoever_comes_too_late_for_their_coupon_gets_their_money_back() {
    let world = World::new().await;
    let (instance, late, promotion) = confirmed_too_late(&world, true).await;
    assert_eq!(now(&world, &late).await.status, OrderStatus::Cancelled);
    assert_eq!(used(&world, promotion).await, (1, 100), "the other order's");
    world.assert_clean(&instance).await;
}
