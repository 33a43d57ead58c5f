//! What was searched for, as it is summed up by day: never anything else than what the notes say.

use crate::corpus::words;
use crate::world::{Running, World, append, listing, product_id, shop_id, test_db};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use contracts::orders::{OrderConfirmed, SoldProduct};
use contracts::search::Click;
use contracts::search::tuning::{PositionReport, QueryReport, SearchReport};
use kernel::{CartId, Clock, Ctx, Currency, Money, OrderId, SearchId, SystemClock, Timestamp};
use search::{Desk, Searches};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::Scope;
use testkit::{TestDb, eventually};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const BOWLS: u32 = 26;
const PRODUCTS: u32 = 29;

fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap()
}

/// The same numbers in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(sides)).unwrap()
    }

    fn minutes(&mut self, days: u32) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.roll(days * 24 * 60)))
    }
}

/// People who search and click, at whatever time.
struct Story<'a> {
    test: &'a TestDb,
    searches: Searches,
    desk: Desk,
    dice: Dice,
    today: NaiveDate,
    made: Vec<(SearchId, Timestamp)>,
    clicked: BTreeSet<(Uuid, u32)>,
}

impl Story<'_> {
    fn day(&self, ago: i64) -> Timestamp {
        midnight(self.today) - TimeDelta::days(ago)
    }

    async fn search_at(&mut self, at: Timestamp) -> SearchId {
        let n = self.dice.roll(70);
        let q = match self.dice.roll(5) {
            0 => "Blue  bowl".to_owned(),
            1 => "lamp".to_owned(),
            2 => "zzyzx".to_owned(),
            3 => format!("zzyzx {n}"),
            _ => format!("bowl {n}"),
        };
        let page = self.searches.find_for(&Ctx::system("test", at), words(&q)).await;
        let search = page.unwrap().search.expect("noted");
        self.made.push((search, at));
        search
    }

    fn click(&mut self, search: SearchId, cart: Option<CartId>, at: Timestamp) {
        let n = self.dice.roll(PRODUCTS);
        let click = Click {
            search,
            product: product_id(n),
            position: 1 + n,
            cart,
        };
        self.searches.click(click, at).unwrap();
        self.clicked.insert((search.0, n));
    }

    /// Some search on days from `ago` on, and some of all searches there are are clicked, at once or days later.
    async fn go_on(&mut self, searches: u32, ago: i64, days: u32) {
        for _ in 0..searches {
            let at = self.day(ago) + self.dice.minutes(days);
            self.search_at(at).await;
        }
        // The first and the last moment of a day are of it.
        self.search_at(self.day(ago)).await;
        self.search_at(self.day(ago) - TimeDelta::microseconds(1)).await;
        for _ in 0..searches {
            let of = self.dice.roll(u32::try_from(self.made.len()).unwrap());
            let (search, at) = self.made[usize::try_from(of).unwrap()];
            let later = self.dice.minutes(3);
            self.click(search, None, at + later);
        }
        let (test, searched, clicked) = (self.test, self.made.len(), self.clicked.len());
        eventually("all of it is noted", async || {
            let noted: (i64, i64) = sqlx::query_as(
                "select (select count(*) from search.searched), (select count(*) from search.clicked)",
            )
            .fetch_one(&mut test.owner().await)
            .await
            .unwrap();
            (noted == (searched as i64, clicked as i64)).then_some(())
        })
        .await;
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(&mut self.test.owner().await)
            .await
            .unwrap()
    }

    async fn stale(&self) -> i64 {
        self.number("select count(*) from search.days_stale").await
    }

    async fn sum_up(&self, today: NaiveDate) {
        while self.desk.sum_up_days(today).await.unwrap() {}
    }

    /// Whatever the days and whenever they are asked for.
    async fn is_as_notes_say(&self, when: &str) {
        let mut owner = self.test.owner().await;
        for ago in -1..7 {
            for time in [0, 13 * 60 + 7] {
                for days in [1, 2, 5, 90] {
                    let now = self.day(ago) + TimeDelta::minutes(time);
                    let told = self.desk.report(&Ctx::system("test", now), days).await;
                    let plain = plain(&mut owner, now - TimeDelta::days(i64::from(days))).await;
                    assert_eq!(told.unwrap(), plain, "{when}: {days} days until {now}");
                }
            }
        }
        assert_eq!(
            search::verify(&self.desk).await.unwrap(),
            Vec::<String>::new(),
            "{when}"
        );
    }
}

