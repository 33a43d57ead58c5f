use crate::world::{World, address};
use checkout::till::Till;
use checkout::till::place::{IdempotencyKey, PlaceCommand, Placement};
use checkout::{Config, Error};
use contracts::catalog::Offer;
use contracts::taxes::TaxOwner;
use futures::future::join_all;
use kernel::*;
use orders::domain::{Delivery, Line, Part, Placed};
use orders::till::NewOrder;
use runtime::Tasks;
use std::time::Duration;

/// An order of one unit, straight to the till.
pub fn command(world: &World, offer: &Offer, title: &str) -> PlaceCommand {
    let cart = CartId::new(world.clock.now());
    ordering(world, offer, title, cart, &secret::token())
}

/// The same of one cart, under one key.
pub fn ordering(world: &World, offer: &Offer, title: &str, cart: CartId, key: &str) -> PlaceCommand {
    let ctx = world.ctx();
    let placed = Placed {
        buyer: Some(UserId::new(ctx.now)),
        guest: None,
        cart,
        email: "lucia@example.org".into(),
        address: address(),
        currency: Currency::EUR,
        payment: PaymentId::new(ctx.now),
        reserved_until: ctx.now + Duration::from_secs(900),
        tenders: Vec::new(),
        language: contracts::Language::En,
        parts: vec![Part {
            id: SubOrderId::new(ctx.now),
            tenant: offer.tenant,
            lines: vec![Line {
                id: LineId::new(ctx.now),
                sku: offer.sku,
                product: offer.product,
                title: title.into(),
                options: String::new(),
                code: "B".into(),
                quantity: 1,
                unit_price: 1000,
                commission: 0,
                commission_tax: 0,
                rule: None,
                discounts: Vec::new(),
                tax: None,
                made: None,
                digital: None,
            }],
            delivery: Delivery {
                code: "standard".into(),
                name: "Standard".into(),
                price: 0,
                discounts: Vec::new(),
                tax: None,
            },
            commission: 100,
            commission_tax: 0,
            return_days: 14,
            tax_owed_by: TaxOwner::Seller,
        }],
    };
    PlaceCommand {
        claims: Vec::new(),
        key: IdempotencyKey::new("test".into(), key.into(), vec![1]),
        new: NewOrder::new(&ctx, OrderId::new(ctx.now), placed).unwrap(),
        ctx,
    }
}

/// All in one batch: they are in the queue before anybody serves it.
pub async fn place_as_one_batch(url: &str, commands: Vec<PlaceCommand>) -> Vec<Result<Placement, Error>> {
    let till = Till::new(
        url,
        &Config {
            lanes: 1,
            ..Config::default()
        },
    );
    let tasks = Tasks::new();
    let placing = join_all(commands.into_iter().map(|command| till.place(command)));
    let serving = async {
        tokio::task::yield_now().await;
        for lane in till.loops() {
            tasks.keep(lane.name, lane.run);
        }
    };
    let (outcomes, ()) = futures::join!(placing, serving);
    tasks.stop(Duration::from_secs(5)).await;
    outcomes
}

#[tokio::test]
async fn a_command_that_the_database_refuses_fails_alone() {
    let world = World::new().await;
    let bowl = world.offer(100).await;
    let commands: Vec<PlaceCommand> = (0..33)
        // PostgreSQL takes no NUL in a text, and whoever let it through is to blame, not the other buyers.
        .map(|i| command(&world, &bowl, if i == 17 { "Bo\0wl" } else { "Bowl" }))
        .collect();
    let outcomes = place_as_one_batch(world.db.url(), commands).await;
    for (i, outcome) in outcomes.iter().enumerate() {
        match outcome {
            Ok(Placement::Placed) => assert_ne!(i, 17),
            Err(Error::Internal) => assert_eq!(i, 17),
            other => panic!("{i}: {other:?}"),
        }
    }
    assert_eq!(world.level(&bowl).await, (100, 32));
    world.assert_clean(&world.stopped_instance()).await;
}

#[tokio::test]
async fn whoever_comes_first_is_served_first() {
    let world = World::new().await;
    let bowl = world.offer(5).await;
    let commands: Vec<PlaceCommand> = (0..12).map(|_| command(&world, &bowl, "Bowl")).collect();
    let outcomes = place_as_one_batch(world.db.url(), commands).await;
    let placed: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
    let expected: Vec<bool> = (0..12).map(|i| i < 5).collect();
    assert_eq!(placed, expected);
}

#[tokio::test]
async fn a_full_queue_turns_buyers_away_at_once() {
    let world = World::new().await;
    let bowl = world.offer(5).await;
    let config = Config {
        queue_max: 2,
        ..Config::default()
    };
    let till = Till::new(world.db.url(), &config);
    // Nobody serves this till, so the first two wait for ever and the third one is told.
    let waiting = (0..2).map(|_| till.place(command(&world, &bowl, "Bowl")));
    let turned_away = async {
        tokio::task::yield_now().await;
        till.place(command(&world, &bowl, "Bowl")).await
    };
    tokio::select! {
        _ = join_all(waiting) => panic!("nobody serves them"),
        outcome = turned_away => {
            let fault = Fault::from(outcome.expect_err("the queue is full"));
            assert_eq!((fault.kind, fault.retry_after_s), (Kind::TooMany, Some(1)));
        }
    }
}

#[tokio::test]
async fn a_till_that_stops_serves_those_who_wait_and_nobody_else() {
    let world = World::new().await;
    let bowl = world.offer(100).await;
    let till = Till::new(world.db.url(), &Config::default());
    let tasks = Tasks::new();
    let waiting = join_all((0..50).map(|_| till.place(command(&world, &bowl, "Bowl"))));
    let stopping = async {
        tokio::task::yield_now().await;
        for lane in till.loops() {
            tasks.keep(lane.name, lane.run);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        tasks.stop(Duration::from_secs(10)).await;
    };
    let (outcomes, ()) = tokio::time::timeout(Duration::from_secs(20), async {
        futures::join!(waiting, stopping)
    })
    .await
    .expect("everybody is answered");
    let placed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(world.level(&bowl).await, (100, placed as i64));
    let late = till.place(command(&world, &bowl, "Bowl")).await;
    assert!(matches!(late, Err(Error::Unavailable)), "{late:?}");
}
