//! Settlement files: imported once, their fees posted, their breaks listed.

use crate::world::{World, balances, eur};
use kernel::TenantId;
use ledger::{Error, Imported};

#[tokio::test]
async fn a_file_counts_once_and_its_breaks_are_listed() {
    let world = World::new().await;
    let (ctx, tenant) = (world.day(0), TenantId::new(world.start));
    let matched = world.sell(&ctx, tenant, eur(5_000)).await;
    let differs = world.sell(&ctx, tenant, eur(2_000)).await;
    let unheard = world.sell(&ctx, tenant, eur(3_000)).await;
    // On a day that no file covers.
    let later = world.sell(&world.day(9), tenant, eur(7_000)).await;
    for (order, name) in [
        (matched, "ch_1"),
        (differs, "ch_2"),
        (unheard, "ch_3"),
        (later, "ch_4"),
    ] {
        world.charged(order, "sandbox", name).await;
    }
    let day = ctx.now.date_naive();
    let file = format!(
        "reference,kind,gross,fee,net,currency,date\n\
         {matched},charge,50.00,1.45,48.55,EUR,{day}\n\
         {differs},charge,19.00,0.60,18.40,EUR,{day}\n\
         ch_unknown,charge,9.00,0.30,8.70,EUR,{day}\n\
         po_1,transfer,-60.00,0.25,-60.25,EUR,{day}\n"
    );
    let other = world.other();
    let (a, b) = tokio::join!(
        world.ledger.import_settlement(&ctx, "sandbox", file.as_bytes()),
        other.import_settlement(&ctx, "sandbox", file.as_bytes()),
    );
    let (a, b) = (a.expect("imported"), b.expect("imported"));
    assert_eq!((a.new + b.new, a.posted + b.posted), (4, 5), "by one of them");
    assert_eq!(
        world.accounts().await,
        balances([
            ("bank", 6_000),
            ("provider_clearing", 17_000 - 6_000 - 260),
            ("provider_fees", 260),
            ("seller_payable", -15_300),
            ("commission_revenue", -1_700),
        ])
    );
    let breaks = world.ledger.breaks(None, None, None, 100).await.expect("read");
    let mut seen: Vec<_> = breaks
        .iter()
        .map(|b| (b.kind.as_str(), b.reference.clone(), b.theirs, b.ours))
        .collect();
    seen.sort();
    assert_eq!(
        seen,
        vec![
            ("amount_differs", differs.to_string(), Some(1_900), Some(2_000)),
            ("missing_here", "ch_unknown".to_owned(), Some(900), None),
            ("missing_there", String::new(), None, Some(3_000)),
        ]
    );
    let missing = breaks.iter().find(|b| b.kind == "missing_there").expect("listed");
    assert_eq!(
        missing.entry_id,
        Some(ledger::domain::entry_id("sale", unheard.0))
    );

    let one = world.ledger.breaks(None, None, None, 1).await.expect("read");
    let rest = world
        .ledger
        .breaks(None, None, Some(&one[0].place), 100)
        .await
        .expect("read");
    assert_eq!(rest, breaks[1..]);

    // The next file repeats a line, and brings what was missing.
    let next = format!(
        "reference,kind,gross,fee,net,currency,date\n\
         {matched},charge,50.00,1.45,48.55,EUR,{day}\n\
         {unheard},charge,30.00,1,29.00,EUR,{day}\n"
    );
    let done = world
        .ledger
        .import_settlement(&ctx, "sandbox", next.as_bytes())
        .await
        .expect("imported");
    assert_eq!(
        done,
        Imported {
            lines: 2,
            new: 1,
            posted: 1
        }
    );
    assert!(
        world
            .ledger
            .breaks(Some("missing_there"), None, None, 9)
            .await
            .expect("read")
            .is_empty()
    );

    let changed = next.replace("50.00,1.45,48.55", "50.00,1.40,48.60") + "x,charge,1,0,1,EUR,2026-11-20\n";
    let refused = world
        .ledger
        .import_settlement(&ctx, "sandbox", changed.as_bytes())
        .await;
    assert!(matches!(refused, Err(Error::LineChanged { line: 2, .. })));
    assert_eq!(
        world
            .ledger
            .breaks(Some("missing_here"), None, None, 9)
            .await
            .expect("read")
            .len(),
        1,
        "nothing of it was taken"
    );
}
