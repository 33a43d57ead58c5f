use crate::harness::{App, PASSWORD, text};
use contracts::identity::Mailbox;
use identity::AttemptLimits;
use kernel::{Role, TenantId};
use serde_json::{Value, json};
use std::num::NonZeroU32;
use std::time::Instant;

const NEW_PASSWORD: &str = "Triana-verde-9";

#[tokio::test]
async fn a_password_is_reset_by_a_link_that_works_once() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let before = app.login("lucia@example.org", "buyer").await;
    for _ in 0..3 {
        let wrong = json!({"email": "lucia@example.org", "password": "Wrong-password-1"});
        let _ = app.http.post("/v1/auth/login", &wrong).await.expect(401);
    }
    let request = json!({"email": "Lucia@example.org"});
    let _ = app
        .http
        .post("/v1/auth/request-password-reset", &request)
        .await
        .expect(202);
    let token = app
        .mailed_token("lucia@example.org", "reset-password")
        .await
        .expect("a mail");

    let weak = json!({"token": token, "password": "weak"});
    let refused = app
        .http
        .post("/v1/auth/reset-password", &weak)
        .await
        .expect(400)
        .json();
    assert_eq!(refused["code"], "password_weak");
    let reset = json!({"token": token, "password": NEW_PASSWORD});
    let _ = app.http.post("/v1/auth/reset-password", &reset).await.expect(204);
    let again = app
        .http
        .post("/v1/auth/reset-password", &reset)
        .await
        .expect(400)
        .json();
    assert_eq!(again["code"], "link_invalid");

    // The lock is gone with the old password, and so are the sessions.
    let login = |password: &str| {
        let body = json!({"email": "lucia@example.org", "password": password});
        let http = app.http.clone();
        async move { http.post("/v1/auth/login", &body).await }
    };
    let tokens = login(NEW_PASSWORD).await.expect(200).json();
    assert_eq!(login(PASSWORD).await.status, 401);
    let old = app.http.bearer(text(&before["access_token"]));
    assert_eq!(
        old.get("/v1/me").await.expect(401).json()["code"],
        "session_ended"
    );
    let me = app.http.bearer(text(&tokens["access_token"])).get("/v1/me").await;
    assert_eq!(
        me.expect(200).json()["email_verified"],
        true,
        "who reads the mail holds the address"
    );
    let changes = app.changes(user).await;
    assert_eq!(
        changes,
        [
            "signed_in:buyer",
            "password_reset_requested",
            "password_changed",
            "signed_in:buyer"
        ]
    );
}

/// Whoever holds the link is nobody yet: an audit needs to know whose password it was.
#[tokio::test]
async fn a_reset_is_told_as_the_accounts_own() {
    let app = App::new().await;
    let (buyer, clerk, support) = (
        app.buyer("buyer@example.org").await,
        app.buyer("clerk@example.org").await,
        app.buyer("support@example.org").await,
    );
    let (ctx, tenant) = (app.ctx(), TenantId::new(app.ctx().now));
    let shops = app
        .accounts
        .set_shop_role(&ctx, clerk, tenant, Some(Role::Clerk), 1);
    shops.await.expect("set");
    let operators = app.accounts.grant(&ctx, support, Role::Support).await;
    operators.expect("granted");
    for (email, user, actor) in [
        (
            "buyer@example.org",
            buyer,
            json!({"kind": "buyer", "user": buyer}),
        ),
        (
            "clerk@example.org",
            clerk,
            json!({"kind": "seller", "user": clerk, "tenant": tenant, "role": "clerk"}),
        ),
        (
            "support@example.org",
            support,
            json!({"kind": "operator", "user": support, "role": "support"}),
        ),
    ] {
        let request = json!({ "email": email });
        let asked = app.http.post("/v1/auth/request-password-reset", &request).await;
        let _ = asked.expect(202);
        let token = app.mailed_token(email, "reset-password").await.expect("a mail");
        let reset = json!({"token": token, "password": NEW_PASSWORD});
        let _ = app.http.post("/v1/auth/reset-password", &reset).await.expect(204);
        let told: Value = sqlx::query_scalar(
            "select actor from log.event
              where topic = 'identity.account_changed' and key = $1 and payload ->> 'change' = 'password_changed'",
        )
        .bind(user.0)
        .fetch_one(&mut app.db.owner().await)
        .await
        .expect("told");
        assert_eq!(told, actor, "{email}");
    }
}

#[tokio::test]
async fn the_newest_link_alone_is_good_and_for_an_hour() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let request = json!({"email": "lucia@example.org"});
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let _ = app
            .http
            .post("/v1/auth/request-password-reset", &request)
            .await
            .expect(202);
        tokens.push(
            app.mailed_token("lucia@example.org", "reset-password")
                .await
                .expect("a mail"),
        );
        app.advance(1);
    }
    assert_ne!(tokens[0], tokens[1]);
    let reset = |token: &str| {
        let body = json!({"token": token, "password": NEW_PASSWORD});
        let http = app.http.clone();
        async move { http.post("/v1/auth/reset-password", &body).await.status }
    };
    assert_eq!(reset(&tokens[0]).await, 400);
    app.advance(3600);
    assert_eq!(reset(&tokens[1]).await, 400);
}

#[tokio::test]
async fn asking_for_a_link_does_not_tell_whether_the_account_exists() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let ask = |email: &str| {
        let body = json!({"email": email});
        let http = app.http.clone();
        async move {
            let start = Instant::now();
            let response = http
                .post("/v1/auth/request-password-reset", &body)
                .await
                .expect(202);
            (response.text(), start.elapsed().as_millis())
        }
    };
    let (known, known_ms) = ask("lucia@example.org").await;
    let (unknown, unknown_ms) = ask("nobody@example.org").await;
    assert_eq!(known, unknown);
    assert!(
        known_ms >= 150 && unknown_ms >= 150,
        "{known_ms} ms, {unknown_ms} ms"
    );
    let mails = app
        .inbox
        .mails(&app.ctx(), Some("nobody@example.org".to_owned()), 10)
        .await
        .expect("mails");
    assert_eq!(mails, []);
}

#[tokio::test]
async fn who_guesses_links_has_to_wait() {
    let limits = AttemptLimits {
        reset_per_address: NonZeroU32::new(2).expect("more than none"),
        ..AttemptLimits::default()
    };
    let app = App::with_limits(limits).await;
    let guess = json!({"token": "a-guess", "password": PASSWORD});
    let one = app.from("198.51.100.9", "https");
    for _ in 0..2 {
        let refused = one.post("/v1/auth/reset-password", &guess).await.expect(400);
        assert_eq!(refused.json()["code"], "link_invalid");
    }
    let refused = one.post("/v1/auth/reset-password", &guess).await.expect(429);
    assert_eq!(refused.json()["code"], "rate_limited");
    assert!(refused.header("retry-after").is_some());
    let other = app.from("198.51.100.10", "https");
    let _ = other.post("/v1/auth/reset-password", &guess).await.expect(400);
}
