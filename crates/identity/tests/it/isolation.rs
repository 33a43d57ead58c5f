//! What PostgreSQL itself refuses, when the code forgets.

use crate::harness::App;
use kernel::{Role, TenantId};
use store::{Db, Scope};

#[tokio::test]
async fn one_shops_scope_reaches_no_other_shops_roles() {
    let app = App::new().await;
    let user = app.buyer("lucia@example.org").await;
    let (ours, theirs) = (TenantId::new(app.ctx().now), TenantId::new(app.ctx().now));
    for tenant in [ours, theirs] {
        app.accounts
            .set_shop_role(&app.ctx(), user, tenant, Some(Role::Owner), 1)
            .await
            .expect("granted");
    }
    let db = Db::connect(app.db.url(), identity::CONTEXT).expect("url");
    let mut tx = db.begin(Scope::Tenant(ours)).await.expect("begun");
    let seen: Vec<TenantId> = sqlx::query_scalar("select tenant_id from identity.shop_role")
        .fetch_all(&mut *tx)
        .await
        .expect("read");
    assert_eq!(seen, [ours]);
    let changed = sqlx::query("update identity.shop_role set role = 'clerk'")
        .execute(&mut *tx)
        .await
        .expect("written");
    assert_eq!(changed.rows_affected(), 1);
    let stolen = sqlx::query("update identity.shop_role set tenant_id = $1")
        .bind(theirs.0)
        .execute(&mut *tx)
        .await;
    assert!(stolen.is_err(), "a row cannot be moved to another shop");
    drop(tx);

    let unscoped: i64 = sqlx::query_scalar("select count(*) from identity.shop_role")
        .fetch_one(db.pool())
        .await
        .expect("read");
    assert_eq!(unscoped, 0, "without a scope there is nothing");
    let partition = sqlx::query("select 1 from identity.shop_role_pool")
        .fetch_all(db.pool())
        .await;
    assert!(
        partition.map_or(true, |rows| rows.is_empty()),
        "nor through the partition"
    );
}

#[tokio::test]
async fn no_secret_lies_in_the_database_as_it_is() {
    let app = App::new().await;
    app.buyer("lucia@example.org").await;
    let tokens = app.login("lucia@example.org", "buyer").await;
    let mailed = app
        .mailed_token("lucia@example.org", "verify-email")
        .await
        .expect("a mail");
    let mut owner = app.db.owner().await;
    for table in ["account", "session", "refresh_token", "mailed_token"] {
        let sql = format!("select coalesce(json_agg(t)::text, '') from identity.{table} t");
        let dump: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut owner)
            .await
            .expect("rows");
        for secret in [
            crate::harness::PASSWORD,
            crate::harness::text(&tokens["refresh_token"]),
            &mailed,
        ] {
            assert!(!dump.contains(secret), "{table}");
        }
    }
}
