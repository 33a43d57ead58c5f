//! What a shop sold, was charged and was paid in a year.

use crate::world::{World, eur};
use chrono::{TimeZone, Utc};
use kernel::{Ctx, Currency, Money, TenantId};
use ledger::domain::Takings;

fn on(month: u32, day: u32) -> Ctx {
    let at = Utc.with_ymd_and_hms(2025, month, day, 12, 0, 0).single();
    Ctx::system("test", at.expect("a time"))
}

#[tokio::test]
async fn a_year_tells_each_quarter_in_each_currency_and_nothing_of_others() {
    let world = World::new().await;
    let (shop, other) = (TenantId::new(world.start), TenantId::new(world.start));
    world.sell(&on(1, 1), other, eur(7_000)).await;
    let first = world.sell(&on(1, 31), shop, eur(2_000)).await;
    world.sell(&on(3, 31), shop, eur(1_000)).await;
    world.refund(&on(4, 1), first, shop, eur(500)).await;
    world
        .sell(&on(12, 31), shop, Money::new(4_000, Currency::USD))
        .await;
    let before = Utc
        .with_ymd_and_hms(2024, 12, 31, 23, 59, 59)
        .single()
        .expect("a time");
    world.sell(&Ctx::system("test", before), shop, eur(9_000)).await;

    let years = world.ledger.year(&world.day(0), shop, 2025).await.expect("read");
    let currencies: Vec<Currency> = years.iter().map(|year| year.currency).collect();
    assert_eq!(currencies, [Currency::EUR, Currency::USD]);
    let none = Takings::none(Currency::EUR);
    let winter = Takings {
        sales: 2,
        sold: eur(3_000),
        commission: eur(300),
        ..none.clone()
    };
    let spring = Takings {
        refunds: 1,
        refunded: eur(500),
        commission: eur(-50),
        ..none.clone()
    };
    let whole = Takings {
        sales: 2,
        sold: eur(3_000),
        refunds: 1,
        refunded: eur(500),
        commission: eur(250),
        ..none.clone()
    };
    assert_eq!(years[0].quarters, [winter, spring, none.clone(), none]);
    assert_eq!(years[0].year, whole);
    assert_eq!(years[1].year.sales, 1);

    let lines = world
        .ledger
        .year_as_lines(&world.day(0), shop, 2025)
        .await
        .expect("written");
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 1 + 5 + 5);
    assert_eq!(lines[1], "2025,1,EUR,2,30.00,0,0.00,3.00,0.00,0.00,0.00");
    assert_eq!(lines[5], "2025,,EUR,2,30.00,1,5.00,2.50,0.00,0.00,0.00");
    assert_eq!(lines[10], "2025,,USD,1,40.00,0,0.00,4.00,0.00,0.00,0.00");
    for year in [1999, 9999] {
        let refused = world.ledger.year(&world.day(0), shop, year).await;
        assert!(
            matches!(refused, Err(ledger::Error::Field { field: "year", .. })),
            "{year}"
        );
    }
}

#[tokio::test]
async fn what_failed_on_its_way_to_the_bank_is_not_paid() {
    let world = World::new().await;
    let (paid, failed) = (TenantId::new(world.start), TenantId::new(world.start));
    for (shop, destination) in [(paid, "sandbox:bank"), (failed, "sandbox:closed")] {
        world.terms(&on(1, 1), shop, destination).await;
        world.sell(&on(1, 2), shop, eur(1_000)).await;
    }
    let ctx = on(3, 1);
    world.ledger.release_due(&ctx).await.expect("released");
    world.ledger.settle_due(&ctx).await.expect("made");
    world.ledger.send_due(&ctx).await.expect("sent");
    for (shop, expected) in [(paid, 900), (failed, 0)] {
        let told = world.ledger.year(&world.day(0), shop, 2025).await.expect("read");
        assert_eq!(told[0].year.paid_out, eur(expected));
    }
}
