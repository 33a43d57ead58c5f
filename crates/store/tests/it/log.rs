use crate::shop::{Counted, ctx, database, new_id, publish};
use contracts::PublicEvent;
use sqlx::{Connection, Executor, PgConnection};
use std::time::Duration;
use store::log::{self, Position};
use store::{Db, Scope, Tx};
use testkit::eventually;
use uuid::Uuid;

async fn append(tx: &mut Tx, key: Uuid, number: i64) {
    log::append(tx, &ctx(), &Counted { key, number }).await.unwrap();
}

/// Numbers of the events behind `after`, and where to read on.
async fn read(db: &Db, after: Position, limit: i64) -> (Vec<i64>, Position) {
    let read = log::read_after(db, after, &[Counted::TOPIC], limit)
        .await
        .unwrap();
    let numbers = read
        .events
        .iter()
        .map(|e| e.envelope.read::<Counted>().unwrap().unwrap().number);
    (numbers.collect(), read.next)
}

/// Reads until `count` events have come: transactions of other tests' databases hold back the whole cluster's horizon.
async fn read_all(db: &Db, count: usize) -> Vec<i64> {
    eventually("all events are readable", async || {
        let (numbers, _) = read(db, Position::START, 1_000).await;
        (numbers.len() >= count).then_some(numbers)
    })
    .await
}

/// The reader that does not work: it remembers the last number it saw.
async fn plain_read(conn: &mut PgConnection, last: &mut i64) -> Vec<i64> {
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("select id, (payload->>'number')::bigint from log.event where id > $1 order by id")
            .bind(*last)
            .fetch_all(conn)
            .await
            .unwrap();
    *last = rows.last().map_or(*last, |row| row.0);
    rows.into_iter().map(|row| row.1).collect()
}

#[tokio::test]
async fn a_plain_sequence_cursor_loses_a_late_commit_and_ours_does_not() {
    let (test_db, db) = database().await;
    let mut owner = test_db.owner().await;
    let mut last = 0;

    let mut slow = db.begin(Scope::System).await.unwrap();
    append(&mut slow, new_id(), 1).await;
    let mut quick = db.begin(Scope::System).await.unwrap();
    append(&mut quick, new_id(), 2).await;
    quick.commit().await.unwrap();

    assert_eq!(plain_read(&mut owner, &mut last).await, [2]);
    let (ours, next) = read(&db, Position::START, 10).await;
    assert!(ours.is_empty(), "2 is committed, but 1 may still come before it");

    slow.commit().await.unwrap();
    assert!(
        plain_read(&mut owner, &mut last).await.is_empty(),
        "1 is lost for ever"
    );
    // One after the other, where another database's transaction keeps the second back for a moment.
    let (mut ours, mut next) = (Vec::new(), next);
    while ours.len() < 2 {
        let (numbers, after) = eventually("the late one is readable too", async || {
            let (numbers, after) = read(&db, next, 10).await;
            (!numbers.is_empty()).then_some((numbers, after))
        })
        .await;
        ours.extend(numbers);
        next = after;
    }
    assert_eq!(ours, [1, 2]);
}

