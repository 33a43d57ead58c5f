use crate::shop::{ctx, database, new_id, now, publish};
use chrono::{Datelike, Months};
use futures::future::join_all;
use kernel::{Timestamp, uuid_at, uuid_floor};
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use store::migrate;
use store::streams::{StreamRows, Streams};

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Happened;

impl store::streams::StreamEvent for Happened {
    fn name(&self) -> &'static str {
        "happened"
    }
}

/// The tables in which the rows of `table` lie.
async fn homes(conn: &mut PgConnection, table: &'static str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(format!(
        "select distinct tableoid::regclass::text from {table} order by 1"
    )))
    .fetch_all(conn)
    .await
    .unwrap()
}

fn name(table: &str, at: Timestamp) -> String {
    format!("{table}_{:04}_{:02}", at.year(), at.month())
}

#[tokio::test]
async fn rows_lie_in_the_partition_of_their_month() {
    let (test_db, db) = database().await;
    let mut owner = test_db.owner().await;
    let (this_month, next_month, long_ago) = (now(), now() + Months::new(1), now() - Months::new(14));
    let mut rows = StreamRows::new();
    for at in [this_month, next_month, long_ago] {
        rows.push(&ctx(), uuid_at(at), 0, &[Happened]).unwrap();
    }
    Streams::new("shop").append_rows(&mut owner, &rows).await.unwrap();
    let mut expected = [
        name("shop.event", this_month),
        name("shop.event", next_month),
        "shop.event_before".to_owned(),
    ];
    expected.sort();
    assert_eq!(homes(&mut owner, "shop.event").await, expected);

    publish(&db, new_id(), 1).await;
    assert_eq!(homes(&mut owner, "log.event").await, [name("log.event", now())]);
}

#[tokio::test]
async fn a_stream_is_looked_for_in_one_partition() {
    let (test_db, _db) = database().await;
    let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "explain select * from shop.event where stream_id = '{}' order by version",
        new_id()
    )))
    .fetch_all(&mut test_db.owner().await)
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(
        plan.contains(&name("event", now())) && !plan.contains("event_before"),
        "{plan}"
    );
}

#[tokio::test]
async fn bounds_in_the_database_are_those_of_our_ids() {
    let (test_db, _db) = database().await;
    for at in [
        now(),
        "2030-02-28T23:59:59.999Z".parse().unwrap(),
        "1999-12-31T00:00:00Z".parse().unwrap(),
    ] {
        let floor: uuid::Uuid = sqlx::query_scalar("select store.uuid_floor($1)")
            .bind(at)
            .fetch_one(&mut test_db.owner().await)
            .await
            .unwrap();
        assert_eq!(floor, uuid_floor(at));
    }
}

#[tokio::test]
async fn partitions_are_made_ahead_once_however_many_do_it_at_once() {
    let (test_db, _db) = database().await;
    let mut owner = test_db.owner().await;
    let count =
        "select count(*) from pg_inherits where inhparent in ('shop.event'::regclass, 'log.event'::regclass)";
    let before: i64 = sqlx::query_scalar(count).fetch_one(&mut owner).await.unwrap();
    assert_eq!(before, 2 * 5, "what came before, this month and three more");
    let last = now() + Months::new(3);
    for table in ["shop.event", "log.event"] {
        owner
            .execute(AssertSqlSafe(format!("drop table {}", name(table, last))))
            .await
            .unwrap();
    }
    let outcomes = join_all((0..8).map(|_| async {
        let mut conn = test_db.owner().await;
        migrate::partition_ahead(&mut conn).await
    }))
    .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let after: i64 = sqlx::query_scalar(count).fetch_one(&mut owner).await.unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn partitions_are_made_while_the_table_is_read_and_written() {
    let (test_db, db) = database().await;
    let mut owner = test_db.owner().await;
    let last = name("shop.event", now() + Months::new(3));
    owner
        .execute(AssertSqlSafe(format!("drop table {last}")))
        .await
        .unwrap();

    let mut busy = test_db.owner().await;
    busy.execute("begin; select count(*) from shop.event")
        .await
        .unwrap();
    let mut rows = StreamRows::new();
    rows.push(&ctx(), uuid_at(now()), 0, &[Happened]).unwrap();
    Streams::new("shop").append_rows(&mut busy, &rows).await.unwrap();
    owner.execute("set lock_timeout = '2s'").await.unwrap();
    migrate::partition_ahead(&mut owner).await.unwrap();
    busy.execute("commit").await.unwrap();

    let mut later = StreamRows::new();
    later
        .push(&ctx(), uuid_at(now() + Months::new(3)), 0, &[Happened])
        .unwrap();
    Streams::new("shop")
        .append_rows(&mut owner, &later)
        .await
        .unwrap();
    assert!(homes(&mut owner, "shop.event").await.contains(&last));
    drop(db);
}
