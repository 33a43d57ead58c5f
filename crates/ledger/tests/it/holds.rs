//! Holds: made with the sale, ended by time, by refunds, by hand.

use crate::world::{World, balances, eur};
use chrono::TimeDelta;
use contracts::orders::SubOrderDelivered;
use kernel::{Actor, Ctx, FixedClock, Role, SubOrderId, TenantId, UserId};
use ledger::domain::{HoldReason, Standing};
use ledger::{Error, PlaceHold, Rules, Wanted};
use serde_json::json;
use std::sync::Arc;
use store::Scope;
use store::log::Outbox;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

async fn standing(world: &World, tenant: TenantId) -> Standing {
    let all = world.ledger.standing(tenant).await.expect("read");
    all.into_iter().map(|(_, s)| s).next().unwrap_or_default()
}

fn owed(payable: i64, pending: i64, reserved: i64) -> Standing {
    Standing {
        payable,
        pending,
        reserved,
    }
}

#[tokio::test]
async fn a_sale_is_held_until_its_days_after_delivery() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    let order = world.sell(&world.day(0), tenant, eur(1_000)).await;
    assert_eq!(standing(&world, tenant).await, owed(900, 900, 0));
    assert!(world.deliver(&world.day(2), order, tenant).await);
    assert_eq!(world.ledger.release_due(&world.day(8)).await.expect("ran"), 0);
    let other = world.other();
    let ctx = world.day(9);
    let (a, b) = tokio::join!(world.ledger.release_due(&ctx), other.release_due(&ctx));
    assert_eq!(
        a.expect("ran") + b.expect("ran"),
        1,
        "each hold is released by one"
    );
    assert_eq!(standing(&world, tenant).await, owed(900, 0, 0));
    assert!(!world.deliver(&ctx, order, tenant).await);
}

/// Its money was taken late, so that its arrival was told when nothing was held for it yet.
#[tokio::test]
async fn a_sale_of_what_has_arrived_is_held_for_its_days_since_then() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    let arrived = world.day(2).now;
    world
        .sell_arrived(&world.day(5), tenant, eur(1_000), arrived)
        .await;
    assert_eq!(standing(&world, tenant).await, owed(900, 900, 0));
    assert_eq!(world.ledger.release_due(&world.day(8)).await.expect("ran"), 0);
    assert_eq!(world.ledger.release_due(&world.day(9)).await.expect("ran"), 1);
    assert_eq!(standing(&world, tenant).await, owed(900, 0, 0));
}

#[tokio::test]
async fn orders_tell_the_ledger_what_has_arrived() {
    let world = World::new().await;
    let shop = || TenantId::new(world.start);
    let (tenant, twice, other) = (shop(), shop(), shop());
    let order = world.sell(&world.day(0), tenant, eur(1_000)).await;
    let told_twice = world.sell(&world.day(0), twice, eur(1_000)).await;
    world.sell(&world.day(0), other, eur(1_000)).await;
    let (arrived, later) = (world.day(2), world.day(3));
    let mut outbox = Outbox::new();
    for (order, tenant, ctx) in [
        (told_twice, twice, &arrived),
        (order, tenant, &arrived),
        (told_twice, twice, &later),
    ] {
        let event = SubOrderDelivered {
            order,
            sub_order: SubOrderId::new(ctx.now),
            tenant,
            buyer: None,
            delivered_at: ctx.now,
            goods: Vec::new(),
        };
        outbox.push(ctx, &event).expect("written");
    }
    let mut tx = world.db.db("ledger").begin(Scope::System).await.expect("begin");
    outbox.append(&mut tx).await.expect("append");
    tx.commit().await.expect("commit");
    let stop = CancellationToken::new();
    // At a time at which nothing is due yet.
    let clock = Arc::new(FixedClock::at(arrived.now));
    let working = ledger::work(world.ledger.clone(), clock, stop.clone());
    let asking = async {
        eventually("the hold ends days after the delivery", async || {
            let ends = async |tenant| {
                let holds = world
                    .ledger
                    .holds(Scope::Tenant(tenant), &Wanted::default(), 10)
                    .await;
                holds.expect("read")[0].release_at
            };
            let days = arrived.now + TimeDelta::days(7);
            let more = later.now + TimeDelta::days(7);
            let is_so = ends(tenant).await == Some(days) && ends(twice).await == Some(more);
            (is_so && ends(other).await > Some(more)).then_some(())
        })
        .await;
        stop.cancel();
    };
    tokio::join!(working, asking);
}

