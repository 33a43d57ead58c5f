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
    for (version, role) in [(1, Role::Manager), (2, Role::Manager), (3, Role::Clerk)] {
        identity
            .set_shop_role(&app.ctx(), user, tenant, Some(role), version)
            .await
            .expect("set");
    }
    let tokens = app.login("lucia@example.org", "seller").await;
    let token = crate::harness::text(&tokens["access_token"]);
    let seller = app.http.bearer(token);
    assert_eq!(seller.get("/v1/me").await.expect(200).json()["role"], "clerk");
    for version in [4, 5] {
        identity
            .set_shop_role(&app.ctx(), user, tenant, None, version)
            .await
            .expect("twice is once");
    }
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
async fn what_the_staff_list_said_earlier_changes_nothing() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let identity: &dyn Identity = &app.accounts;
    let ctx = app.ctx();
    let (shop, other) = (TenantId::new(ctx.now), TenantId::new(ctx.now));
    let say = async |tenant, role, version| {
        let said = identity.set_shop_role(&ctx, user, tenant, role, version).await;
        said.expect("heard");
    };
    say(shop, Some(Role::Clerk), 2).await;
    // Overtaken on its way, or said by somebody who died and came back.
    say(shop, Some(Role::Owner), 1).await;
    say(shop, Some(Role::Owner), 2).await;
    say(other, Some(Role::Analyst), 1).await;
    say(shop, None, 3).await;
    say(shop, Some(Role::Owner), 2).await;
    say(shop, None, 3).await;
    let expected = ["role_granted:clerk", "role_granted:analyst", "role_revoked"];
    assert_eq!(app.changes(user).await, expected);
    let me = app.signed_in("lucia@example.org", "seller").await;
    let me = me.get("/v1/me").await.expect(200).json();
    assert_eq!((&me["shop"], &me["role"]), (&json!(other), &json!("analyst")));

    // However many say it at once, the newest holds.
    let orders = [5, 9, 4, 8, 6, 7].map(|version| {
        let role = if version == 9 { Role::Manager } else { Role::Owner };
        say(shop, Some(role), version)
    });
    let _ = futures::future::join_all(orders).await;
    let mut owner = app.db.owner().await;
    let held: Vec<String> =
        sqlx::query_scalar("select role from identity.shop_role where tenant_id = $1 and account_id = $2")
            .bind(shop.0)
            .bind(user.0)
            .fetch_all(&mut owner)
            .await
            .expect("read");
    assert_eq!(held, ["manager"]);
}

#[tokio::test]
async fn roles_stay_in_their_place() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let identity: &dyn Identity = &app.accounts;
    let tenant = TenantId::new(app.ctx().now);
    for role in [Role::Admin, Role::Buyer] {
        let refused = identity
            .set_shop_role(&app.ctx(), user, tenant, Some(role), 1)
            .await
            .expect_err("refused");
        assert_eq!(refused.code, "role_out_of_place");
    }
    let refused = identity.grant(&app.ctx(), user, Role::Owner).await;
    assert_eq!(refused.expect_err("refused").code, "role_out_of_place");
    let stranger = UserId::new(app.ctx().now);
    let refused = identity
        .set_shop_role(&app.ctx(), stranger, tenant, Some(Role::Owner), 1)
        .await
        .expect_err("refused");
    assert_eq!(refused.code, "not_found");
    let refused = identity.grant(&app.ctx(), stranger, Role::Support).await;
    assert_eq!(refused.expect_err("refused").code, "not_found");
}

#[tokio::test]
async fn an_operators_role_is_given_and_taken() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let identity: &dyn Identity = &app.accounts;
    for _ in 0..2 {
        identity
            .grant(&app.ctx(), user, Role::Support)
            .await
            .expect("granted");
    }
    let _ = app.signed_in("lucia@example.org", "admin").await;
    for _ in 0..2 {
        identity.revoke(&app.ctx(), user).await.expect("revoked");
    }
    let expected = ["role_granted:support", "signed_in:admin", "role_revoked"];
    assert_eq!(app.changes(user).await, expected);
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
    let mut owner = app.db.owner().await;
    let registered: i64 =
        sqlx::query_scalar("select count(*) from log.event where topic = 'identity.user_registered'")
            .fetch_one(&mut owner)
            .await
            .expect("events");
    assert_eq!(registered, 1_500, "one each, the known one's from before");
}
