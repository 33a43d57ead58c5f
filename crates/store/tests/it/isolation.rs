use crate::shop::{database, new_id, schema};
use kernel::TenantId;
use sqlx::{AssertSqlSafe, Executor};
use store::migrate::{self, Exposed};
use store::{Db, Scope};
use testkit::TestDb;

/// Two shops with two counters each.
async fn two_shops(db: &Db) -> (TenantId, TenantId) {
    let shops = (TenantId(new_id()), TenantId(new_id()));
    for shop in [shops.0, shops.1] {
        let mut tx = db.begin(Scope::Tenant(shop)).await.unwrap();
        for value in [1_i64, 2] {
            sqlx::query("insert into shop.counter (tenant_id, id, value) values ($1, $2, $3)")
                .bind(shop)
                .bind(new_id())
                .bind(value)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
    shops
}

/// The shops whose rows a statement without any `where` shows.
async fn visible(conn: &mut sqlx::PgConnection) -> Vec<TenantId> {
    sqlx::query_scalar("select tenant_id from shop.counter order by tenant_id, id")
        .fetch_all(conn)
        .await
        .unwrap()
}

fn is_refused<T>(outcome: &Result<T, sqlx::Error>) -> bool {
    // insufficient_privilege: missing rights and violated policies alike
    matches!(outcome, Err(e) if e.as_database_error().and_then(|e| e.code()).as_deref() == Some("42501"))
}

#[tokio::test]
async fn a_forgotten_where_shows_one_shop_its_own_rows_and_nobody_else_any() {
    let (_test_db, db) = database().await;
    let (a, b) = two_shops(&db).await;

    let mut nobody = db.pool().acquire().await.unwrap();
    assert_eq!(visible(&mut nobody).await, []);
    let mut tx = db.begin(Scope::Tenant(a)).await.unwrap();
    assert_eq!(visible(&mut tx).await, [a, a]);
    tx.commit().await.unwrap();
    let mut tx = db.begin(Scope::Tenant(b)).await.unwrap();
    assert_eq!(visible(&mut tx).await, [b, b]);
    tx.commit().await.unwrap();
    let mut tx = db.begin(Scope::System).await.unwrap();
    assert_eq!(visible(&mut tx).await, [a, a, b, b]);
}

#[tokio::test]
async fn the_scope_ends_with_its_transaction() {
    let (_test_db, db) = database().await;
    two_shops(&db).await;
    for _ in 0..20 {
        let tx = db.begin(Scope::System).await.unwrap();
        tx.commit().await.unwrap();
        let tx = db.begin(Scope::Tenant(TenantId(new_id()))).await.unwrap();
        drop(tx);
        assert_eq!(visible(&mut db.pool().acquire().await.unwrap()).await, []);
    }
}

#[tokio::test]
async fn a_shop_cannot_change_remove_or_make_rows_of_another() {
    let (_test_db, db) = database().await;
    let (a, b) = two_shops(&db).await;
    let mut tx = db.begin(Scope::Tenant(a)).await.unwrap();
    let changed = tx.execute("update shop.counter set value = 0").await.unwrap();
    assert_eq!(changed.rows_affected(), 2, "its own");
    let removed = sqlx::query("delete from shop.counter where tenant_id = $1")
        .bind(b)
        .execute(&mut *tx)
        .await
        .unwrap();
    assert_eq!(removed.rows_affected(), 0);
    tx.commit().await.unwrap();

    for sql in [
        "insert into shop.counter (tenant_id, id, value) values ($1, gen_random_uuid(), 1)",
        "update shop.counter set tenant_id = $1",
    ] {
        let mut tx = db.begin(Scope::Tenant(a)).await.unwrap();
        assert!(
            is_refused(&sqlx::query(sql).bind(b).execute(&mut *tx).await),
            "{sql}"
        );
    }
    let inserted =
        sqlx::query("insert into shop.counter (tenant_id, id, value) values ($1, gen_random_uuid(), 1)")
            .bind(b)
            .execute(db.pool())
            .await;
    assert!(is_refused(&inserted), "without a shop there is nothing to write");
}

#[tokio::test]
async fn a_partition_cannot_be_reached_directly() {
    let (test_db, db) = database().await;
    let (a, _) = two_shops(&db).await;
    // One more, as a shop of its own tier gets it, and migrations run once more.
    let mut owner = test_db.owner().await;
    owner
        .execute(AssertSqlSafe(format!(
            "create schema tenant_a;
             create table tenant_a.counter partition of shop.counter for values in ('{}');
             grant usage on schema tenant_a to stoa_shop, stoa_shop_system;
             grant select on tenant_a.counter to stoa_shop",
            new_id()
        )))
        .await
        .unwrap();
    let granted = migrate::verify_isolation(test_db.url(), &[schema()])
        .await
        .unwrap();
    assert_eq!(granted.len(), 1, "{granted:?}");
    assert_eq!(granted[0].table, "tenant_a.counter");
    migrate::run(test_db.url(), &[schema()]).await.unwrap();

    let month: String = sqlx::query_scalar("select 'shop.event_' || to_char(now(), 'YYYY_MM')")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    for partition in [
        "shop.counter_pool",
        "tenant_a.counter",
        "shop.event_before",
        &month,
    ] {
        for scope in [Scope::Tenant(a), Scope::System] {
            let mut tx = db.begin(scope).await.unwrap();
            let sql = format!("select * from {partition}");
            let read = tx.execute(AssertSqlSafe(sql)).await;
            assert!(is_refused(&read), "{partition} as {scope:?}");
        }
    }
}

#[tokio::test]
async fn a_context_reaches_no_other_contexts_tables_and_no_machinery_it_has_no_business_with() {
    let (_test_db, db) = database().await;
    for sql in [
        "select * from log.event",
        "select * from log.cursor",
        "update log.event set topic = 'x'",
        "delete from log.event",
        "select * from store.month_partitioned",
        "insert into store.shared_table values ('shop.counter', 'x')",
        "select * from shop._migration",
        "create table shop.mine (id int)",
        "alter table shop.counter disable row level security",
    ] {
        assert!(is_refused(&db.pool().execute(sql).await), "{sql}");
    }
    let mut tx = db.begin(Scope::System).await.unwrap();
    assert!(
        is_refused(&tx.execute("update log.event set topic = 'x'").await),
        "the log is append-only"
    );
}

#[tokio::test]
async fn a_table_that_forgot_to_be_isolated_is_found() {
    let test_db = TestDb::new(&[schema()]).await;
    assert_eq!(
        migrate::verify_isolation(test_db.url(), &[schema()])
            .await
            .unwrap(),
        []
    );
    let mut owner = test_db.owner().await;
    owner
        .execute(
            "create table shop.forgotten (tenant_id uuid);
             create table shop.half (tenant_id uuid);
             alter table shop.half enable row level security;
             create table shop.listing (tenant_id uuid);
             select store.share('shop.listing', 'buyers see the offers of every shop');
             create table shop.plain (id uuid)",
        )
        .await
        .unwrap();
    let exposed = migrate::verify_isolation(test_db.url(), &[schema()])
        .await
        .unwrap();
    let tables: Vec<&str> = exposed.iter().map(|e: &Exposed| e.table.as_str()).collect();
    assert_eq!(tables, ["shop.forgotten", "shop.half"]);
}
