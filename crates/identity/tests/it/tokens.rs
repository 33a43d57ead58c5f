use crate::harness::{App, text};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

async fn refresh(app: &App, token: &str) -> (u16, Value) {
    let response = app
        .http
        .post("/v1/auth/refresh", &json!({"refresh_token": token}))
        .await;
    (response.status, response.json())
}

#[tokio::test]
async fn refresh_tokens_rotate() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let first = app.login("lucia@example.org", "buyer").await;
    app.advance(10 * 60);
    let (status, second) = refresh(&app, text(&first["refresh_token"])).await;
    assert_eq!(status, 200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    app.advance(10 * 60);
    // The first access token is over after its quarter of an hour, the second is not.
    let with = |pair: &Value| app.http.bearer(text(&pair["access_token"]));
    let over = with(&first).get("/v1/me").await.expect(401).json();
    assert_eq!(over["code"], "token_invalid");
    assert_eq!(with(&second).get("/v1/me").await.status, 200);
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_family() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let owners = app.login("lucia@example.org", "buyer").await;
    let (_, thiefs) = refresh(&app, text(&owners["refresh_token"])).await;
    let (status, refused) = refresh(&app, text(&owners["refresh_token"])).await;
    assert_eq!((status, text(&refused["code"])), (401, "refresh_token_invalid"));
    // Whoever holds the newer one is out as well.
    let (status, _) = refresh(&app, text(&thiefs["refresh_token"])).await;
    assert_eq!(status, 401);
    let me = app.http.bearer(text(&thiefs["access_token"])).get("/v1/me").await;
    assert_eq!(me.expect(401).json()["code"], "session_ended");
    assert_eq!(
        app.changes(user).await,
        ["signed_in:buyer", "refresh_token_reused"]
    );
    // The owner signs in anew.
    assert_eq!(
        app.signed_in("lucia@example.org", "buyer")
            .await
            .get("/v1/me")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn one_of_many_refreshes_at_once_wins() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let pair = app.login("lucia@example.org", "buyer").await;
    let token = text(&pair["refresh_token"]);
    let outcomes = futures::future::join_all((0..8).map(|_| refresh(&app, token))).await;
    assert_eq!(outcomes.iter().filter(|(status, _)| *status == 200).count(), 1);
}

#[tokio::test]
async fn refresh_tokens_expire_and_unknown_ones_are_refused() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let pair = app.login("lucia@example.org", "buyer").await;
    assert_eq!(refresh(&app, "").await.0, 401);
    assert_eq!(refresh(&app, &"x".repeat(43)).await.0, 401);
    app.advance(30 * 24 * 3600);
    assert_eq!(refresh(&app, text(&pair["refresh_token"])).await.0, 401);
}

#[tokio::test]
async fn forged_tokens_open_nothing() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let pair = app.login("lucia@example.org", "buyer").await;
    let token = text(&pair["access_token"]);
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let decode = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("json")
    };
    let header = decode(parts[0]);
    assert_eq!(header["alg"], "EdDSA");
    let mut claims = decode(parts[1]);
    claims["aud"] = json!("admin");
    claims["role"] = json!("admin");
    let none = json!({"alg": "none", "typ": "JWT", "kid": header["kid"]});
    let symmetric = json!({"alg": "HS256", "typ": "JWT", "kid": header["kid"]});
    let stranger = json!({"alg": "EdDSA", "typ": "JWT", "kid": "somebody"});
    let forged = [
        format!("{}.{}.{}", parts[0], encode(&claims), parts[2]),
        format!("{}.{}.", encode(&none), encode(&claims)),
        format!("{}.{}.{}", encode(&symmetric), encode(&claims), parts[2]),
        format!("{}.{}.{}", encode(&stranger), parts[1], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        "not.a.token".to_owned(),
        "x".repeat(3000),
    ];
    for token in forged {
        let answer = app.http.bearer(&token).get("/v1/me").await.expect(401).json();
        assert_eq!(answer["code"], "token_invalid", "{token}");
    }
    let missing = app.http.get("/v1/me").await.expect(401);
    assert_eq!(missing.json()["code"], "token_missing");
}

#[tokio::test]
async fn keys_are_published_rotate_and_old_tokens_live_out_their_time() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let keys = || async {
        let set = app.http.get("/v1/.well-known/jwks.json").await.expect(200).json();
        let kids = set["keys"].as_array().expect("keys").iter();
        kids.map(|k| text(&k["kid"]).to_owned()).collect::<Vec<_>>()
    };
    let first = keys().await;
    assert_eq!(first.len(), 1);
    let set = app.http.get("/v1/.well-known/jwks.json").await.expect(200);
    assert_eq!(set.json()["keys"][0]["crv"], "Ed25519");
    assert!(!set.text().contains("\"d\""), "no private part");

    // Two days before it signs, the next key is there.
    app.advance(28 * 24 * 3600);
    app.accounts.upkeep(app.ctx().now).await.expect("upkeep");
    app.accounts.upkeep(app.ctx().now).await.expect("twice is once");
    assert_eq!(keys().await.len(), 2);
    app.advance(2 * 24 * 3600 - 120);
    let old = app.signed_in("lucia@example.org", "buyer").await;
    app.advance(120);
    assert_eq!(old.get("/v1/me").await.status, 200, "signed by the old key");
    let new = app.signed_in("lucia@example.org", "buyer").await;
    assert_eq!(new.get("/v1/me").await.status, 200, "signed by the new key");
    app.advance(2 * 24 * 3600);
    app.accounts.upkeep(app.ctx().now).await.expect("upkeep");
    let last = keys().await;
    assert_eq!(last.len(), 1);
    assert_ne!(last, first);
}

#[tokio::test]
async fn who_asked_a_moment_before_the_key_was_made_is_answered() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    app.login("lucia@example.org", "buyer").await;
    app.advance(24 * 3600);
    let pair = app.login("lucia@example.org", "buyer").await;
    // Nobody was there to make the next key ahead.
    app.advance(29 * 24 * 3600 + 30);
    let began = app.ctx();
    app.advance(1);
    app.login("lucia@example.org", "buyer").await;
    let refreshed = app.accounts.refresh(&began, text(&pair["refresh_token"])).await;
    assert!(refreshed.is_ok(), "{:?}", refreshed.err());
}

#[tokio::test]
async fn another_instance_knows_the_keys() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let pair = app.login("lucia@example.org", "buyer").await;
    let other = app.second_instance().await;
    let me = other.bearer(text(&pair["access_token"])).get("/v1/me").await;
    assert_eq!(me.status, 200);
}
