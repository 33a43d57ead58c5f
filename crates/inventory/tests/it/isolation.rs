use crate::world::World;
use inventory::CONTEXT;
use sqlx::AssertSqlSafe;
use store::Scope;

const TABLES: [&str; 9] = [
    "warehouse",
    "routing",
    "level",
    "movement",
    "reservation",
    "inbound",
    "inbound_line",
    "feed",
    "feed_line",
];

/// Two shops with stock; one asks, and forgets to say whose.
#[tokio::test]
async fn a_shop_sees_and_changes_its_own_rows_only_even_without_a_where() {
    let world = World::new().await;
    let (ours, theirs) = (world.tenant(), world.tenant());
    for tenant in [ours, theirs] {
        world
            .stock
            .count(&world.ctx, tenant, &[world.count(3)], None)
            .await
            .unwrap();
    }
    let db = world.db.db(CONTEXT);
    let mut tx = db.begin(Scope::Tenant(ours)).await.unwrap();
    for table in TABLES {
        let foreign: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
            "select count(*) from inventory.{table} where tenant_id <> '{ours}'"
        )))
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        assert_eq!(foreign, 0, "{table}");
    }
    let changed = sqlx::query("update inventory.level set on_hand = 99")
        .execute(&mut *tx)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1, "its own");
    let smuggled = sqlx::query("insert into inventory.level values ($1, $1, $1, $1, 1, 0)")
        .bind(theirs)
        .execute(&mut *tx)
        .await;
    assert!(smuggled.unwrap_err().to_string().contains("row-level security"));
}

#[tokio::test]
async fn without_a_scope_there_is_nothing_to_see() {
    let world = World::new().await;
    world
        .stock
        .count(&world.ctx, world.tenant(), &[world.count(3)], None)
        .await
        .unwrap();
    let db = world.db.db(CONTEXT);
    for table in TABLES {
        let seen: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from inventory.{table}")))
            .fetch_one(db.pool())
            .await
            .unwrap();
        assert_eq!(seen, 0, "{table}");
    }
}

#[tokio::test]
async fn a_movement_stays_as_it_was_written() {
    let world = World::new().await;
    world
        .stock
        .count(&world.ctx, world.tenant(), &[world.count(3)], None)
        .await
        .unwrap();
    for statement in [
        "update inventory.movement set delta_on_hand = 9",
        "delete from inventory.movement",
    ] {
        let refused = sqlx::query(statement)
            .execute(&mut world.system().await)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("never changed"), "{refused}");
    }
}

#[tokio::test]
async fn stock_cannot_be_negative_nor_promised_twice() {
    let world = World::new().await;
    world
        .stock
        .count(&world.ctx, world.tenant(), &[world.count(3)], None)
        .await
        .unwrap();
    for statement in [
        "update inventory.level set on_hand = -1",
        "update inventory.level set reserved = -1",
        "update inventory.level set reserved = on_hand + 1",
    ] {
        let refused = sqlx::query(statement)
            .execute(&mut world.system().await)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("check constraint"), "{refused}");
    }
}
