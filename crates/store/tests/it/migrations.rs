use crate::shop::{migrator, schema};
use futures::future::join_all;
use sqlx::Executor;
use store::migrate::{self, MigrateError, Schema};
use store::{Db, Scope};
use testkit::TestDb;

#[tokio::test]
async fn migrating_again_and_by_several_at_once_changes_nothing() {
    let test_db = TestDb::new(&[schema()]).await;
    let schemas = [schema()];
    let outcomes = join_all((0..4).map(|_| migrate::run(test_db.url(), &schemas))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    let test_db = TestDb::new(&[schema()]).await;
    for (context, sql) in [
        (
            "store",
            "insert into store._migration select 99, description, installed_on, success, checksum, execution_time from store._migration limit 1",
        ),
        (
            "shop",
            "delete from store._migration where version = 99; insert into shop._migration select 42, description, installed_on, success, checksum, execution_time from shop._migration limit 1",
        ),
    ] {
        test_db.owner().await.execute(sql).await.unwrap();
        let error = migrate::run(test_db.url(), &[schema()]).await.unwrap_err();
        assert!(
            matches!(error, MigrateError::Newer { context: found, known: 1, .. } if found == context),
            "{error}"
        );
        let text = error.to_string();
        assert!(
            text.contains("newer") && text.contains("start the newer program"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_till_may_write_what_it_composes_and_others_may_not() {
    let counter = migrator("mill", &["create table mill.bag (id int primary key)"]);
    let mill = Schema {
        context: "mill",
        migrator: Box::leak(Box::new(counter)),
        composes: &[],
    };
    let baker = Schema {
        context: "baker",
        migrator: Box::leak(Box::new(migrator(
            "baker",
            &["create table baker.loaf (id int primary key)"],
        ))),
        composes: &["mill"],
    };
    let test_db = TestDb::new(&[mill, baker]).await;
    let write = async |db: Db, scope| {
        let mut tx = db.begin(scope).await.unwrap();
        let written = tx.execute("insert into mill.bag values (1)").await.is_ok();
        tx.rollback().await.unwrap();
        written
    };
    assert!(write(test_db.db("mill"), Scope::System).await);
    assert!(write(test_db.db("baker"), Scope::System).await);
    let read_bread = test_db
        .db("mill")
        .pool()
        .execute("select * from baker.loaf")
        .await;
    assert!(read_bread.is_err(), "composition goes one way");
}

#[tokio::test]
async fn each_set_of_migrations_has_its_own_fingerprint() {
    let none = migrate::fingerprint(&[]);
    let shop = migrate::fingerprint(&[schema()]);
    let composing = migrate::fingerprint(&[Schema {
        composes: &["mill"],
        ..schema()
    }]);
    assert!(none != shop && shop != composing);
    assert_eq!(shop, migrate::fingerprint(&[schema()]));
}
