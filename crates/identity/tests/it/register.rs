use crate::harness::{App, PASSWORD, text};
use contracts::identity::Mailbox;
use identity::AttemptLimits;
use serde_json::{Value, json};
use std::num::NonZeroU32;

async fn register(app: &App, body: Value) -> (u16, Value) {
    let response = app.http.post("/v1/auth/register", &body).await;
    (response.status, response.json())
}

#[tokio::test]
async fn a_buyer_registers_verifies_and_is_known() {
    let app = App::new().await;
    let (status, body) = register(
        &app,
        json!({"email": "Lucia@Example.org", "name": "Lucía Romero", "password": PASSWORD}),
    )
    .await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(
        body.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>()),
        Some(vec!["id".to_owned()])
    );

    let me = app.signed_in("lucia@example.org", "buyer").await;
    let seen = me.get("/v1/me").await.expect(200).json();
    assert_eq!(
        (&seen["email"], &seen["name"]),
        (&json!("lucia@example.org"), &json!("Lucía Romero"))
    );
    assert_eq!(seen["email_verified"], false);

    let token = app
        .mailed_token("lucia@example.org", "verify-email")
        .await
        .expect("a mail");
    let verify = json!({"token": token});
    let _ = app.http.post("/v1/auth/verify-email", &verify).await.expect(204);
    // The link works once.
    let again = app
        .http
        .post("/v1/auth/verify-email", &verify)
        .await
        .expect(400)
        .json();
    assert_eq!(again["code"], "link_invalid");

    let me = app.signed_in("lucia@example.org", "buyer").await;
    assert_eq!(me.get("/v1/me").await.expect(200).json()["email_verified"], true);
}

#[tokio::test]
async fn one_address_is_one_account() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let (status, body) = register(
        &app,
        json!({"email": "LUCIA@example.org", "name": "Another", "password": PASSWORD}),
    )
    .await;
    assert_eq!((status, text(&body["code"])), (409, "email_taken"));
    assert_eq!(body["errors"][0]["pointer"], "/email");
    let mails = app
        .inbox
        .mails(&app.ctx(), Some("lucia@example.org".to_owned()), 10)
        .await
        .expect("mails");
    assert_eq!(mails.len(), 1, "the owner is not bothered");
    let read = app.inbox.mail(&app.ctx(), mails[0].id).await.expect("a mail");
    assert_eq!(read.as_ref(), mails.first());
    assert_eq!(mails[0].from, "stoa@market.test");
    let unknown = app
        .inbox
        .mail(&app.ctx(), uuid::Uuid::nil())
        .await
        .expect("asked");
    assert_eq!(unknown, None);
}

#[tokio::test]
async fn each_bad_field_is_named() {
    let app = App::new().await;
    let good = json!({"email": "a@b.de", "name": "A", "password": PASSWORD});
    let table = [
        ("email", json!("nobody"), "email_invalid"),
        ("email", json!(7), "field_invalid"),
        ("name", json!("  "), "text_empty"),
        ("name", json!("a\u{1}b"), "text_control"),
        ("name", json!("x".repeat(121)), "text_too_long"),
        ("password", json!("short"), "password_weak"),
        ("password", json!("Password1"), "password_weak"),
        ("password", json!(null), "field_invalid"),
        ("admin", json!(true), "field_invalid"),
    ];
    for (field, value, code) in table {
        let mut body = good.clone();
        body[field] = value;
        let (status, answer) = register(&app, body).await;
        assert_eq!((status, text(&answer["code"])), (400, code), "{field}: {answer}");
        assert_eq!(answer["errors"][0]["pointer"], format!("/{field}"), "{answer}");
        assert!(!answer.to_string().contains(PASSWORD));
    }
}

#[tokio::test]
async fn a_link_expires_and_serves_one_purpose() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let token = app
        .mailed_token("lucia@example.org", "verify-email")
        .await
        .expect("a mail");
    let reset = json!({"token": token, "password": PASSWORD});
    let refused = app.http.post("/v1/auth/reset-password", &reset).await.expect(400);
    assert_eq!(refused.json()["code"], "link_invalid");
    app.advance(2 * 24 * 3600 + 1);
    let late = app
        .http
        .post("/v1/auth/verify-email", &json!({"token": token}))
        .await
        .expect(400);
    assert_eq!(late.json()["code"], "link_invalid");
}

#[tokio::test]
async fn who_asks_for_many_addresses_has_to_wait() {
    let limits = AttemptLimits {
        register_per_address: NonZeroU32::new(3).expect("more than none"),
        ..AttemptLimits::default()
    };
    let app = App::with_limits(limits).await;
    app.buyer("taken@example.org").await;
    let one = app.from("198.51.100.9", "https");
    let body = |n: u32| json!({"email": format!("a{n}@example.org"), "name": "A", "password": PASSWORD});
    let taken = json!({"email": "taken@example.org", "name": "A", "password": PASSWORD});
    let _ = one.post("/v1/auth/register", &taken).await.expect(409);
    for n in 0..2 {
        let _ = one.post("/v1/auth/register", &body(n)).await.expect(201);
    }
    // Refused before it is looked up: what is taken and what is free have one answer.
    for asked in [&taken, &body(9)] {
        let refused = one.post("/v1/auth/register", asked).await.expect(429);
        assert_eq!(refused.json()["code"], "rate_limited");
        let wait: u32 = refused
            .header("retry-after")
            .expect("a time")
            .parse()
            .expect("seconds");
        assert!((1..=60).contains(&wait), "{wait}");
    }
    let other = app.from("198.51.100.10", "https");
    let _ = other.post("/v1/auth/register", &body(9)).await.expect(201);
}

#[tokio::test]
async fn one_address_is_not_tried_again_and_again() {
    let limits = AttemptLimits {
        register_per_account: NonZeroU32::new(2).expect("more than none"),
        ..AttemptLimits::default()
    };
    let app = App::with_limits(limits).await;
    app.buyer("taken@example.org").await;
    let taken = json!({"email": "taken@example.org", "name": "A", "password": PASSWORD});
    let from = |n: u32| app.from(&format!("198.51.100.{n}"), "https");
    let _ = from(1).post("/v1/auth/register", &taken).await.expect(409);
    let refused = from(2).post("/v1/auth/register", &taken).await.expect(429);
    assert_eq!(refused.json()["code"], "rate_limited");
    assert!(refused.header("retry-after").is_some());
}
