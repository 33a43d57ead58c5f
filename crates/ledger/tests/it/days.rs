//! Days that are closed: nothing is posted on them any more, and no balance is another than without them.

use crate::world::{World, eur, till_client};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use kernel::{Ctx, EntryId, FixedClock, Money, TenantId, Timestamp};
use ledger::domain::Account;
use ledger::{Entry, Posting, till};
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::Duration;
use store::Scope;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 1)
        .and_then(|first| first.checked_add_days(Days::new(n)))
        .expect("a day")
}

pub fn begin(n: u64) -> Timestamp {
    day(n).and_time(NaiveTime::MIN).and_utc()
}

pub fn at(n: u64, hour: i64) -> Timestamp {
    begin(n) + TimeDelta::hours(hour)
}

async fn one<T>(owner: &mut PgConnection, sql: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    sqlx::query_scalar(sql).fetch_one(owner).await.expect("read")
}

/// The name of the constraint that refuses an entry, as the till would post it.
async fn refused(world: &World, entry: &Entry) -> Option<String> {
    let client = till_client(world.db.url()).await;
    let prepared = till::prepare(&client).await.expect("prepare");
    let mut batch = till::Entries::default();
    batch.push(entry);
    let error = till::post(&client, &prepared, &batch).await.err()?;
    let of_database = error.as_db_error()?;
    Some(of_database.constraint().unwrap_or("?").to_owned())
}

pub fn moved(id: EntryId, when: Timestamp, tenant: TenantId, amount: Money) -> Entry {
    let posting = |account, tenant, amount| Posting {
        account,
        tenant,
        amount,
    };
    let back = Money::new(-amount.amount, amount.currency);
    Entry {
        id,
        kind: "hold",
        reference: id.0,
        at: when,
        postings: vec![
            posting(Account::SellerPayable, Some(tenant), amount),
            posting(Account::SellerReserve, Some(tenant), back),
        ],
    }
}

