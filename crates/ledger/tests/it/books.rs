//! Entries: balanced, never rewritten, reversed once, and read as they stood.

use crate::world::{World, balances, eur, till_client};
use chrono::TimeDelta;
use kernel::{Clock, Currency, EntryId, Money, OrderId, SystemClock, TenantId};
use ledger::domain::{SellerShare, Tendered};
use ledger::{Error, Ledger, sale, till};
use store::Cells;
use testkit::TestDb;

#[tokio::test]
async fn a_sale_is_posted_once_and_shows_in_the_balances() {
    let db = TestDb::new(&[ledger::schema()]).await;
    let client = till_client(db.url()).await;
    let now = SystemClock.now();
    let tenant = TenantId::new(now);
    let share = SellerShare {
        tenant,
        total: Money::new(5_000, Currency::EUR),
        commission: Money::new(500, Currency::EUR),
        tax: Money::zero(Currency::EUR),
        funded: Money::zero(Currency::EUR),
        sales_tax: Money::zero(Currency::EUR),
    };
    let entry = sale(OrderId::new(now), now, &[share], Tendered::default()).expect("balanced");
    let mut entries = till::Entries::default();
    entries.push(&entry);
    let prepared = till::prepare(&client).await.expect("prepare");
    till::post(&client, &prepared, &entries).await.expect("post");
    till::post(&client, &prepared, &entries)
        .await
        .expect("post again");

    let ledger = Ledger::new(Cells::single(db.url()).db("ledger").expect("url"));
    let owed: Vec<_> = ledger
        .shop_balances(tenant)
        .await
        .expect("read")
        .into_iter()
        .map(|r| (r.account, r.balance))
        .collect();
    assert_eq!(
        owed,
        vec![
            ("commission_revenue".to_owned(), -500),
            ("seller_payable".to_owned(), -4_500)
        ]
    );
    let all: i64 = ledger
        .trial_balance(now)
        .await
        .expect("read")
        .iter()
        .map(|r| r.balance)
        .sum();
    assert_eq!(all, 0);
    assert_eq!(
        ledger::verify(&ledger).await.expect("verify"),
        Vec::<String>::new()
    );
    assert!(
        ledger
            .shop_balances(TenantId::new(now))
            .await
            .expect("read")
            .is_empty(),
        "another shop sees nothing"
    );
}

#[tokio::test]
async fn postgresql_refuses_what_does_not_balance_and_any_change() {
    let world = World::new().await;
    let unbalanced = Err("posting_balanced".to_owned());
    let immutable = Err("posting_immutable".to_owned());
    for sql in [
        "insert into ledger.posting values ('01900000-0000-7000-8000-000000000001', 1, 'bank', null, 'EUR', 5)",
        // Currencies balance each on their own.
        "insert into ledger.posting values ('01900000-0000-7000-8000-000000000001', 1, 'bank', null, 'EUR', 5), ('01900000-0000-7000-8000-000000000001', 2, 'bank', null, 'USD', -5)",
        // So do entries.
        "insert into ledger.posting values ('01900000-0000-7000-8000-000000000001', 1, 'bank', null, 'EUR', 5), ('01900000-0000-7000-8000-000000000002', 1, 'bank', null, 'EUR', -5)",
    ] {
        assert_eq!(world.run(sql).await, unbalanced, "{sql}");
    }
    let balanced = "insert into ledger.posting values ('01900000-0000-7000-8000-000000000001', 1, 'bank', null, 'EUR', 5), ('01900000-0000-7000-8000-000000000001', 2, 'buyer_funds', null, 'EUR', -5)";
    assert_eq!(world.run(balanced).await, Ok(()));
    for sql in [
        "update ledger.posting set amount = 6",
        "update ledger.posting set amount = amount",
        "delete from ledger.posting",
        "update ledger.entry set kind = 'gift'",
        "delete from ledger.entry",
        "update ledger.reversal set reason = 'none'",
        "delete from ledger.reversal",
    ] {
        assert_eq!(world.run(sql).await, immutable, "{sql}");
    }

    // Nor does its owner get past by way of a partition, the one of a month to come included.
    let mut owner = world.db.owner().await;
    let mut by_owner = async |sql: &'static str| {
        let done = sqlx::query(sql).execute(&mut owner).await;
        done.map(drop)
            .map_err(|e| store::constraint_of(&e).unwrap_or("?").to_owned())
    };
    let ahead = "select store.make_month_partition('ledger.posting', 'uuid', date '2031-05-01')";
    assert_eq!(by_owner(ahead).await, Ok(()));
    let unbalanced_there = "insert into ledger.posting_before values ('01900000-0000-7000-8000-000000000003', 1, 'bank', null, 'EUR', 5)";
    assert_eq!(by_owner(unbalanced_there).await, unbalanced);
    for sql in [
        "update ledger.posting_before set amount = 6",
        "delete from ledger.posting_before",
        "truncate ledger.posting_before",
        "truncate ledger.posting_2031_05",
        "delete from ledger.entry_before",
    ] {
        assert_eq!(by_owner(sql).await, immutable, "{sql}");
    }
}