/// The same without any sums.
async fn plain(owner: &mut PgConnection, from: Timestamp) -> SearchReport {
    let (searches, clicked, without_results): (i64, i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where exists (select from search.clicked c where c.search_id = s.id)),
                count(*) filter (where results = 0)
           from search.searched s where at >= $1",
    )
    .bind(from)
    .fetch_one(&mut *owner)
    .await
    .unwrap();
    let top = list(owner, "order by searches desc, words", from).await;
    let rest = "having count(*) filter (where results = 0) > 0 order by without_results desc, words";
    let unanswered = list(owner, rest, from).await;
    let positions: Vec<(i32, i64, i64)> = sqlx::query_as(
        "select p.place, (select count(*) from search.searched where at >= $1 and results >= p.place),
                (select count(*) from search.clicked where at >= $1 and position = p.place)
           from generate_series(1, 24) as p (place) order by p.place",
    )
    .bind(from)
    .fetch_all(&mut *owner)
    .await
    .unwrap();
    let positions = positions
        .into_iter()
        .map(|(position, shown, clicks)| PositionReport {
            position: u32::try_from(position).unwrap(),
            shown: count(shown),
            clicks: count(clicks),
        })
        .collect();
    SearchReport {
        from,
        searches: count(searches),
        clicked: count(clicked),
        without_results: count(without_results),
        top,
        unanswered,
        positions,
    }
}

