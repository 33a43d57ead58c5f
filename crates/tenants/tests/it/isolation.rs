//! What PostgreSQL itself refuses, when the code forgets.

use crate::harness::{App, INVITATIONS};
use kernel::TenantId;
use serde_json::json;
use sqlx::AssertSqlSafe;
use store::{Db, Scope};

/// Every table with a shop in its key, and a harmless change of all of its rows.
const TABLES: [(&str, &str); 7] = [
    ("shop", "story = 'taken over'"),
    ("staff", "role = 'clerk'"),
    ("staff_version", "version = 77"),
    ("invitation", "role = 'owner'"),
    ("onboarding_item", "remark = 'taken over'"),
    ("shop_feature", "is_on = true"),
    ("transition", "reason = 'taken over'"),
];

#[tokio::test]
async fn one_shops_scope_reaches_no_other_shop_even_without_where() {
    let app = App::new().await;
    let ours = app.active("Alfareria Romero").await;
    let theirs = app.active("Zafra Textil").await;
    for owned in [&ours, &theirs] {
        let invite = json!({"email": "mateo@example.org", "role": "clerk"});
        let _ = owned.seller.post(INVITATIONS, &invite).await.expect(201);
        let path = format!("/v1/admin/shops/{}/features/webhooks", owned.tenant);
        let _ = app.admin().put(&path, &json!({"on": false})).await.expect(200);
    }
    let db = Db::connect(app.db.url(), tenants::CONTEXT).expect("url");
    for (table, change) in TABLES {
        let mut tx = db.begin(Scope::Tenant(ours.tenant)).await.expect("begun");
        let select = format!("select distinct tenant_id from tenants.{table}");
        let seen: Vec<TenantId> = sqlx::query_scalar(AssertSqlSafe(select))
            .fetch_all(&mut *tx)
            .await
            .expect("read");
        assert_eq!(seen, [ours.tenant], "{table}");
        let update = format!("update tenants.{table} set {change}");
        sqlx::query(AssertSqlSafe(update))
            .execute(&mut *tx)
            .await
            .expect("written");
        let delete = format!("delete from tenants.{table} where tenant_id = $1");
        let deleted = sqlx::query(AssertSqlSafe(delete))
            .bind(theirs.tenant.0)
            .execute(&mut *tx)
            .await
            .expect("nothing to delete");
        assert_eq!(deleted.rows_affected(), 0, "{table}");
        tx.commit().await.expect("committed");

        let mut owner = app.db.owner().await;
        let count = format!("select count(*) from tenants.{table} where tenant_id = $1 and {change}");
        let touched: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .bind(theirs.tenant.0)
            .fetch_one(&mut owner)
            .await
            .expect("counted");
        assert_eq!(touched, 0, "{table}");

        let mut tx = db.begin(Scope::Tenant(ours.tenant)).await.expect("begun");
        let steal = format!("update tenants.{table} set tenant_id = $1");
        let stolen = sqlx::query(AssertSqlSafe(steal))
            .bind(theirs.tenant.0)
            .execute(&mut *tx)
            .await;
        assert!(stolen.is_err(), "{table}: a row cannot be moved to another shop");
        drop(tx);

        let count = format!("select count(*) from tenants.{table}");
        let unscoped: i64 = sqlx::query_scalar(AssertSqlSafe(count))
            .fetch_one(db.pool())
            .await
            .expect("read");
        assert_eq!(unscoped, 0, "{table}: without a scope there is nothing");
    }
}

#[tokio::test]
async fn every_table_with_a_shop_has_forced_row_security() {
    let app = App::new().await;
    let mut owner = app.db.owner().await;
    let open: Vec<String> = sqlx::query_scalar(
        "select c.relname::text
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
          where n.nspname = 'tenants' and c.relkind in ('r', 'p') and not c.relispartition
            and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .fetch_all(&mut owner)
    .await
    .expect("read");
    assert_eq!(open, [""; 0]);
    let mut covered: Vec<String> = sqlx::query_scalar(
        "select c.relname::text
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
          where n.nspname = 'tenants' and c.relkind in ('r', 'p') and not c.relispartition",
    )
    .fetch_all(&mut owner)
    .await
    .expect("read");
    covered.sort();
    let mut attacked = TABLES.map(|(table, _)| table.to_owned());
    attacked.sort();
    assert_eq!(covered, attacked, "the attack above visits every table");
}
