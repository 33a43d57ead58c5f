//! What the other tests stand on.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, what fails should panic; clippy does not see that helpers are part of tests"
)]

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use kernel::Clock;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testkit::{Client, TestDb, clock, eventually, spawn_router};

#[tokio::test]
async fn each_database_is_migrated_alone_and_gone_afterwards() {
    let (a, b) = tokio::join!(TestDb::new(&[]), TestDb::new(&[]));
    a.owner()
        .await
        .execute("create table only_in_a (id int)")
        .await
        .unwrap();
    let machinery: bool = sqlx::query_scalar(
        "select to_regclass('log.event') is not null and to_regclass('only_in_a') is null",
    )
    .fetch_one(&mut b.owner().await)
    .await
    .unwrap();
    assert!(machinery);

    let (url, kept_open) = (a.url().to_owned(), a.owner().await);
    drop(a);
    let gone = PgConnection::connect(&url).await.unwrap_err();
    let code = gone
        .as_database_error()
        .and_then(|e| e.code())
        .unwrap()
        .into_owned();
    assert_eq!(
        code, "3D000",
        "there is no such database, although somebody was connected"
    );
    drop(kept_open);
}

#[tokio::test]
async fn a_database_can_be_dropped_in_a_runtime_of_any_kind() {
    let db = TestDb::new(&[]).await;
    let url = db.url().to_owned();
    tokio::task::spawn_blocking(move || drop(db)).await.unwrap();
    assert!(PgConnection::connect(&url).await.is_err());
}

#[tokio::test]
async fn the_client_sends_and_reads_json_headers_and_tokens() {
    let echo = async |headers: HeaderMap, Json(body): Json<Value>| {
        let token = headers["authorization"].to_str().unwrap().to_owned();
        (
            StatusCode::CREATED,
            [("x-token", token)],
            Json(json!({ "got": body })),
        )
    };
    let router = Router::new()
        .route("/echo", post(echo))
        .route("/name/{name}", get(async |Path(name): Path<String>| name))
        .route("/none", delete(async || StatusCode::NO_CONTENT));
    let client = Client::new(spawn_router(router).await);

    let answer = client
        .bearer("t0k3n")
        .post("/echo", &json!({ "a": [1] }))
        .await
        .expect(201);
    assert_eq!(answer.json(), json!({ "got": { "a": [1] } }));
    assert_eq!(answer.header("x-token"), Some("Bearer t0k3n"));
    assert_eq!(client.get("/name/ana%20b").await.text(), "ana b");
    assert_eq!(client.delete("/none").await.expect(204).json(), Value::Null);
    assert_eq!(client.get("/nowhere").await.status, 404);
}

#[tokio::test]
async fn eventually_waits_for_an_answer() {
    let asked = AtomicUsize::new(0);
    let answer = eventually("the fourth time", async || {
        let times = asked.fetch_add(1, Ordering::SeqCst) + 1;
        (times == 4).then_some("yes")
    })
    .await;
    assert_eq!((answer, asked.into_inner()), ("yes", 4));
}

#[test]
fn the_clock_stands_still_until_it_is_moved() {
    let clock = clock();
    let start = clock.now();
    std::thread::sleep(Duration::from_millis(2));
    assert_eq!(clock.now(), start);
    clock.advance(Duration::from_secs(60));
    assert_eq!((clock.now() - start).num_seconds(), 60);
}
