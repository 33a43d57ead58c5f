//! Keys of partners' programs: shown once, good for what they are for, and over when they are over.

use crate::harness::{App, text};
use contracts::identity::PartnerScope;
use kernel::Role;
use serde_json::{Value, json};
use testkit::Client;

const PATH: &str = "/v1/admin/partner-keys";

async fn admin(app: &App) -> Client {
    let user = app.buyer("admin@market.test").await;
    app.accounts
        .grant(&app.ctx(), user, Role::Admin)
        .await
        .expect("granted");
    app.signed_in("admin@market.test", "admin").await
}

fn wanted() -> Value {
    json!({"name": "Correos, production", "carrier": "correos", "scopes": ["shipments_push", "shipments_read"]})
}

async fn made(admin: &Client) -> (String, String) {
    let made = admin.post(PATH, &wanted()).await.expect(201).json();
    (
        text(&made["key"]["id"]).to_owned(),
        text(&made["secret"]).to_owned(),
    )
}

async fn is_good(app: &App, secret: &str) -> bool {
    app.accounts.recognise(&app.ctx(), secret).await.is_ok()
}

#[tokio::test]
async fn a_key_is_shown_once_and_opens_what_it_is_for() {
    let app = App::new().await;
    let admin = admin(&app).await;
    let (id, secret) = made(&admin).await;
    assert!(secret.starts_with("stoa_pk_") && secret.len() == 51, "{secret}");
    let partner = app.accounts.recognise(&app.ctx(), &secret).await.expect("known");
    assert_eq!(partner.carrier, "correos");
    assert_eq!(
        partner.scopes,
        [PartnerScope::ShipmentsRead, PartnerScope::ShipmentsPush]
    );
    let listed = admin.get(PATH).await.expect(200);
    assert!(!listed.text().contains(&secret));
    let key = &listed.json()["items"][0];
    assert_eq!(
        (text(&key["id"]), text(&key["prefix"])),
        (id.as_str(), &secret[..16])
    );
    assert!(key["last_used_at"].is_string());
    let kept: String = sqlx::query_scalar("select k::text from identity.partner_key k")
        .fetch_one(&mut app.db.owner().await)
        .await
        .expect("a row");
    assert!(!kept.contains(&secret[16..]), "the secret is kept as a hash");
    for wrong in [&secret[..50], "stoa_pk_", "", "nonsense"] {
        assert!(!is_good(&app, wrong).await, "{wrong}");
    }
}

#[tokio::test]
async fn a_replaced_key_goes_on_for_its_hours() {
    let app = App::new().await;
    let operator = admin(&app).await;
    let (id, old) = made(&operator).await;
    let path = format!("{PATH}/{id}/rotate");
    let new = operator
        .post(&path, &json!({"overlap_hours": 2}))
        .await
        .expect(201)
        .json();
    let new = text(&new["secret"]).to_owned();
    assert!(is_good(&app, &old).await && is_good(&app, &new).await);
    let again = operator.post(&path, &json!({})).await.expect(409).json();
    assert_eq!(again["code"], "partner_key_over");
    app.advance(2 * 60 * 60);
    assert!(!is_good(&app, &old).await && is_good(&app, &new).await);
}

#[tokio::test]
async fn a_revoked_key_and_an_expired_one_open_nothing() {
    let app = App::new().await;
    let operator = admin(&app).await;
    let (id, secret) = made(&operator).await;
    for _ in 0..2 {
        let revoked = operator
            .post(&format!("{PATH}/{id}/revoke"), &json!({}))
            .await
            .expect(200)
            .json();
        assert!(revoked["revoked_at"].is_string());
    }
    assert!(!is_good(&app, &secret).await);
    let mut short = wanted();
    short["expires_at"] = json!(app.ctx().now + chrono::TimeDelta::minutes(10));
    let short = operator.post(PATH, &short).await.expect(201).json();
    assert!(is_good(&app, text(&short["secret"])).await);
    app.advance(10 * 60);
    assert!(!is_good(&app, text(&short["secret"])).await);
}

#[tokio::test]
async fn keys_that_cannot_be_are_refused_by_their_field() {
    let app = App::new().await;
    let operator = admin(&app).await;
    for (field, value, code) in [
        ("name", json!(" "), "text_empty"),
        ("carrier", json!("Correos España"), "carrier_invalid"),
        ("scopes", json!([]), "scopes_missing"),
        ("expires_at", json!(app.ctx().now), "expiry_invalid"),
        (
            "expires_at",
            json!(app.ctx().now + chrono::TimeDelta::days(731)),
            "expiry_invalid",
        ),
    ] {
        let mut wrong = wanted();
        wrong[field] = value;
        let refused = operator.post(PATH, &wrong).await.expect(400).json();
        assert_eq!(
            (text(&refused["code"]), text(&refused["errors"][0]["pointer"])),
            (code, format!("/{field}").as_str())
        );
    }
    let (id, _) = made(&operator).await;
    let long = json!({"overlap_hours": 169});
    let refused = operator
        .post(&format!("{PATH}/{id}/rotate"), &long)
        .await
        .expect(400)
        .json();
    assert_eq!(refused["code"], "overlap_too_long");
}

#[tokio::test]
async fn operators_keys_are_nobody_elses() {
    let app = App::new().await;
    app.buyer("buyer@market.test").await;
    let buyer = app.signed_in("buyer@market.test", "buyer").await;
    let _ = buyer.post(PATH, &wanted()).await.expect(403);
    let support = app.buyer("support@market.test").await;
    app.accounts
        .grant(&app.ctx(), support, Role::Support)
        .await
        .expect("granted");
    let support = app.signed_in("support@market.test", "admin").await;
    let _ = support.get(PATH).await.expect(403);
}