#[tokio::test]
async fn who_waited_for_a_lock_comes_after_its_holder_even_with_an_older_transaction() {
    let (test_db, db) = database().await;
    let mut owner = test_db.owner().await;
    let (key, lock) = (new_id(), 7_i64);

    // The waiter gets its transaction id first, then a bystander, then the holder of the lock.
    let mut waiter = db.begin(Scope::System).await.unwrap();
    append(&mut waiter, new_id(), 10).await;
    let mut bystander = db.begin(Scope::System).await.unwrap();
    append(&mut bystander, new_id(), 20).await;
    let mut holder = db.begin(Scope::System).await.unwrap();
    let take = "select pg_advisory_xact_lock($1)";
    sqlx::query(take).bind(lock).execute(&mut *holder).await.unwrap();
    append(&mut holder, key, 1).await;

    let wait = async {
        sqlx::query(take).bind(lock).execute(&mut *waiter).await.unwrap();
        append(&mut waiter, key, 2).await;
        waiter.commit().await.unwrap();
    };
    let release = async {
        eventually("the waiter waits", async || {
            let mut conn = test_db.owner().await;
            let waiting: bool = sqlx::query_scalar(
                "select exists (select from pg_locks l join pg_database d on d.oid = l.database
                  where d.datname = current_database() and l.locktype = 'advisory' and not l.granted)",
            )
            .fetch_one(&mut conn)
            .await
            .unwrap();
            waiting.then_some(())
        })
        .await;
        holder.commit().await.unwrap();
    };
    tokio::join!(wait, release);

    // The plain transaction ids would tell it the other way round.
    let plain: Vec<i64> = sqlx::query_scalar(
        "select (payload->>'number')::bigint from log.event where key = $1 order by xmin::text::bigint",
    )
    .bind(key)
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert_eq!(plain, [2, 1]);

    bystander.commit().await.unwrap();
    let numbers = read_all(&db, 4).await;
    let of_key: Vec<i64> = numbers.into_iter().filter(|n| *n < 10).collect();
    assert_eq!(of_key, [1, 2]);
}

