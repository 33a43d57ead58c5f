//! Commission rules: made, remembered by whoever sells, replaced, ended; never changed.

use crate::world::{World, eur};
use chrono::TimeDelta;
use kernel::{BasisPoints, CommissionRuleId, Ctx, Fault, ProductId, TenantId, Timestamp};
use ledger::domain::{Conditions, Sold, Tariff};
use ledger::{NewRule, Rules};
use store::remembered::LEAD_S;

fn percent(hundredths: u32, conditions: Conditions) -> NewRule {
    NewRule {
        conditions,
        tariff: Tariff {
            rate: BasisPoints(hundredths),
            ..Tariff::default()
        },
        valid_from: None,
        replaces: None,
        note: "Agreed by letter.".to_owned(),
    }
}

fn of_shop(shop: TenantId) -> Conditions {
    Conditions {
        shop: Some(shop),
        ..Conditions::default()
    }
}

/// What a sale of 100.00 is charged at a moment, by the rules that sellers remember.
async fn charged(world: &World, shop: TenantId, at: Timestamp) -> (i64, Option<CommissionRuleId>) {
    let sold = Sold {
        product: ProductId::new(world.start),
        shop,
        category: Some("ceramics/bowls"),
        quantity: 1,
        total: eur(10_000),
    };
    let book = world.ledger.rates().book(at).await.expect("read");
    let charged = book.charge(&sold, at).expect("in range");
    (charged.commission, charged.rule)
}

async fn refused(work: impl Future<Output = Result<impl Sized, ledger::Error>>) -> Fault {
    match work.await {
        Ok(_) => panic!("not refused"),
        Err(error) => error.into(),
    }
}

#[tokio::test]
async fn a_rule_holds_from_its_moment_for_everybody_who_remembers_it() {
    let world = World::new().await;
    let (ctx, shop) = (world.day(0), TenantId::new(world.start));
    assert_eq!(
        charged(&world, shop, ctx.now).await,
        (1_000, None),
        "the house's rate"
    );
    let elsewhere = world.other();
    elsewhere.rates().book(ctx.now).await.expect("remembered");

    let rule = world
        .ledger
        .make_rule(&ctx, percent(500, of_shop(shop)))
        .await
        .expect("made");
    let rule = CommissionRuleId(rule.id);
    let begins = ctx.now + TimeDelta::seconds(LEAD_S);
    for ledger in [&world.ledger, &elsewhere] {
        ledger.rates().refresh(ctx.now).await.expect("read");
    }
    assert_eq!(charged(&world, shop, ctx.now).await, (1_000, None), "not yet");
    assert_eq!(charged(&world, shop, begins).await, (500, Some(rule)));
    let book = elsewhere.rates().book(begins).await.expect("read");
    let sold = Sold {
        product: ProductId::new(world.start),
        shop,
        category: None,
        quantity: 2,
        total: eur(3_000),
    };
    assert_eq!(book.charge(&sold, begins).expect("in range").commission, 150);
    let other = TenantId::new(world.start);
    assert_eq!(charged(&world, other, begins).await, (1_000, None));
}

#[tokio::test]
async fn a_rule_is_replaced_without_a_gap_and_both_stay_to_be_read() {
    let world = World::new().await;
    let (ctx, shop) = (world.day(0), TenantId::new(world.start));
    let first = world
        .ledger
        .make_rule(&ctx, percent(500, of_shop(shop)))
        .await
        .expect("made");
    let turn = ctx.now + TimeDelta::days(30);
    let next = NewRule {
        valid_from: Some(turn),
        replaces: Some(CommissionRuleId(first.id)),
        ..percent(700, of_shop(shop))
    };
    let second = world
        .ledger
        .make_rule(&world.day(1), next.clone())
        .await
        .expect("made");
    world.ledger.rates().refresh(ctx.now).await.expect("read");
    let moment = TimeDelta::milliseconds(1);
    assert_eq!(charged(&world, shop, turn - moment).await.0, 500);
    assert_eq!(charged(&world, shop, turn).await.0, 700);

    let wanted = ledger::WantedRules {
        shop: Some(shop),
        ..ledger::WantedRules::default()
    };
    let told = world.ledger.rules(&wanted, 10).await.expect("read");
    let ids: Vec<_> = told.iter().map(|rule| rule.id).collect();
    assert_eq!(ids, [second.id, first.id]);
    assert_eq!((told[1].valid_to, told[0].valid_to), (Some(turn), None));
    assert!(told[1].ended_by.is_some() && told[1].end_note.as_deref() == Some("Agreed by letter."));

    assert_eq!(
        refused(world.ledger.make_rule(&ctx, next)).await.code,
        "rule_ended"
    );
    let told = world.ledger.rules(&wanted, 10).await.expect("read");
    assert_eq!(told.len(), 2, "nothing is half done");

    let told = world.db.changed().await;
    let mut kinds: Vec<_> = told.iter().filter_map(|one| one["kind"].as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            "commission.rule_ended",
            "commission.rule_made",
            "commission.rule_made"
        ]
    );
    let ended = told.iter().find(|one| one["kind"] == "commission.rule_ended");
    let ended = ended.expect("told");
    assert_eq!(ended["before"]["rate_bp"], 500);
    assert_eq!(ended["after"]["note"], "Agreed by letter.");
}

