use crate::harness::{App, PASSWORD, text};
use identity::AttemptLimits;
use serde_json::{Value, json};
use std::num::NonZeroU32;
use testkit::Response;

async fn attempt(app: &App, email: &str, password: &str) -> Response {
    let body = json!({"email": email, "password": password});
    app.http.post("/v1/auth/login", &body).await
}

/// Sends wrong passwords until the account is locked, and returns how long.
async fn lock(app: &App, email: &str, failures: u32) -> u32 {
    for _ in 0..failures {
        assert_eq!(attempt(app, email, "Wrong-password-1").await.status, 401);
    }
    let locked = attempt(app, email, PASSWORD).await.expect(429);
    assert_eq!(locked.json()["code"], "account_locked");
    let seconds = locked.header("retry-after").expect("Retry-After");
    seconds.parse().expect("seconds")
}

#[tokio::test]
async fn three_failures_lock_for_a_growing_time() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    assert_eq!(lock(&app, "lucia@example.org", 3).await, 31);
    app.advance(31);
    // Each further failure locks anew, for longer.
    assert_eq!(lock(&app, "lucia@example.org", 1).await, 61);
    app.advance(61);
    assert_eq!(lock(&app, "lucia@example.org", 1).await, 301);
    app.advance(301);
    assert_eq!(attempt(&app, "lucia@example.org", PASSWORD).await.status, 200);
    // Signed in: the next row starts from the beginning.
    assert_eq!(lock(&app, "lucia@example.org", 3).await, 31);

    let mut owner = app.db.owner().await;
    let alerts: i64 = sqlx::query_scalar(
        "select count(*) from log.event where topic = 'identity.account_locked' and key = $1",
    )
    .bind(user.0)
    .fetch_one(&mut owner)
    .await
    .expect("events");
    assert_eq!(alerts, 4);
}

#[tokio::test]
async fn two_failures_do_not_lock() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    for _ in 0..3 {
        for _ in 0..2 {
            assert_eq!(
                attempt(&app, "lucia@example.org", "Wrong-password-1")
                    .await
                    .status,
                401
            );
        }
        assert_eq!(attempt(&app, "lucia@example.org", PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn a_lock_does_not_tell_whether_the_account_exists() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let known = lock(&app, "lucia@example.org", 3).await;
    let unknown = lock(&app, "nobody@example.org", 3).await;
    assert_eq!(known, unknown);
    let answers: Vec<Value> = [
        attempt(&app, "lucia@example.org", "x").await,
        attempt(&app, "nobody@example.org", "x").await,
    ]
    .map(|r| r.json())
    .into();
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn many_guesses_at_once_do_not_slip_past_the_lock() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let guesses = (0..24).map(|i| {
        let app = &app;
        async move {
            attempt(app, "lucia@example.org", &format!("Wrong-guess-{i}"))
                .await
                .status
        }
    });
    let statuses = futures::future::join_all(guesses).await;
    let judged = statuses.iter().filter(|s| **s == 401).count();
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    // Three fall before the lock; those whose turn had come at that moment are judged too.
    assert!(judged < 3 + cores, "{statuses:?}");
    assert!(statuses.iter().all(|s| [401, 429].contains(s)), "{statuses:?}");
}

#[tokio::test]
async fn attempts_are_limited_per_address_and_per_account() {
    let few = NonZeroU32::new(2).expect("not zero");
    let limits = AttemptLimits {
        sign_in_per_address: few,
        sign_in_per_account: few,
        reset_per_address: few,
        reset_per_account: few,
        ..AttemptLimits::default()
    };
    let app = App::with_limits(limits).await;
    let login = |from: &str, email: &str| {
        let http = app.from(from, "https");
        let body = json!({"email": email, "password": "Wrong-password-1"});
        async move { http.post("/v1/auth/login", &body).await }
    };
    assert_eq!(login("192.0.2.1", "a@example.org").await.status, 401);
    assert_eq!(login("192.0.2.1", "b@example.org").await.status, 401);
    let refused = login("192.0.2.1", "c@example.org").await.expect(429);
    assert_eq!(text(&refused.json()["code"]), "rate_limited");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(login("192.0.2.2", "a@example.org").await.status, 401);
    assert_eq!(
        login("192.0.2.3", "a@example.org").await.status,
        429,
        "the account's own limit"
    );

    let reset = |from: &str| {
        let http = app.from(from, "https");
        async move {
            let body = json!({"email": "nobody@example.org"});
            http.post("/v1/auth/request-password-reset", &body).await.status
        }
    };
    assert_eq!(reset("192.0.2.4").await, 202);
    assert_eq!(reset("192.0.2.5").await, 202);
    assert_eq!(reset("192.0.2.6").await, 429, "whether the account exists or not");
}
