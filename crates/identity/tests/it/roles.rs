use crate::harness::{App, PASSWORD};
use contracts::identity::{Identity, UserCard};
use kernel::{Role, TenantId, UserId};
use serde_json::json;

#[tokio::test]
async fn a_role_counts_from_its_grant_to_its_end() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let identity: &dyn Identity = &app.accounts;
    let tenant = TenantId::new(app.ctx().now);
    for role in [Role::Manager, Role::Manager, Role::Clerk] {
        identity
            .grant(&app.ctx(), user, Some(tenant), role)
            .await
            .expect("granted");
    }
    let tokens = app.login("lucia@example.org", "seller").await;
    let token = crate::harness::text(&tokens["access_token"]);
    let seller = app.http.bearer(token);
    assert_eq!(seller.get("/v1/me").await.expect(200).json()["role"], "clerk");
    identity
        .revoke(&app.ctx(), user, Some(tenant))
        .await
        .expect("revoked");
    identity
        .revoke(&app.ctx(), user, Some(tenant))
        .await
        .expect("twice is once");
    let other = app.second_instance().await;
    assert_eq!(other.bearer(token).get("/v1/me").await.status, 401);
    let expected = [
        "role_granted:manager",
        "role_granted:clerk",
        "signed_in:seller",
        "role_revoked",
    ];
    assert_eq!(app.changes(user).await, expected);
}

#[tokio::test]
async fn roles_stay_in_their_place() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let identity: &dyn Identity = &app.accounts;
    let tenant = TenantId::new(app.ctx().now);
    for (tenant, role) in [
        (Some(tenant), Role::Admin),
        (Some(tenant), Role::Buyer),
        (None, Role::Owner),
    ] {
        let refused = identity
            .grant(&app.ctx(), user, tenant, role)
            .await
            .expect_err("refused");
        assert_eq!(refused.code, "role_out_of_place");
    }
    let stranger = UserId::new(app.ctx().now);
    let refused = identity
        .grant(&app.ctx(), stranger, Some(tenant), Role::Owner)
        .await
        .expect_err("refused");
    assert_eq!(refused.code, "not_found");
}

#[tokio::test]
async fn an_operator_is_made_once_and_keeps_its_password() {
    let app = App::new().await;
    let first = app
        .accounts
        .ensure_operator(&app.ctx(), "Operator@market.test", PASSWORD)
        .await
        .expect("made");
    let second = app
        .accounts
        .ensure_operator(&app.ctx(), "operator@market.test", "Another-pass-1")
        .await
        .expect("found");
    assert_eq!(first, second);
    let admin = app.signed_in("operator@market.test", "admin").await;
    assert_eq!(admin.get("/v1/me").await.expect(200).json()["role"], "admin");
    let other = json!({"email": "operator@market.test", "password": "Another-pass-1", "audience": "admin"});
    assert_eq!(app.http.post("/v1/auth/login", &other).await.status, 401);
}

#[tokio::test]
async fn many_accounts_are_made_with_one_hash_and_existing_ones_stay() {
    let app = App::new().await;
    let known = app.buyer("known@example.org").await;
    let now = app.ctx().now;
    let mut cards: Vec<UserCard> = (0..1_500)
        .map(|i| UserCard {
            id: UserId::new(now),
            email: format!("buyer{i}@example.org"),
            name: format!("Buyer {i}"),
        })
        .collect();
    cards[700].email = "Known@example.org".to_owned();
    let wanted: Vec<UserId> = cards.iter().map(|c| c.id).collect();
    let identity: &dyn Identity = &app.accounts;
    let ids = identity
        .register_many(&app.ctx(), cards.clone(), "Demo-password-1".to_owned())
        .await
        .expect("registered");
    assert_eq!(ids.len(), 1_500);
    assert_eq!(ids[700], known);
    assert!(
        ids.iter()
            .zip(&wanted)
            .enumerate()
            .all(|(i, (a, b))| i == 700 || a == b)
    );
    let again = identity
        .register_many(&app.ctx(), cards, "Demo-password-1".to_owned())
        .await
        .expect("registered");
    assert_eq!(ids, again, "made twice, made once");

    let login = json!({"email": "buyer1499@example.org", "password": "Demo-password-1"});
    assert_eq!(app.http.post("/v1/auth/login", &login).await.status, 200);
    let users = identity
        .users(&app.ctx(), vec![ids[1], UserId::new(now), ids[0]])
        .await
        .expect("users");
    let names: Vec<_> = users.iter().map(|u| u.name.as_str()).collect();
    assert_eq!(names, ["Buyer 1", "Buyer 0"]);
    let verified = identity
        .verified_user(&app.ctx(), "BUYER1@example.org".to_owned())
        .await
        .expect("asked");
    assert_eq!(verified.map(|u| u.id), Some(ids[1]));
    let unverified = identity
        .verified_user(&app.ctx(), "known@example.org".to_owned())
        .await
        .expect("asked");
    assert_eq!(unverified, None, "registered, but the address is not verified");
    let mut owner = app.db.owner().await;
    let registered: i64 =
        sqlx::query_scalar("select count(*) from log.event where topic = 'identity.user_registered'")
            .fetch_one(&mut owner)
            .await
            .expect("events");
    assert_eq!(registered, 1_500, "one each, the known one's from before");
}