#[tokio::test]
async fn a_rule_is_ended_once_and_never_changed() {
    let world = World::new().await;
    let (ctx, shop) = (world.day(0), TenantId::new(world.start));
    let rule = world
        .ledger
        .make_rule(&ctx, percent(500, of_shop(shop)))
        .await
        .expect("made");
    let id = CommissionRuleId(rule.id);
    let end = |at| world.ledger.end_rule(&ctx, id, at, "Over.");
    assert_eq!(
        refused(end(Some(ctx.now))).await.code,
        "field_invalid",
        "too soon to be known"
    );
    let ended = end(Some(ctx.now + TimeDelta::days(1))).await.expect("ended");
    assert_eq!(ended.valid_to, Some(ctx.now + TimeDelta::days(1)));
    assert_eq!(refused(end(None)).await.code, "rule_ended");
    let stranger = CommissionRuleId::new(world.start);
    let missing = world.ledger.end_rule(&ctx, stranger, None, "Over.");
    assert_eq!(refused(missing).await.code, "not_found");
    world.ledger.rates().refresh(ctx.now).await.expect("read");
    assert_eq!(charged(&world, shop, world.day(1).now).await.0, 1_000);
    for change in [
        "update ledger.commission_rule set rate_bp = 0",
        "delete from ledger.commission_rule_end",
    ] {
        assert_eq!(
            world.run(change).await,
            Err("commission_rule_immutable".to_owned())
        );
    }
}

#[tokio::test]
async fn a_shops_plan_counts_as_soon_as_it_is_known_and_who_set_it_is_kept() {
    let world = World::new().await;
    let (ctx, shop) = (world.day(0), TenantId::new(world.start));
    let of_plan = Conditions {
        plan: Some("pro".to_owned()),
        ..Conditions::default()
    };
    world
        .ledger
        .make_rule(&ctx, percent(300, of_plan))
        .await
        .expect("made");
    let later = world.day(1).now;
    world.ledger.rates().refresh(ctx.now).await.expect("read");
    assert_eq!(charged(&world, shop, later).await.0, 1_000);
    for (days, plan) in [(1, "pro"), (2, "basic")] {
        let rules = Rules {
            plan: Some(plan.to_owned()),
            ..Rules::default()
        };
        let ctx = Ctx::system(&format!("clerk-{days}"), world.day(days).now);
        world.ledger.set_rules(&ctx, shop, &rules).await.expect("set");
        world.ledger.rates().refresh(later).await.expect("read");
        let expected = if plan == "pro" { 300 } else { 1_000 };
        assert_eq!(charged(&world, shop, later).await.0, expected, "{plan}");
    }
    let changes: Vec<(String, String)> = sqlx::query_as(
        "select terms ->> 'plan', actor::text from ledger.terms_change where tenant_id = $1 order by id",
    )
    .bind(shop)
    .fetch_all(&mut world.db.owner().await)
    .await
    .expect("read");
    let plans: Vec<&str> = changes.iter().map(|(plan, _)| plan.as_str()).collect();
    assert_eq!(plans, ["pro", "basic"]);
    assert!(
        changes[0].1.contains("clerk-1") && changes[1].1.contains("clerk-2"),
        "{changes:?}"
    );
}
