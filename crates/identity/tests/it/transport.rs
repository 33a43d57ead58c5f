//! Passwords and tokens are taken over TLS, or from this very machine.

use crate::harness::{App, PASSWORD, text};
use serde_json::{Value, json};
use testkit::Client;

const ELSEWHERE: &str = "198.51.100.9";

async fn login(client: &Client) -> testkit::Response {
    let body = json!({ "email": "lucia@example.org", "password": PASSWORD });
    client.post("/v1/auth/login", &body).await
}

#[tokio::test]
async fn sign_in_over_plain_http_is_refused_from_elsewhere() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let plain = app.from(ELSEWHERE, "http");
    let refused = login(&plain).await.expect(403).json();
    assert_eq!(text(&refused["code"]), "insecure_transport");
    let detail = text(&refused["detail"]);
    assert!(
        detail.contains("https://") && detail.contains("--trusted-proxy"),
        "{detail}"
    );
    // Refused before it was looked at: a wrong password counts for nothing here.
    for _ in 0..4 {
        let wrong = json!({ "email": "lucia@example.org", "password": "Wrong-password-1" });
        let _ = plain.post("/v1/auth/login", &wrong).await.expect(403);
    }
    let _ = login(&app.from(ELSEWHERE, "https")).await.expect(200);
    let _ = login(&app.http).await.expect(200);
}

#[tokio::test]
async fn whatever_takes_a_secret_is_refused_over_plain_http() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let tokens = app.login("lucia@example.org", "buyer").await;
    let plain = app.from(ELSEWHERE, "http");
    let secrets: [(&str, Value); 3] = [
        ("refresh", json!({ "refresh_token": tokens["refresh_token"] })),
        (
            "register",
            json!({ "email": "ana@example.org", "name": "Ana", "password": PASSWORD }),
        ),
        ("reset-password", json!({ "token": "x", "password": PASSWORD })),
    ];
    for (what, body) in &secrets {
        let refused = plain.post(&format!("/v1/auth/{what}"), body).await.expect(403);
        assert_eq!(text(&refused.json()["code"]), "insecure_transport", "{what}");
    }
    // The refresh token was not used up.
    let secure = app.from(ELSEWHERE, "https");
    let _ = secure.post("/v1/auth/refresh", &secrets[0].1).await.expect(200);
    let _ = secure.post("/v1/auth/register", &secrets[1].1).await.expect(201);
    // What holds no secret is open to everybody.
    let _ = plain.get("/v1/.well-known/jwks.json").await.expect(200);
}

#[tokio::test]
async fn nobody_but_a_trusted_proxy_vouches_for_a_request() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let untrusting = app.without_proxies().await;
    let claimed = untrusting
        .header("x-forwarded-for", ELSEWHERE)
        .header("x-forwarded-proto", "https");
    let refused = login(&claimed).await.expect(403).json();
    assert_eq!(text(&refused["code"]), "insecure_transport");
    let _ = login(&untrusting).await.expect(200);
}