#[tokio::test]
async fn an_event_is_readable_once_nothing_older_runs_without_any_further_write() {
    let (_test_db, db) = database().await;
    let mut early = db.begin(Scope::System).await.unwrap();
    append(&mut early, new_id(), 1).await;
    // A later transaction ends first, so the second event of the early one is placed behind it.
    publish(&db, new_id(), 2).await;
    append(&mut early, new_id(), 3).await;
    early.commit().await.unwrap();
    assert_eq!(read_all(&db, 3).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_rolled_back_event_is_never_seen() {
    let (_test_db, db) = database().await;
    let mut undone = db.begin(Scope::System).await.unwrap();
    append(&mut undone, new_id(), 1).await;
    undone.rollback().await.unwrap();
    publish(&db, new_id(), 2).await;
    assert_eq!(read_all(&db, 1).await, [2]);
}

#[tokio::test]
async fn reading_goes_on_where_it_stopped_and_skips_what_cannot_match() {
    let (_test_db, db) = database().await;
    for number in 1..=5 {
        publish(&db, new_id(), number).await;
    }
    assert_eq!(read_all(&db, 5).await, [1, 2, 3, 4, 5]);
    let (first, next) = read(&db, Position::START, 2).await;
    let (second, next) = read(&db, next, 2).await;
    let (third, next) = read(&db, next, 2).await;
    assert_eq!([first, second, third], [vec![1, 2], vec![3, 4], vec![5]]);
    assert!(read(&db, next, 2).await.0.is_empty());

    let nothing = log::read_after(&db, Position::START, &["shop.renamed"], 10)
        .await
        .unwrap();
    assert!(nothing.events.is_empty());
    assert!(
        nothing.next >= next,
        "the next read need not pass over these five again"
    );
    publish(&db, new_id(), 6).await;
    let numbers = eventually("the sixth is readable", async || {
        let (numbers, _) = read(&db, nothing.next, 10).await;
        (!numbers.is_empty()).then_some(numbers)
    })
    .await;
    assert_eq!(numbers, [6]);
}

/// Appends many events of twenty topics in one transaction.
async fn burst(conn: &mut PgConnection, first: i32, last: i32) {
    sqlx::query(
        "insert into log.event (event_id, topic, version, key, payload, actor, correlation_id)
         select gen_random_uuid(), 'topic' || n % 20, 1, gen_random_uuid(), '{}', '{}', gen_random_uuid()
           from generate_series($1, $2) n",
    )
    .bind(first)
    .bind(last)
    .execute(conn)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_batch_touches_few_events_even_when_statistics_know_nothing_of_the_newest() {
    let (test_db, _db) = database().await;
    let mut owner = test_db.owner().await;
    burst(&mut owner, 1, 20_000).await;
    burst(&mut owner, 20_001, 20_010).await;
    owner.execute("analyze log.event").await.unwrap();
    burst(&mut owner, 20_011, 26_000).await;
    burst(&mut owner, 26_001, 32_000).await;
    let readable = "select count(*) from log.event where xid < pg_snapshot_xmin(pg_current_snapshot())";
    eventually("all are readable", async || {
        let mut conn = test_db.owner().await;
        let count: i64 = sqlx::query_scalar(readable).fetch_one(&mut conn).await.unwrap();
        (count == 32_000).then_some(())
    })
    .await;

    let after: String = sqlx::query_scalar("select max(xid)::text from log.event where id <= 20010")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    let mut tx = owner.begin().await.unwrap();
    let found: i64 =
        sqlx::query_scalar("select count(*) from log.read_after($1::text::xid8, 20010, '{topic1}', 100)")
            .bind(after)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
    let touched: i64 = sqlx::query_scalar(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_xact_all_tables where schemaname = 'log'",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    assert_eq!(found, 100);
    // Every twentieth is ours.
    assert!(touched <= 2_200, "{touched} touched for 100 of 12,000");
}

/// Appends events of one topic in one transaction.
async fn tell(conn: &mut PgConnection, topic: &str, count: i32) {
    sqlx::query(
        "insert into log.event (event_id, topic, version, key, payload, actor, correlation_id)
         select gen_random_uuid(), $1, 1, gen_random_uuid(), '{}', '{\"kind\": \"anonymous\"}', gen_random_uuid()
           from generate_series(1, $2)",
    )
    .bind(topic)
    .bind(count)
    .execute(conn)
    .await
    .unwrap();
    log::wake();
}

/// All events of a topic behind `after` in the order of the log, by the database itself.
async fn in_order(db: &Db, after: Position, topic: &str, count: usize) -> Vec<Position> {
    eventually("all are readable", async || {
        let read = log::read_after(db, after, &[topic], 100_000).await.unwrap();
        let places: Vec<Position> = read.events.iter().map(|event| event.position).collect();
        (places.len() == count).then_some(places)
    })
    .await
}

/// Reads on as readers of a process do, until `count` events have come.
async fn follow(db: &Db, next: &mut Position, topic: &'static str, count: usize) -> Vec<Position> {
    let mut places = Vec::new();
    let following = async {
        while places.len() < count {
            let woken = log::woken(Duration::from_millis(50));
            let read = log::follow(db, *next, &[topic], 100).await.unwrap();
            *next = read.next;
            places.extend(read.events.iter().map(|event| event.position));
            if read.events.is_empty() {
                woken.await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), following)
        .await
        .expect("all are followed");
    places
}

#[tokio::test]
async fn who_follows_misses_nothing_of_what_comes_all_at_once() {
    let (test_db, db) = database().await;
    let mut owner = test_db.owner().await;
    let start = log::end(&db).await.unwrap();
    let (mut next, mut followed) = (start, Vec::new());
    // Few at a time, then more than all readers together are given, then few again.
    for count in [3, 50, 5_000, 3] {
        tell(&mut owner, "shop.told", count).await;
        let count = usize::try_from(count).unwrap();
        followed.extend(follow(&db, &mut next, "shop.told", count).await);
    }
    assert_eq!(followed, in_order(&db, start, "shop.told", 5_056).await);
}

#[tokio::test]
async fn all_followers_get_each_event_of_their_topic_in_the_order_of_the_log() {
    let (test_db, db) = database().await;
    let mut owner = test_db.owner().await;
    let start = log::end(&db).await.unwrap();
    let mut next = [start; 3];
    let [first, second, other] = &mut next;
    let writing = async {
        for count in (0..60).map(|n| n % 3 * 40 + 20) {
            tell(&mut owner, "shop.told", count).await;
            tell(&mut owner, "shop.said", 20).await;
        }
    };
    let (first, second, other, ()) = tokio::join!(
        follow(&db, first, "shop.told", 3_600),
        follow(&db, second, "shop.told", 3_600),
        follow(&db, other, "shop.said", 1_200),
        writing
    );
    assert_eq!(first, in_order(&db, start, "shop.told", 3_600).await);
    assert_eq!(second, first);
    assert_eq!(other, in_order(&db, start, "shop.said", 1_200).await);
}
