//! Goods made to order: what their buyer said is charged, kept and shared out like everything else.

use crate::world::{World, order_of};
use contracts::cart::Cart;
use contracts::catalog::Offer;
use contracts::checkout::{Checkout, QuoteRequest};
use contracts::making::{Allows, Answer, Answers, LeadTime, Making, MakingField, MakingInput};
use contracts::orders::Orders as _;
use contracts::payments::PaymentStatus;
use contracts::purses::TenderWish;
use kernel::{Currency, Money};

/// A name for 5.00, made in three to seven days.
fn engraved(surcharge: i64) -> Making {
    Making {
        fields: vec![MakingField {
            key: "name".into(),
            label: "Name to engrave".into(),
            required: true,
            input: MakingInput::Text {
                max_chars: 12,
                allows: Allows::Letters,
                surcharge,
            },
        }],
        lead_time: Some(LeadTime {
            days_min: 3,
            days_max: 7,
        }),
        returnable: false,
    }
}

fn named(name: &str) -> Answers {
    Answers::from([("name".to_owned(), Answer::Said(name.to_owned()))])
}

/// A board of which so many are there, and a cart with one of it for each name, at 15.00.
async fn boards(world: &World, on_hand: i64, names: &[&str]) -> (Offer, contracts::cart::CartOwner, Cart) {
    let board = world.offer(on_hand).await;
    world.market.make(board.sku, Some(engraved(500)));
    let owner = world.guest();
    let mut cart = world.cart(&owner, &[]);
    for name in names {
        let now = kernel::Clock::now(&*world.clock);
        cart = world.market.with_made(now, &cart, board.sku, &named(name), 1_500);
    }
    (board, owner, cart)
}

#[tokio::test]
async fn an_order_keeps_what_was_said_and_charges_for_it() {
    let world = World::new().await;
    let instance = world.instance();
    let (board, owner, cart) = boards(&world, 5, &["Ana", "Eva"]).await;
    let order = instance.place(&world, &owner, &cart).await.unwrap();
    assert_eq!(order.subtotal, Money::new(3_000, Currency::EUR));
    let outcome = instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    assert_eq!(outcome.status, PaymentStatus::Captured);
    // The buyer reads the history, the shop its tables: both tell the same.
    let sub_order = &outcome.order.sub_orders[0];
    let sold = world
        .orders
        .sub_order(&world.ctx(), board.tenant, sub_order.id)
        .await
        .unwrap();
    for lines in [&sub_order.lines, &sold.lines] {
        let told: Vec<_> = lines
            .iter()
            .map(|line| {
                let made = line.made.as_ref().unwrap();
                let answer = &made.answers[0];
                (
                    answer.label.as_str(),
                    answer.value.as_str(),
                    made.surcharge,
                    line.unit_price.amount,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("Name to engrave", "Ana", 500, 1_500),
                ("Name to engrave", "Eva", 500, 1_500)
            ]
        );
        assert!(lines.iter().all(|line| !line.made.as_ref().unwrap().returnable));
    }
    assert_eq!(world.level(&board).await, (3, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn lines_that_are_made_otherwise_share_the_last_unit() {
    let world = World::new().await;
    let instance = world.instance();
    let (board, owner, cart) = boards(&world, 1, &["Ana", "Eva"]).await;
    let refused = instance.place(&world, &owner, &cart).await.unwrap_err();
    assert_eq!(refused.code, "out_of_stock");
    let short = serde_json::json!([{"sku": board.sku, "requested": 2, "available": 1}]);
    assert_eq!(refused.extra["shortages"], short);
    assert_eq!(world.level(&board).await, (1, 0));
    let quote = quote(&world, &instance, &owner, &cart).await;
    let left: Vec<_> = quote.groups[0].lines.iter().map(|line| line.available).collect();
    assert_eq!(left, [1, 0], "the first line has the last one");
    world.assert_clean(&instance).await;
}

async fn quote(
    world: &World,
    instance: &crate::world::Instance,
    owner: &contracts::cart::CartOwner,
    cart: &Cart,
) -> contracts::checkout::Quote {
    let request = QuoteRequest {
        owner: owner.clone(),
        cart: cart.id,
        cart_version: Some(cart.version),
        address: None,
        delivery: Vec::new(),
        email: None,
        tender: TenderWish::default(),
    };
    instance.checkouts.quote(&world.ctx(), request).await.unwrap()
}

#[tokio::test]
async fn another_surcharge_is_shown_and_must_be_agreed_to() {
    let world = World::new().await;
    let instance = world.instance();
    let (board, owner, cart) = boards(&world, 5, &["Ana"]).await;
    world.market.make(board.sku, Some(engraved(700)));
    let shown = quote(&world, &instance, &owner, &cart).await;
    let line = &shown.groups[0].lines[0];
    assert_eq!(line.price_was, Some(Money::new(1_500, Currency::EUR)));
    assert_eq!(line.offer.price, Money::new(1_700, Currency::EUR));
    let refused = instance.place(&world, &owner, &cart).await.unwrap_err();
    assert_eq!(refused.code, "total_changed");
    let mut agreed = order_of(&owner, &cart, "agreed");
    agreed.expected_total.amount += 200;
    let order = instance.checkouts.place(&world.ctx(), agreed).await.unwrap();
    assert_eq!(order.sub_orders[0].lines[0].made.as_ref().unwrap().surcharge, 700);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn answers_that_do_not_fit_any_more_are_refused() {
    let world = World::new().await;
    let instance = world.instance();
    let (board, owner, cart) = boards(&world, 5, &["Ana"]).await;
    let mut other = engraved(500);
    other.fields[0].key = "initials".into();
    for making in [Some(other), None] {
        world.market.make(board.sku, making);
        let shown = quote(&world, &instance, &owner, &cart).await;
        let line = &shown.groups[0].lines[0];
        assert!(line.is_outdated && !line.orderable());
        let refused = instance.place(&world, &owner, &cart).await.unwrap_err();
        assert_eq!(refused.code, "answers_outdated");
    }
    assert_eq!(world.level(&board).await, (5, 0));
    world.assert_clean(&instance).await;
}