async fn list(owner: &mut PgConnection, rest: &str, from: Timestamp) -> Vec<QueryReport> {
    let sql = format!(
        "select words, count(*) as searches, count(*) filter (where results = 0) as without_results,
                count(*) filter (where exists (select from search.clicked c where c.search_id = s.id)),
                count(*) filter (where exists (select from search.ordered o where o.search_id = s.id))
           from search.searched s where at >= $1 group by words {rest} limit 50"
    );
    let rows: Vec<(String, i64, i64, i64, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(from)
        .fetch_all(owner)
        .await
        .unwrap();
    rows.into_iter()
        .map(
            |(words, searches, without_results, clicked, ordered)| QueryReport {
                words,
                searches: count(searches),
                without_results: count(without_results),
                clicked: count(clicked),
                ordered: count(ordered),
            },
        )
        .collect()
}

#[tokio::test]
async fn the_report_says_what_the_notes_say_whatever_is_summed_up() {
    let (test, world) = (test_db().await, World::new());
    let db = test.db(search::CONTEXT);
    for n in 0..PRODUCTS {
        world.keep(listing(n, if n < BOWLS { "Blue bowl" } else { "Red lamp" }), 1);
    }
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(u64::from(PRODUCTS)).await;
    let today = SystemClock.now().date_naive();
    let mut story = Story {
        test: &test,
        searches: running.searches.clone(),
        desk: Desk::new(db.clone(), running.searches.clone()),
        dice: Dice(0x5eed_cafe),
        today,
        made: Vec::new(),
        clicked: BTreeSet::new(),
    };
    let stop = CancellationToken::new();
    let recording = search::record(
        running.searches.clone(),
        db.clone(),
        Arc::new(SystemClock),
        stop.clone(),
    );
    let converting = search::follow_orders(db.clone(), stop.clone());
    let telling = async {
        story.go_on(120, 5, 4).await;
        story.is_as_notes_say("nothing is summed up").await;
        story.sum_up(today - TimeDelta::days(2)).await;
        assert_eq!(story.stale().await, 0);
        assert!(
            story
                .number("select count(distinct day) from search.words_day")
                .await
                >= 3
        );
        story.is_as_notes_say("some days are summed up").await;

        // On days that are summed up, and on others.
        story.go_on(80, 5, 6).await;
        assert!(story.stale().await >= 3, "days before the last two");
        story.is_as_notes_say("notes came late").await;
        story.sum_up(today).await;
        assert_eq!(story.stale().await, 0);
        story.is_as_notes_say("all that is over is summed up").await;

        // An order of today is of the day of its search.
        let (search, cart) = (story.made[0].0, CartId::new(SystemClock.now()));
        let before = story.clicked.len();
        while story.clicked.len() == before {
            story.click(search, Some(cart), SystemClock.now() - TimeDelta::minutes(1));
        }
        story.go_on(1, 0, 1).await;
        story.sum_up(today).await;
        let confirmed = |n| OrderConfirmed {
            cart: Some(cart),
            order: OrderId::new(SystemClock.now()),
            buyer: None,
            total: Money::new(1500, Currency::EUR),
            tenants: vec![shop_id()],
            sold: vec![SoldProduct {
                product: product_id(n),
                units: 1,
            }],
        };
        let orders: Vec<OrderConfirmed> = (0..PRODUCTS).map(confirmed).collect();
        append(&db, &orders).await;
        eventually("the order is told", async || {
            (story.number("select count(*) from search.ordered").await >= 1).then_some(())
        })
        .await;
        assert_eq!(story.stale().await, 1, "the day of the search");
        story.is_as_notes_say("an order came late").await;
        story.sum_up(today).await;
        assert_eq!(story.stale().await, 0);
        story.is_as_notes_say("it is summed up").await;
        assert!(
            story
                .number("select sum(ordered)::bigint from search.words_day")
                .await
                >= 1
        );
        stop.cancel();
    };
    futures::join!(recording, converting, telling);
    running.stop().await;

    // Sums that say anything else are found out, until their day is to be summed up once more.
    let mut owner = test.owner().await;
    for sql in [
        "update search.words_day set clicked = clicked + 1 where day = (select min(day) from search.words_day)",
        "delete from search.places_day where day = (select min(day) from search.places_day)",
    ] {
        sqlx::query(sql).execute(&mut owner).await.unwrap();
    }
    let found = search::verify(&story.desk).await.unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    sqlx::query("insert into search.days_stale (day) select distinct day from search.words_day")
        .execute(&mut owner)
        .await
        .unwrap();
    story.is_as_notes_say("all is to be summed up once more").await;
    story.sum_up(today).await;
    assert_eq!(story.stale().await, 0);
    story.is_as_notes_say("all was").await;
}

const NOTE: &str = "insert into search.searched (id, at, words, filters, results) values (gen_random_uuid(), $1, 'olive', '{}', 3)";

#[tokio::test]
async fn whoever_sums_up_waits_for_those_who_write() {
    let test = test_db().await;
    let db = test.db(search::CONTEXT);
    let desk = Desk::new(db.clone(), Searches::new());
    let today = SystemClock.now().date_naive();
    let mut tx = db.begin(Scope::System).await.unwrap();
    sqlx::query(NOTE)
        .bind(midnight(today) - TimeDelta::hours(1))
        .execute(&mut *tx)
        .await
        .unwrap();
    // As those who write do at the end: the day is not summed up yet, and so is not marked.
    sqlx::query("select pg_advisory_xact_lock_shared(hashtextextended('search.days_summed', 0))")
        .execute(&mut *tx)
        .await
        .unwrap();
    let writing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        tx.commit().await.unwrap();
    };
    let (summed, ()) = futures::join!(desk.sum_up_days(today), writing);
    assert!(!summed.unwrap());
    let searches: i64 = sqlx::query_scalar("select sum(searches)::bigint from search.words_day")
        .fetch_one(&mut test.owner().await)
        .await
        .unwrap();
    assert_eq!(searches, 1);
    assert_eq!(search::verify(&desk).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn sums_go_with_the_notes_that_they_sum_up() {
    let test = test_db().await;
    let db = test.db(search::CONTEXT);
    let desk = Desk::new(db.clone(), Searches::new());
    let mut owner = test.owner().await;
    let today = SystemClock.now().date_naive();
    let at = |ago: i64| midnight(today) - TimeDelta::days(ago) + TimeDelta::hours(1);
    for ago in [100, 92, 80, 1] {
        sqlx::query(NOTE).bind(at(ago)).execute(&mut owner).await.unwrap();
    }
    while desk.sum_up_days(today).await.unwrap() {}
    let days = async |sql: &'static str| -> Vec<NaiveDate> {
        sqlx::query_scalar(sql)
            .fetch_all(&mut test.owner().await)
            .await
            .unwrap()
    };
    let summed = "select day from search.words_day order by day";
    assert_eq!(
        days(summed).await,
        [100, 92, 80, 1].map(|ago| at(ago).date_naive())
    );
    let stop = CancellationToken::new();
    let sweeping = search::record(Searches::new(), db, Arc::new(SystemClock), stop.clone());
    let waiting = async {
        let noted = "select (at at time zone 'UTC')::date from search.searched order by at";
        eventually("old notes are gone", async || {
            (days(noted).await.len() == 2).then_some(())
        })
        .await;
        stop.cancel();
    };
    futures::join!(sweeping, waiting);
    assert_eq!(days(summed).await, [80, 1].map(|ago| at(ago).date_naive()));
    assert_eq!(search::verify(&desk).await.unwrap(), Vec::<String>::new());
    // What is said of a day that is gone is not summed up from what is left of it.
    sqlx::query("insert into search.days_stale (day) values ($1)")
        .bind(at(92).date_naive())
        .execute(&mut owner)
        .await
        .unwrap();
    assert!(!desk.sum_up_days(today).await.unwrap());
    assert_eq!(days(summed).await.len(), 2);
}