#[tokio::test]
async fn a_refund_takes_from_what_is_held() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    let order = world.sell(&world.day(0), tenant, eur(1_000)).await;
    world.refund(&world.day(1), order, tenant, eur(1_000)).await;
    assert_eq!(standing(&world, tenant).await, owed(0, 0, 0));
    assert_eq!(world.ledger.release_due(&world.day(40)).await.expect("ran"), 0);
    let wanted = Wanted {
        state: Some("refunded"),
        ..Wanted::default()
    };
    let holds = world
        .ledger
        .holds(Scope::Tenant(tenant), &wanted, 10)
        .await
        .expect("read");
    assert_eq!(holds.len(), 1);
    assert_eq!((holds[0].amount, holds[0].remaining), (900, 0));
    let strange = TenantId::new(world.start);
    let none = world
        .ledger
        .holds(Scope::Tenant(strange), &Wanted::default(), 10)
        .await
        .expect("read");
    assert!(none.is_empty(), "another shop sees nothing");
}

#[tokio::test]
async fn an_operator_sets_money_aside_and_lets_it_go() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    let user = UserId::new(world.start);
    let ctx = Ctx {
        actor: Actor::Operator {
            user,
            role: Role::Finance,
        },
        ..world.day(30)
    };
    world.sell(&world.day(0), tenant, eur(1_000)).await;
    world.ledger.release_due(&ctx).await.expect("ran");
    let place = PlaceHold {
        tenant,
        amount: eur(400),
        reason: HoldReason::Dispute,
        note: "the buyer's bank asks".to_owned(),
        release_at: None,
    };
    let hold = world.ledger.place_hold(&ctx, place.clone()).await.expect("held");
    assert_eq!(hold.placed_by.0, ctx.actor);
    assert_eq!(standing(&world, tenant).await, owed(500, 0, 400));
    assert_eq!(
        world.accounts().await,
        balances([
            ("provider_clearing", 1_000),
            ("seller_payable", -500),
            ("seller_reserve", -400),
            ("commission_revenue", -100),
        ])
    );
    let lifted = world
        .ledger
        .lift_hold(&ctx, hold.id, "settled")
        .await
        .expect("lifted");
    assert_eq!(lifted.ended_by.map(|actor| actor.0), Some(ctx.actor.clone()));
    assert_eq!(standing(&world, tenant).await, owed(900, 0, 0));
    let again = world.ledger.lift_hold(&ctx, hold.id, "settled").await;
    assert!(matches!(again, Err(Error::HoldEnded)));
    let told = world.db.changed().await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        (&told[0]["kind"], &told[1]["kind"]),
        (&json!("hold.placed"), &json!("hold.lifted"))
    );
    let amount = json!({"amount": 400, "currency": "EUR"});
    assert_eq!(
        (&told[0]["after"]["amount"], &told[1]["before"]["amount"]),
        (&amount, &amount)
    );
    assert_eq!(told[1]["after"], json!({"note": "settled"}));
    assert_eq!(told[1]["tenant"], json!(tenant));

    let timed = PlaceHold {
        release_at: Some(ctx.now + TimeDelta::days(3)),
        ..place.clone()
    };
    world.ledger.place_hold(&ctx, timed).await.expect("held");
    assert_eq!(world.ledger.release_due(&world.day(33)).await.expect("ran"), 1);
    assert_eq!(standing(&world, tenant).await, owed(900, 0, 0));
    world.accounts().await;

    for bad in [
        PlaceHold {
            amount: eur(0),
            ..place.clone()
        },
        PlaceHold {
            reason: HoldReason::Delivery,
            ..place.clone()
        },
        PlaceHold {
            release_at: Some(ctx.now),
            ..place
        },
    ] {
        assert!(world.ledger.place_hold(&ctx, bad).await.is_err());
    }
}

#[tokio::test]
async fn a_share_of_each_released_sale_goes_into_reserve_for_a_while() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    let rules = Rules {
        hold_days: Some(0),
        reserve_bp: Some(2_000),
        reserve_days: Some(10),
        ..Rules::default()
    };
    world
        .ledger
        .set_rules(&world.day(0), tenant, &rules)
        .await
        .expect("set");
    world.sell(&world.day(0), tenant, eur(1_000)).await;
    assert_eq!(world.ledger.release_due(&world.day(14)).await.expect("ran"), 1);
    assert_eq!(standing(&world, tenant).await, owed(720, 0, 180));
    assert_eq!(world.ledger.release_due(&world.day(23)).await.expect("ran"), 0);
    assert_eq!(world.ledger.release_due(&world.day(24)).await.expect("ran"), 1);
    assert_eq!(standing(&world, tenant).await, owed(900, 0, 0));
    world.accounts().await;
}