#[tokio::test]
async fn a_closed_day_takes_no_more_entries_and_an_open_one_does() {
    let world = World::new().await;
    let shop = TenantId::new(begin(1));
    world
        .sell(&Ctx::system("test", at(1, 12)), shop, eur(1_000))
        .await;
    world
        .sell(&Ctx::system("test", at(3, 12)), shop, eur(2_000))
        .await;
    world.ledger.close_days(day(3)).await.expect("closed");

    let entry = |when| moved(EntryId::new(when), when, shop, eur(5));
    let closed = Some("entry_of_open_day".to_owned());
    let last = begin(3) - TimeDelta::microseconds(1);
    assert_eq!(refused(&world, &entry(last)).await, closed);
    assert_eq!(refused(&world, &entry(at(0, 0))).await, closed);
    // Whatever day its id is of: what it is about may be older than it.
    let old = Entry {
        id: EntryId::new(at(1, 0)),
        ..entry(begin(3))
    };
    assert_eq!(refused(&world, &old).await, None);
    let new = Entry {
        id: EntryId::new(at(3, 0)),
        ..entry(last)
    };
    assert_eq!(refused(&world, &new).await, closed);
    // Nor by way of a partition.
    let there = "insert into ledger.entry_before values ('01900000-0000-7000-8000-000000000003', 'sale', gen_random_uuid(), '2026-03-02Z')";
    let by_owner = sqlx::query(there).execute(&mut world.db.owner().await).await;
    let refusal = by_owner.expect_err("refused");
    assert_eq!(store::constraint_of(&refusal), closed.as_deref());
    assert_eq!(
        ledger::verify(&world.ledger).await.expect("verify"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn where_nothing_was_posted_nothing_is_closed() {
    let world = World::new().await;
    world.ledger.close_days(day(9)).await.expect("nothing to do");
    let shop = TenantId::new(begin(1));
    // A clock that was ahead did no harm.
    world
        .sell(&Ctx::system("test", at(1, 12)), shop, eur(1_000))
        .await;
    world.ledger.close_days(day(1)).await.expect("nothing to do");
    let boundary: String = one(
        &mut world.db.owner().await,
        "select closing_before::text from ledger.closed",
    )
    .await;
    assert_eq!(boundary, "2000-01-01");
}

#[tokio::test]
async fn who_was_posting_when_a_day_was_closed_is_waited_for() {
    let world = World::new().await;
    let shop = TenantId::new(begin(1));
    world
        .sell(&Ctx::system("test", at(0, 12)), shop, eur(1_000))
        .await;
    let mut slow = world.db.db("ledger").begin(Scope::System).await.expect("begin");
    let entry = moved(EntryId::new(at(1, 1)), at(1, 1), shop, eur(70));
    sqlx::query("insert into ledger.entry values ($1, 'hold', $1, $2)")
        .bind(entry.id)
        .bind(entry.at)
        .execute(&mut *slow)
        .await
        .expect("the day is open");

    let closing = world.ledger.close_days(day(3));
    let goes_on = async {
        // It is announced, and no sum is there yet.
        let mut owner = world.db.owner().await;
        while one::<String>(&mut owner, "select closing_before::text from ledger.closed").await
            == "2000-01-01"
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(
            refused(&world, &moved(EntryId::new(at(1, 2)), at(1, 2), shop, eur(1))).await,
            Some("entry_of_open_day".to_owned())
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(
            one::<i64>(&mut owner, "select count(*) from ledger.day_total").await,
            0
        );
        for (line, posting) in (1i16..).zip(&entry.postings) {
            assert!(line <= 2);
            assert_eq!(posting.tenant, Some(shop));
        }
        sqlx::query(
            "insert into ledger.posting values ($1, 1, 'seller_payable', $2, 'EUR', 70), ($1, 2, 'seller_reserve', $2, 'EUR', -70)",
        )
        .bind(entry.id)
        .bind(shop)
        .execute(&mut *slow)
        .await
        .expect("posted");
        slow.commit().await.expect("commit");
    };
    let (closed, ()) = tokio::join!(closing, goes_on);
    closed.expect("closed");
    let mut owner = world.db.owner().await;
    let held: i64 = one(
        &mut owner,
        "select sum(amount)::bigint from ledger.day_sum where account = 'seller_reserve' and day = '2026-03-02'",
    )
    .await;
    assert_eq!(held, -70);
    assert_eq!(
        ledger::verify(&world.ledger).await.expect("verify"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn who_began_to_post_while_it_was_announced_is_waited_for_too() {
    let world = World::new().await;
    let shop = TenantId::new(begin(1));
    world
        .sell(&Ctx::system("test", at(0, 12)), shop, eur(1_000))
        .await;
    let mut owner = world.db.owner().await;
    let mut announcing = sqlx::Connection::begin(&mut owner).await.expect("begin");
    sqlx::query("select closing_before, pg_current_xact_id()::text from ledger.closed for update")
        .execute(&mut *announcing)
        .await
        .expect("locked");
    // It comes after the one who announces, and before what that one says.
    let mut slow = world.db.db("ledger").begin(Scope::System).await.expect("begin");
    let entry = moved(EntryId::new(at(1, 1)), at(1, 1), shop, eur(70));
    sqlx::query("insert into ledger.entry values ($1, 'hold', $1, $2)")
        .bind(entry.id)
        .bind(entry.at)
        .execute(&mut *slow)
        .await
        .expect("the day is open");
    sqlx::query("update ledger.closed set closing_before = $1")
        .bind(day(3))
        .execute(&mut *announcing)
        .await
        .expect("announced");
    announcing.commit().await.expect("commit");

    let early = tokio::time::timeout(Duration::from_millis(500), world.ledger.begin_closing(day(3))).await;
    assert!(early.is_err(), "{early:?}");
    slow.commit().await.expect("commit");
    let begun = world.ledger.begin_closing(day(3)).await.expect("waited for");
    assert_eq!(begun, Some(day(3)));
}

#[tokio::test]
async fn a_closer_that_died_on_its_way_is_followed_by_any_others_at_once() {
    let world = World::new().await;
    let shop = TenantId::new(begin(1));
    for n in 0..40 {
        world.sell(&Ctx::system("test", at(n, 7)), shop, eur(100)).await;
    }
    // It announced, and made a first piece.
    let upto = world.ledger.begin_closing(day(30)).await.expect("announced");
    assert_eq!(upto, Some(day(30)));
    assert!(
        world.ledger.close_some_days(day(30)).await.expect("summed up"),
        "a week of thirty days"
    );
    let others = [world.other(), world.other(), world.other()];
    let (a, b, c) = tokio::join!(
        others[0].close_days(day(30)),
        others[1].close_days(day(35)),
        others[2].close_days(day(30)),
    );
    a.and(b).and(c).expect("closed");
    world.ledger.close_days(day(20)).await.expect("closed long ago");
    let mut owner = world.db.owner().await;
    let boundary: String = one(
        &mut owner,
        "select closing_before::text || ' ' || closed_before from ledger.closed",
    )
    .await;
    assert_eq!(boundary, format!("{} {}", day(35), day(35)));
    assert_eq!(
        ledger::verify(&world.ledger).await.expect("verify"),
        Vec::<String>::new()
    );
    let sums: i64 = one(
        &mut owner,
        "select count(*) from ledger.day_sum where account = 'seller_payable'",
    )
    .await;
    assert_eq!(sums, 35);
}

#[tokio::test]
async fn in_the_background_days_are_closed_six_hours_after_their_end() {
    let world = World::new().await;
    let shop = TenantId::new(begin(1));
    for n in 0..4 {
        world.sell(&Ctx::system("test", at(n, 1)), shop, eur(100)).await;
    }
    let boundary = "select closed_before::text from ledger.closed";
    for (now, closed_before) in [(at(3, 5), day(2)), (at(3, 6), day(3))] {
        let stop = CancellationToken::new();
        let work = ledger::work(world.other(), Arc::new(FixedClock::at(now)), stop.clone());
        let look = async {
            let mut owner = world.db.owner().await;
            while one::<String>(&mut owner, boundary).await != closed_before.to_string() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            stop.cancel();
        };
        let both = Box::pin(async { tokio::join!(work, look) });
        tokio::time::timeout(Duration::from_secs(60), both)
            .await
            .expect("closed");
    }
}

#[tokio::test]
async fn verify_names_a_closed_day_that_says_otherwise_than_its_postings() {
    let world = World::new().await;
    let shop = TenantId::new(begin(1));
    world
        .sell(&Ctx::system("test", at(1, 12)), shop, eur(1_000))
        .await;
    world.ledger.close_days(day(3)).await.expect("closed");
    let mut owner = world.db.owner().await;
    let mut spoil = async |sql: &'static str| {
        sqlx::query(sql).execute(&mut owner).await.expect("spoilt");
        ledger::verify(&world.ledger).await.expect("verify")
    };
    let total =
        spoil("update ledger.day_total set amount = amount + 1 where account = 'provider_clearing'").await;
    assert_eq!(
        total,
        [
            "the closed day 2026-03-02 says 1001 EUR of provider_clearing (sale) for all shops, its postings sum to 1000"
        ]
    );
    spoil("update ledger.day_total set amount = amount - 1 where account = 'provider_clearing'").await;
    let missing = spoil("delete from ledger.day_sum where account = 'seller_payable'").await;
    assert_eq!(
        missing,
        [format!(
            "the closed day 2026-03-02 says nothing of EUR of seller_payable (sale) for shop {shop}, its postings sum to -900"
        )]
    );
    // Opened again and closed anew, they are right.
    let reopened = spoil("select ledger.reopen('2026-03-02')").await;
    assert_eq!(reopened, Vec::<String>::new());
    world.ledger.close_days(day(3)).await.expect("closed");
    let again = spoil("select 1").await;
    assert_eq!(again, Vec::<String>::new());
}

#[tokio::test]
async fn a_shop_sees_its_own_sums_and_moves_no_boundary() {
    let world = World::new().await;
    let (shop, other) = (TenantId::new(begin(1)), TenantId::new(begin(1)));
    for tenant in [shop, other] {
        world
            .sell(&Ctx::system("test", at(1, 12)), tenant, eur(1_000))
            .await;
    }
    world.ledger.close_days(day(3)).await.expect("closed");
    let mut tx = world
        .db
        .db("ledger")
        .begin(Scope::Tenant(shop))
        .await
        .expect("begin");
    let seen: Vec<Uuid> = sqlx::query_scalar("select distinct tenant_id from ledger.day_sum")
        .fetch_all(&mut *tx)
        .await
        .expect("read");
    assert_eq!(seen, [shop.0]);
    assert_eq!(
        one::<i64>(&mut tx, "select count(*) from ledger.day_total").await,
        0
    );
    let moved = sqlx::query("update ledger.closed set closing_before = '2030-01-01'")
        .execute(&mut *tx)
        .await
        .expect("no row");
    assert_eq!(moved.rows_affected(), 0);
}

#[tokio::test]
async fn closed_days_are_summed_anew_and_what_differs_is_named() {
    let world = World::new().await;
    let shop = TenantId::new(begin(1));
    for day in [1, 1, 2] {
        world
            .sell(&Ctx::system("test", at(day, 12)), shop, eur(1_000))
            .await;
    }
    let reversed = world.sell(&Ctx::system("test", at(2, 13)), shop, eur(500)).await;
    world
        .refund(&Ctx::system("test", at(4, 13)), reversed, shop, eur(500))
        .await;
    world.ledger.close_days(day(3)).await.expect("closed");
    let replayed = ledger::replay(&world.ledger).await.expect("replayed");
    assert_eq!(
        (replayed.postings, replayed.days),
        (12, 2),
        "what is open is no sum yet"
    );
    assert_eq!(replayed.differences, []);

    let mut owner = world.db.owner().await;
    let mut spoil = async |sql: &'static str| {
        sqlx::query(sql).execute(&mut owner).await.expect("spoilt");
        let replayed = ledger::replay(&world.ledger).await.expect("replayed");
        let told = replayed.differences.iter().map(ToString::to_string);
        told.collect::<Vec<_>>()
    };
    // How many entries they are of is nothing that amounts tell.
    let counted =
        spoil("update ledger.day_sum set entries = entries + 1 where account = 'seller_payable' and day = '2026-03-02'")
            .await;
    assert_eq!(
        counted,
        [format!(
            "ledger.day_sum 2026-03-02: EUR of seller_payable of shop {shop} (sale): -1800 in 2 postings of 3 entries; \
             its postings sum to -1800 in 2 of 2 entries"
        )]
    );
    spoil("update ledger.day_sum set entries = entries - 1 where account = 'seller_payable' and day = '2026-03-02'")
        .await;
    let gone =
        spoil("delete from ledger.day_total where account = 'provider_clearing' and day = '2026-03-03'")
            .await;
    assert_eq!(
        gone,
        [
            "ledger.day_total 2026-03-03: EUR of provider_clearing (sale): nothing; its postings sum to 1500 in 2"
        ]
    );
    let invented =
        spoil("insert into ledger.day_total values ('2026-03-01', 'bank', 'EUR', 'sale', false, 7, 1)").await;
    assert_eq!(invented.len(), 2, "{invented:?}");
    assert_eq!(
        invented[0],
        "ledger.day_total 2026-03-01: EUR of bank (sale): 7 in 1 postings; its postings none"
    );
    // Nothing was changed by looking.
    spoil("select ledger.reopen('2026-03-01')").await;
    world.ledger.close_days(day(3)).await.expect("closed anew");
    assert_eq!(spoil("select 1").await, Vec::<String>::new());
}
