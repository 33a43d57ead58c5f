use crate::scene::{Scene, bowl};
use contracts::catalog::Catalog;
use store::Scope;

/// A statement whose author forgot the `where`.
async fn count(scene: &Scene, scope: Scope, sql: &'static str) -> i64 {
    let db = scene.db.db(catalog::CONTEXT);
    let mut tx = db.begin(scope).await.expect("begins");
    sqlx::query_scalar(sql)
        .fetch_one(&mut *tx)
        .await
        .expect("a number")
}

#[tokio::test]
async fn a_forgotten_where_shows_one_shops_rows_only() {
    let scene = Scene::new().await;
    scene.upsert(vec![bowl("a"), bowl("b")]).await.expect("written");
    scene
        .products
        .upsert(&scene.ctx, scene.other_shop, vec![bowl("c")])
        .await
        .expect("written");
    let tables = [
        "select count(*) from catalog.product",
        "select count(*) from catalog.variant",
        "select count(*) from catalog.product_version",
    ];
    for sql in tables {
        assert_eq!(count(&scene, Scope::Tenant(scene.shop), sql).await, 2, "{sql}");
        assert_eq!(
            count(&scene, Scope::Tenant(scene.other_shop), sql).await,
            1,
            "{sql}"
        );
        assert_eq!(count(&scene, Scope::System, sql).await, 3, "{sql}");
        let db = scene.db.db(catalog::CONTEXT);
        let without: i64 = sqlx::query_scalar(sql)
            .fetch_one(db.pool())
            .await
            .expect("a number");
        assert_eq!(without, 0, "{sql}");
    }
    // What buyers read belongs to nobody.
    assert_eq!(
        count(
            &scene,
            Scope::Tenant(scene.shop),
            "select count(*) from catalog.listing"
        )
        .await,
        3
    );
}

#[tokio::test]
async fn nobody_writes_into_anothers_window() {
    let scene = Scene::new().await;
    scene.upsert(vec![bowl("a")]).await.expect("written");
    let db = scene.db.db(catalog::CONTEXT);
    let attempts = [
        "update catalog.listing set status = 'archived'",
        "delete from catalog.listing",
        "delete from catalog.offer",
        "update catalog.product set title = 'mine'",
        "delete from catalog.variant",
    ];
    for sql in attempts {
        let mut tx = db.begin(Scope::Tenant(scene.other_shop)).await.expect("begins");
        let done = sqlx::query(sql).execute(&mut *tx).await.expect("touches nothing");
        assert_eq!(done.rows_affected(), 0, "{sql}");
    }
    let mut tx = db.begin(Scope::Tenant(scene.other_shop)).await.expect("begins");
    let refused = sqlx::query(
        "insert into catalog.listing select gen_random_uuid(), tenant_id, status, created_at, document from catalog.listing",
    )
    .execute(&mut *tx)
    .await
    .expect_err("refused");
    assert!(refused.to_string().contains("row-level security"), "{refused}");
}

#[tokio::test]
async fn the_same_key_and_code_in_two_shops_are_two_products() {
    let scene = Scene::new().await;
    scene.upsert(vec![bowl("a")]).await.expect("written");
    let theirs = scene
        .products
        .upsert(&scene.ctx, scene.other_shop, vec![bowl("a")])
        .await
        .expect("written");
    assert_eq!(theirs.created, 1);
}