#[tokio::test]
async fn balances_are_read_as_they_stood() {
    let world = World::new().await;
    let tenant = TenantId::new(world.start);
    let order = world.sell(&world.day(0), tenant, eur(1_000)).await;
    world.sell(&world.day(1), tenant, eur(2_000)).await;
    world.refund(&world.day(2), order, tenant, eur(1_000)).await;
    let owed = async |at| -> i64 {
        let rows = world.ledger.shop_balances_at(tenant, at).await.expect("read");
        rows.iter()
            .filter(|r| r.account == "seller_payable")
            .map(|r| -r.balance)
            .sum()
    };
    let moment = TimeDelta::microseconds(1);
    assert_eq!(owed(world.day(0).now - moment).await, 0);
    assert_eq!(owed(world.day(0).now).await, 900);
    assert_eq!(owed(world.day(1).now - moment).await, 900);
    assert_eq!(owed(world.day(1).now).await, 2_700);
    assert_eq!(owed(world.day(2).now).await, 1_800);
    let before = world.ledger.trial_balance(world.day(1).now).await.expect("read");
    let clearing: Vec<i64> = before
        .iter()
        .filter(|r| r.account == "provider_clearing")
        .map(|r| r.balance)
        .collect();
    assert_eq!(clearing, vec![3_000]);
}

#[tokio::test]
async fn an_entry_is_reversed_once_whoever_asks_at_once() {
    let world = World::new().await;
    let ctx = world.day(0);
    let file = b"reference,kind,gross,fee,net,currency,date\nmonthly,fee,0,5.00,-5.00,EUR,2026-11-20\n";
    world
        .ledger
        .import_settlement(&ctx, "sandbox", file)
        .await
        .expect("imported");
    assert_eq!(
        world.accounts().await,
        balances([("provider_clearing", -500), ("provider_fees", 500)])
    );
    let mut owner = world.db.owner().await;
    let id: EntryId = sqlx::query_scalar("select id from ledger.entry")
        .fetch_one(&mut owner)
        .await
        .expect("one entry");
    let other = world.other();
    let (a, b) = tokio::join!(
        world.ledger.reverse(&ctx, id, "charged in error"),
        other.reverse(&ctx, id, "charged in error"),
    );
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    assert!(matches!(a.and(b), Err(Error::AlreadyReversed)));
    assert_eq!(world.accounts().await, balances([]));

    let order = world.sell(&ctx, TenantId::new(ctx.now), eur(100)).await;
    let sold = ledger::domain::entry_id("sale", order.0);
    let refused = world.ledger.reverse(&ctx, sold, "no").await;
    assert!(matches!(refused, Err(Error::NotReversible(kind)) if kind == "sale"));
}
