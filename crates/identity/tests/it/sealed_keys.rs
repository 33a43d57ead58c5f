//! What the database holds of signing keys is of no use without the data key.

use crate::harness::{App, PASSWORD, text};
use serde_json::json;
use store::seal::Keyring;
use testkit::Client;

async fn token(http: &Client) -> String {
    let body = json!({ "email": "lucia@example.org", "password": PASSWORD });
    let pair = http.post("/v1/auth/login", &body).await.expect(200).json();
    text(&pair["access_token"]).to_owned()
}

async fn kids(http: &Client) -> usize {
    let set = http.get("/v1/.well-known/jwks.json").await.expect(200).json();
    set["keys"].as_array().expect("keys").len()
}

#[tokio::test]
async fn no_seed_lies_open_in_the_database() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    token(&app.http).await;
    let rows: Vec<(String, Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select kid, sealed_seed, public_key from identity.signing_key")
            .fetch_all(&mut app.db.owner().await)
            .await
            .expect("keys");
    assert_eq!(rows.len(), 1);
    let (kid, sealed, public) = &rows[0];
    let owner = format!("identity.signing_key/{kid}");
    let seed: [u8; 32] = app
        .keyring
        .unseal(&owner, sealed)
        .expect("opened")
        .try_into()
        .expect("a seed");
    assert!(!sealed.windows(32).any(|w| w == seed));
    let signing = ed25519_dalek::SigningKey::from_bytes(&seed);
    assert_eq!(signing.verifying_key().as_bytes().as_slice(), public);
    let stranger = Keyring::fleeting().expect("a key");
    assert!(stranger.unseal(&owner, sealed).is_err());
}

#[tokio::test]
async fn processes_with_data_keys_of_their_own_believe_each_other() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let ours = token(&app.http).await;
    let (_, other) = app.with_keyring(&Keyring::fleeting().expect("a key")).await;
    let theirs = token(&other).await;
    for (http, token) in [
        (&other, &ours),
        (&app.http, &theirs),
        (&other, &theirs),
        (&app.http, &ours),
    ] {
        let _ = http.bearer(token).get("/v1/me").await.expect(200);
    }
    assert_eq!(kids(&other).await, 2, "each signs with its own");
}

#[tokio::test]
async fn a_new_data_key_takes_over_and_no_token_dies() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data.key");
    let keyring = Keyring::open(&path).expect("made");
    let (accounts, http) = app.with_keyring(&keyring).await;
    let before = token(&http).await;
    // Another process of the same data directory changes the key.
    let rotating = Keyring::open(&path).expect("read");
    rotating.rotate().expect("a new key");
    let (operator, _) = app.with_keyring(&rotating).await;
    let now = kernel::Clock::now(&*app.clock);
    assert_eq!(operator.keys().reseal(now).await.expect("sealed anew"), 1);
    assert_eq!(operator.keys().reseal(now).await.expect("nothing to do"), 0);
    // The one that has run all the while goes on, also when its copy of the keys is old.
    app.advance(6 * 60);
    let _ = http.bearer(&before).get("/v1/me").await.expect(200);
    token(&http).await;
    assert_eq!(kids(&http).await, 1);
    drop(accounts);
    // The old key is not needed any more.
    rotating.rotate().expect("another");
    let (_, http) = app.with_keyring(&rotating).await;
    token(&http).await;
    assert_eq!(kids(&http).await, 1);
}

#[tokio::test]
async fn a_seed_that_was_tampered_with_signs_nothing() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    token(&app.http).await;
    sqlx::query("update identity.signing_key set sealed_seed = set_byte(sealed_seed, 60, get_byte(sealed_seed, 60) # 1)")
        .execute(&mut app.db.owner().await)
        .await
        .expect("changed");
    let http = app.second_instance().await;
    let fresh = token(&http).await;
    let _ = http.bearer(&fresh).get("/v1/me").await.expect(200);
    assert_eq!(kids(&http).await, 2, "a new key was made");
}
