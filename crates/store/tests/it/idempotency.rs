use crate::shop::{database, now};
use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Timestamp;
use serde_json::json;
use std::time::Duration;
use store::idempotency::{self, Claim, Leased};
use store::{Db, Scope, constraint_of};
use testkit::eventually;

/// A call under a key: its work is one row in `shop.seen`.
async fn call(db: &Db, key: &str, request: &[u8], now: Timestamp) -> Claim {
    let mut tx = db.begin(Scope::System).await.unwrap();
    let claim = idempotency::claim(&mut tx, "buyer 1", key, request, now)
        .await
        .unwrap();
    if claim == Claim::New {
        let number: i64 = sqlx::query_scalar(
            "insert into shop.seen (event_id, key, number) values (gen_random_uuid(), gen_random_uuid(), 1) returning place",
        )
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        idempotency::record(&mut tx, "buyer 1", key, 201, &json!({ "order": number }))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    claim
}

async fn effects(db: &Db) -> i64 {
    sqlx::query_scalar("select count(*) from shop.seen")
        .fetch_one(db.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn of_twenty_calls_with_one_key_one_works_and_nineteen_are_told_its_answer() {
    let (_test_db, db) = database().await;
    let now = now();
    let claims = join_all((0..20).map(|_| call(&db, "k", b"a", now))).await;
    let answer = Claim::Replay {
        status: 201,
        body: json!({ "order": 1 }),
    };
    assert_eq!(claims.iter().filter(|c| **c == Claim::New).count(), 1);
    assert_eq!(claims.iter().filter(|c| **c == answer).count(), 19);
    assert_eq!(effects(&db).await, 1);
}

#[tokio::test]
async fn a_key_used_for_another_request_is_a_mismatch() {
    let (_test_db, db) = database().await;
    assert_eq!(call(&db, "k", b"a", now()).await, Claim::New);
    assert_eq!(call(&db, "k", b"b", now()).await, Claim::Mismatch);
    assert_eq!(call(&db, "other", b"b", now()).await, Claim::New);
    assert_eq!(effects(&db).await, 2);
}

#[tokio::test]
async fn work_that_is_rolled_back_frees_its_key_for_who_waits() {
    let (_test_db, db) = database().await;
    let mut failing = db.begin(Scope::System).await.unwrap();
    let claim = idempotency::claim(&mut failing, "buyer 1", "k", b"a", now())
        .await
        .unwrap();
    assert_eq!(claim, Claim::New);
    let fail = async {
        eventually("the second waits", async || {
            let waiting: i64 = sqlx::query_scalar("select count(*) from pg_locks where not granted")
                .fetch_one(db.pool())
                .await
                .unwrap();
            (waiting > 0).then_some(())
        })
        .await;
        failing.rollback().await.unwrap();
    };
    let (second, ()) = tokio::join!(call(&db, "k", b"a", now()), fail);
    assert_eq!(second, Claim::New);
    assert_eq!(effects(&db).await, 1);
}

#[tokio::test]
async fn an_expired_key_is_as_good_as_new_even_for_twenty_at_once() {
    let (_test_db, db) = database().await;
    let today = now();
    call(&db, "k", b"a", today).await;
    let almost = today + TimeDelta::hours(24) - TimeDelta::seconds(1);
    assert!(matches!(call(&db, "k", b"a", almost).await, Claim::Replay { .. }));
    let tomorrow = today + TimeDelta::hours(24);
    let claims = join_all((0..20).map(|_| call(&db, "k", b"b", tomorrow))).await;
    assert_eq!(claims.iter().filter(|c| **c == Claim::New).count(), 1);
    assert_eq!(
        claims
            .iter()
            .filter(|c| matches!(c, Claim::Replay { .. }))
            .count(),
        19
    );
    assert_eq!(effects(&db).await, 2);
}

#[tokio::test]
async fn purging_forgets_what_has_expired_and_nothing_else() {
    let (_test_db, db) = database().await;
    let today = now();
    for key in ["a", "b", "c"] {
        call(&db, key, b"a", today).await;
    }
    call(&db, "d", b"a", today + TimeDelta::hours(1)).await;
    let mut conn = db.pool().acquire().await.unwrap();
    let tomorrow = today + TimeDelta::hours(24);
    assert_eq!(idempotency::purge(&mut conn, tomorrow, 2).await.unwrap(), 2);
    assert_eq!(idempotency::purge(&mut conn, tomorrow, 2).await.unwrap(), 1);
    assert_eq!(idempotency::purge(&mut conn, tomorrow, 2).await.unwrap(), 0);
    assert!(matches!(
        call(&db, "d", b"a", tomorrow).await,
        Claim::Replay { .. }
    ));
}

#[tokio::test]
async fn a_claim_without_an_answer_cannot_be_committed() {
    let (_test_db, db) = database().await;
    let mut tx = db.begin(Scope::System).await.unwrap();
    idempotency::claim(&mut tx, "buyer 1", "k", b"a", now())
        .await
        .unwrap();
    let error = tx.commit().await.unwrap_err();
    assert_eq!(constraint_of(&error), Some("idempotency_key_answered"));

    let mut tx = db.begin(Scope::System).await.unwrap();
    let unclaimed = idempotency::record(&mut tx, "buyer 1", "k", 200, &json!({})).await;
    assert!(unclaimed.is_err(), "an answer needs a claim");
}

/// A lease of `key` for a minute.
async fn lease(db: &Db, now: Timestamp) -> (Leased, Timestamp) {
    let ends = now + TimeDelta::seconds(60);
    let mut conn = db.pool().acquire().await.unwrap();
    let leased = idempotency::lease(&mut conn, "buyer 1", "k", b"a", now, ends)
        .await
        .unwrap();
    (leased, ends)
}

#[tokio::test]
async fn a_holder_who_comes_too_late_does_not_touch_the_next_ones_key() {
    let (_test_db, db) = database().await;
    let start = now();
    let (first, firsts_end) = lease(&db, start).await;
    assert_eq!(first, Leased::New);
    assert_eq!(
        lease(&db, start + TimeDelta::seconds(59)).await.0,
        Leased::UnderWay
    );
    let later = start + TimeDelta::seconds(61);
    let (second, seconds_end) = lease(&db, later).await;
    assert_eq!(second, Leased::New);

    let mut conn = db.pool().acquire().await.unwrap();
    idempotency::finish(&mut conn, "buyer 1", "k", firsts_end, &json!("late"))
        .await
        .unwrap();
    idempotency::release(&mut conn, "buyer 1", "k", firsts_end)
        .await
        .unwrap();
    assert_eq!(lease(&db, later).await.0, Leased::UnderWay);

    idempotency::finish(&mut conn, "buyer 1", "k", seconds_end, &json!("the answer"))
        .await
        .unwrap();
    idempotency::release(&mut conn, "buyer 1", "k", seconds_end)
        .await
        .unwrap();
    let day_after = later + TimeDelta::seconds(3_600);
    assert_eq!(lease(&db, day_after).await.0, Leased::Replay(json!("the answer")));
}
