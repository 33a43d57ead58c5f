//! A context as small as the tests need.

use contracts::PublicEvent;
use kernel::{Clock, Ctx, SystemClock, TenantId, Timestamp, uuid_at};
use serde::{Deserialize, Serialize};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};
use std::sync::LazyLock;
use store::migrate::Schema;
use store::{Db, Scope};
use testkit::TestDb;
use uuid::Uuid;

static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| migrator("shop", &[include_str!("shop.sql")]));

/// Migrations of a context `context`, numbered from 1.
pub fn migrator(context: &'static str, migrations: &[&'static str]) -> Migrator {
    let migrations = migrations.iter().zip(1..).map(|(sql, version)| {
        Migration::new(
            version,
            "test".into(),
            MigrationType::Simple,
            AssertSqlSafe(*sql).into_sql_str(),
            false,
        )
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.dangerous_set_table_name(format!("{context}._migration"));
    migrator
}

pub fn schema() -> Schema {
    Schema {
        context: "shop",
        migrator: &MIGRATOR,
        composes: &[],
    }
}

pub async fn database() -> (TestDb, Db) {
    let test_db = TestDb::new(&[schema()]).await;
    let db = test_db.db("shop");
    (test_db, db)
}

pub fn now() -> Timestamp {
    SystemClock.now()
}

pub fn ctx() -> Ctx {
    Ctx::system("test", now())
}

pub fn new_id() -> Uuid {
    uuid_at(now())
}

/// The `number`th event of its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    pub key: Uuid,
    pub number: i64,
}

impl PublicEvent for Counted {
    const TOPIC: &'static str = "shop.counted";

    fn key(&self) -> Uuid {
        self.key
    }

    fn tenant(&self) -> Option<TenantId> {
        None
    }
}

/// Commits one event.
pub async fn publish(db: &Db, key: Uuid, number: i64) {
    let mut tx = db.begin(Scope::System).await.unwrap();
    store::log::append(&mut tx, &ctx(), &Counted { key, number })
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
