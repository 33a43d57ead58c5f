//! What the audit trail is told of the marketplace's money, with what was before.

use crate::world::{World, eur};
use kernel::{EntryId, TenantId};
use ledger::Rules;
use ledger::domain::Schedule;
use serde_json::{Value, json};

/// What was told, by kind, in order.
async fn told(world: &World, kind: &str) -> Vec<Value> {
    let mut all = world.db.changed().await;
    all.retain(|one| one["kind"] == kind);
    all
}

#[tokio::test]
async fn a_shops_terms_are_told_as_they_were_and_as_they_are() {
    let world = World::new().await;
    let (ctx, shop) = (world.day(0), TenantId::new(world.start));
    let rules = Rules {
        hold_days: Some(14),
        destination: Some("sandbox:bank".to_owned()),
        plan: Some("pro".to_owned()),
        ..Rules::default()
    };
    // Asked for once more, they are what they were.
    for _ in 0..2 {
        world.ledger.set_rules(&ctx, shop, &rules).await.expect("set");
    }
    let least = [eur(2_500)];
    world
        .ledger
        .set_terms(&ctx, shop, Schedule::Daily, &least)
        .await
        .expect("set");
    let all = told(&world, "payout_terms.changed").await;
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(
        (
            &all[0]["about"]["kind"],
            &all[0]["about"]["id"],
            &all[0]["tenant"]
        ),
        (&json!("shop"), &json!(shop), &json!(shop))
    );
    let field = |place: usize, name: &str| {
        (
            all[place]["before"][name].clone(),
            all[place]["after"][name].clone(),
        )
    };
    assert_eq!(field(0, "hold_days"), (json!(7), json!(14)));
    assert_eq!(field(0, "plan"), (Value::Null, json!("pro")));
    assert_eq!(field(1, "hold_days"), (json!(14), json!(14)));
    assert_eq!(field(1, "schedule").1, json!("daily"));
    let minimum = json!([{"amount": 2_500, "currency": "EUR"}]);
    assert_eq!(field(1, "minimums"), (json!([]), minimum));
}

#[tokio::test]
async fn terms_that_are_refused_are_told_to_nobody() {
    let world = World::new().await;
    let shop = TenantId::new(world.start);
    let twice = [eur(100), eur(200)];
    let refused = world
        .ledger
        .set_terms(&world.day(0), shop, Schedule::Daily, &twice)
        .await;
    assert!(refused.is_err());
    assert_eq!(world.db.changed().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_file_its_entry_reversed_and_a_break_explained_are_told_once_each() {
    let world = World::new().await;
    let ctx = world.day(0);
    let file = b"reference,kind,gross,fee,net,currency,date\n\
        monthly,fee,0,5.00,-5.00,EUR,2026-11-20\n\
        ch_unknown,charge,10.00,0,10.00,EUR,2026-11-20\n";
    for _ in 0..2 {
        world
            .ledger
            .import_settlement(&ctx, "sandbox", file)
            .await
            .expect("imported");
    }
    let files = told(&world, "settlement.imported").await;
    assert_eq!(files.len(), 1, "the same bytes change nothing: {files:?}");
    let after = &files[0]["after"];
    assert_eq!(
        (&after["provider"], &after["lines"], &after["posted"]),
        (&json!("sandbox"), &json!(2), &json!(1))
    );

    let id: EntryId = sqlx::query_scalar("select id from ledger.entry")
        .fetch_one(&mut world.db.owner().await)
        .await
        .expect("one entry");
    let mirrored = world
        .ledger
        .reverse(&ctx, id, "Charged in error.")
        .await
        .expect("reversed");
    assert!(world.ledger.reverse(&ctx, id, "Again.").await.is_err());
    let reversed = told(&world, "entry.reversed").await;
    assert_eq!(reversed.len(), 1, "{reversed:?}");
    assert_eq!(reversed[0]["before"]["kind"], "provider_fee");
    let sum = &reversed[0]["before"]["postings"][0]["sum"];
    assert_eq!(
        (sum["amount"].as_i64().map(i64::abs), &sum["currency"]),
        (Some(500), &json!("EUR"))
    );
    assert_eq!(
        reversed[0]["after"],
        json!({"reversed_by": mirrored, "note": "Charged in error."})
    );

    let breaks = world.ledger.breaks(None, None, None, 10).await.expect("read");
    let strange = breaks.iter().find(|one| one.reference == "ch_unknown");
    let strange = strange.expect("nobody knows this charge");
    world
        .ledger
        .explain_break(&ctx, &strange.place, "Of the other shop system.")
        .await
        .expect("explained");
    let explained = told(&world, "settlement.break_explained").await;
    assert_eq!(explained.len(), 1, "{explained:?}");
    assert_eq!(explained[0]["about"]["id"], json!(strange.place));
    assert_eq!(
        (&explained[0]["before"]["note"], &explained[0]["after"]["note"]),
        (&Value::Null, &json!("Of the other shop system."))
    );
}
