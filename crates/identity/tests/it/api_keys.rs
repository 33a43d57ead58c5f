//! Keys of shops' programs: shown once, acting in the name of whoever made them, and over when they are over.

use crate::harness::{App, text};
use contracts::identity::{ApiScope, Audience, Credential, Principal};
use kernel::{Permission, Role, TenantId, UserId};
use serde_json::{Value, json};
use testkit::Client;

const PATH: &str = "/v1/seller/api-keys";

/// A shop, its owner, and the owner's client.
struct Shop {
    tenant: TenantId,
    owner: UserId,
    client: Client,
}

async fn shop(app: &App, owner: &str) -> Shop {
    let tenant = TenantId::new(app.ctx().now);
    let (owner, client) = staff(app, tenant, owner, Role::Owner).await;
    Shop {
        tenant,
        owner,
        client,
    }
}

async fn staff(app: &App, tenant: TenantId, email: &str, role: Role) -> (UserId, Client) {
    let user = app.buyer(email).await;
    app.accounts
        .set_shop_role(&app.ctx(), user, tenant, Some(role), 1)
        .await
        .expect("set");
    (user, app.signed_in(email, "seller").await)
}

fn wanted() -> Value {
    json!({"name": "Warehouse system", "scopes": ["inventory:write", "orders:read"]})
}

async fn made(owner: &Client) -> (String, String) {
    let made = owner.post(PATH, &wanted()).await.expect(201).json();
    (
        text(&made["key"]["id"]).to_owned(),
        text(&made["secret"]).to_owned(),
    )
}

/// Who comes with this key, past all memory of it; or the code of the refusal.
async fn who(app: &App, secret: &str) -> Result<Principal, String> {
    let credential = Credential::Bearer(secret.to_owned());
    let found = app.accounts.authenticate(&app.ctx(), credential).await;
    found.map_err(|error| kernel::Fault::from(error).code)
}

async fn refused(app: &App, secret: &str) -> String {
    who(app, secret).await.expect_err("refused")
}

#[tokio::test]
async fn a_key_is_shown_once_and_acts_in_the_name_of_its_maker() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    let (id, secret) = made(&shop.client).await;
    assert!(secret.starts_with("stoa_sk_") && secret.len() == 51, "{secret}");
    let found = who(&app, &secret).await.expect("known");
    assert_eq!(
        (found.user, found.tenant, found.audience),
        (shop.owner, Some(shop.tenant), Audience::Seller)
    );
    assert_eq!(
        found.scopes,
        Some(vec![ApiScope::InventoryWrite, ApiScope::OrdersRead])
    );
    let listed = shop.client.get(PATH).await.expect(200);
    assert!(!listed.text().contains(&secret));
    let key = &listed.json()["items"][0];
    assert_eq!(
        (text(&key["id"]), text(&key["prefix"])),
        (id.as_str(), &secret[..16])
    );
    assert!(key["last_used_at"].is_string());
    let kept: String = sqlx::query_scalar("select k::text from identity.api_key k")
        .fetch_one(&mut app.db.owner().await)
        .await
        .expect("a row");
    assert!(!kept.contains(&secret[16..]), "the secret is kept as a hash");
    for wrong in [&secret[..50], "stoa_sk_"] {
        assert_eq!(refused(&app, wrong).await, "api_key_invalid", "{wrong}");
    }
    assert_eq!(
        app.changes(shop.owner).await.last().map(String::as_str),
        Some(format!("api_key_made:{}", &secret[..16]).as_str())
    );
}

#[tokio::test]
async fn a_key_opens_its_scopes_and_nothing_else_of_its_maker() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    for scope in ApiScope::ALL {
        let wanted = json!({"name": "One", "scopes": [scope.name()]});
        let made = shop.client.post(PATH, &wanted).await.expect(201).json();
        let found = who(&app, text(&made["secret"])).await.expect("known");
        let open: Vec<Permission> = Permission::ALL
            .into_iter()
            .filter(|permission| found.may(*permission))
            .collect();
        assert_eq!(open, [scope.permission()], "{}", scope.name());
        assert_eq!(ApiScope::opening(scope.permission()), Some(scope));
    }
    for closed in [
        Permission::ManageKeys,
        Permission::ManageStaff,
        Permission::EditShop,
    ] {
        assert_eq!(ApiScope::opening(closed), None);
    }
}

#[tokio::test]
async fn a_key_makes_no_keys_and_is_nobody_to_the_account_of_its_maker() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    let (_, secret) = made(&shop.client).await;
    let program = app.http.bearer(&secret);
    for answer in [program.get(PATH).await, program.post(PATH, &wanted()).await] {
        assert_eq!(answer.expect(403).json()["code"], "scope_missing");
    }
    for path in ["/v1/me", "/v1/me/sessions"] {
        assert_eq!(
            program.get(path).await.expect(401).json()["code"],
            "token_missing"
        );
    }
}

#[tokio::test]
async fn a_key_does_no_more_than_its_maker_may_by_now() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    let (_, secret) = made(&shop.client).await;
    let become_ = async |role: Option<Role>, version: i64| {
        app.accounts
            .set_shop_role(&app.ctx(), shop.owner, shop.tenant, role, version)
            .await
            .expect("set");
    };
    become_(Some(Role::Analyst), 2).await;
    let found = who(&app, &secret).await.expect("known");
    assert!(found.may(Permission::ReadSales) && !found.may(Permission::EditStock));
    become_(None, 3).await;
    assert_eq!(refused(&app, &secret).await, "api_key_orphaned");
}

#[tokio::test]
async fn a_replaced_key_goes_on_for_its_hours() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    let (id, old) = made(&shop.client).await;
    let path = format!("{PATH}/{id}/rotate");
    let new = shop.client.post(&path, &json!({"overlap_hours": 2})).await;
    let new = new.expect(201).json();
    assert_eq!(new["key"]["scopes"], json!(["inventory:write", "orders:read"]));
    let new = text(&new["secret"]).to_owned();
    assert!(who(&app, &old).await.is_ok() && who(&app, &new).await.is_ok());
    let again = shop.client.post(&path, &json!({})).await.expect(409).json();
    assert_eq!(again["code"], "api_key_over");
    app.advance(2 * 60 * 60);
    assert_eq!(refused(&app, &old).await, "api_key_expired");
    assert!(who(&app, &new).await.is_ok());
    let long = json!({"overlap_hours": 169});
    let refused = shop.client.post(&path, &long).await;
    // Its own token is old by now as well.
    assert_eq!(refused.status, 401);
    let owner = app.signed_in("rocio@market.test", "seller").await;
    let refused = owner.post(&path, &long).await.expect(400).json();
    assert_eq!(refused["code"], "overlap_too_long");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_at_once() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    let (id, secret) = made(&shop.client).await;
    let program = app.http.bearer(&secret);
    // Known from here on, for a few seconds.
    let _ = program.get(PATH).await.expect(403);
    for _ in 0..2 {
        let revoked = shop
            .client
            .post(&format!("{PATH}/{id}/revoke"), &json!({}))
            .await
            .expect(200)
            .json();
        assert!(revoked["revoked_at"].is_string());
    }
    assert_eq!(refused(&app, &secret).await, "api_key_revoked");
    let answer = program.get(PATH).await.expect(401).json();
    assert_eq!(answer["code"], "api_key_revoked");
}

#[tokio::test]
async fn an_expired_key_opens_nothing() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    let mut short = wanted();
    short["expires_at"] = json!(app.ctx().now + chrono::TimeDelta::minutes(10));
    let short = shop.client.post(PATH, &short).await.expect(201).json();
    let secret = text(&short["secret"]);
    assert!(who(&app, secret).await.is_ok());
    app.advance(10 * 60);
    assert_eq!(refused(&app, secret).await, "api_key_expired");
}

#[tokio::test]
async fn keys_are_the_owners_of_their_shop_alone() {
    let app = App::new().await;
    let (a, b) = (
        shop(&app, "rocio@market.test").await,
        shop(&app, "mateo@market.test").await,
    );
    let (id, secret) = made(&a.client).await;
    assert_eq!(b.client.get(PATH).await.expect(200).json()["items"], json!([]));
    for step in ["rotate", "revoke"] {
        let path = format!("{PATH}/{id}/{step}");
        let answer = b.client.post(&path, &json!({})).await.expect(404);
        assert_eq!(answer.json()["code"], "not_found");
    }
    assert!(who(&app, &secret).await.is_ok());
    for (n, role) in [Role::Manager, Role::Clerk, Role::Analyst]
        .into_iter()
        .enumerate()
    {
        let (_, client) = staff(&app, a.tenant, &format!("staff{n}@market.test"), role).await;
        assert_eq!(
            client.get(PATH).await.expect(403).json()["code"],
            "permission_missing"
        );
        let _ = client.post(PATH, &wanted()).await.expect(403);
    }
}

#[tokio::test]
async fn keys_that_cannot_be_are_refused_by_their_field() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    for (field, value, code) in [
        ("name", json!(" "), "text_empty"),
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
        let refused = shop.client.post(PATH, &wrong).await.expect(400).json();
        assert_eq!(
            (text(&refused["code"]), text(&refused["errors"][0]["pointer"])),
            (code, format!("/{field}").as_str())
        );
    }
    let unknown = json!({"name": "One", "scopes": ["shop:write"]});
    let _ = shop.client.post(PATH, &unknown).await.expect(400);
}

#[tokio::test]
async fn a_shop_has_so_many_keys_and_no_more() {
    let app = App::new().await;
    let shop = shop(&app, "rocio@market.test").await;
    let (first, _) = made(&shop.client).await;
    for _ in 1..50 {
        made(&shop.client).await;
    }
    let refused = shop.client.post(PATH, &wanted()).await.expect(409).json();
    assert_eq!(refused["code"], "too_many_keys");
    let revoke = format!("{PATH}/{first}/revoke");
    let _ = shop.client.post(&revoke, &json!({})).await.expect(200);
    made(&shop.client).await;
}
