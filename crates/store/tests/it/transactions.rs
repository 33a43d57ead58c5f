use crate::shop::{database, new_id};
use kernel::TenantId;
use sqlx::Executor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use store::{Db, Scope};
use uuid::Uuid;

async fn counters(db: &Db, count: usize) -> Vec<Uuid> {
    let mut tx = db.begin(Scope::System).await.unwrap();
    let ids: Vec<Uuid> = (0..count).map(|_| new_id()).collect();
    for id in &ids {
        sqlx::query("insert into shop.counter (tenant_id, id, value) values ($1, $1, 0)")
            .bind(id)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    ids
}

async fn total(db: &Db) -> i64 {
    let mut tx = db.begin(Scope::System).await.unwrap();
    sqlx::query_scalar("select sum(value)::bigint from shop.counter")
        .fetch_one(&mut *tx)
        .await
        .unwrap()
}

/// Adds 1 to two counters, the second after a pause in which another can take it.
async fn add_to_both(
    db: &Db,
    first: Uuid,
    second: Uuid,
    attempts: Arc<AtomicU32>,
) -> Result<(), sqlx::Error> {
    db.run_tx("test_deadlock", Scope::System, move |tx| {
        let attempts = attempts.clone();
        Box::pin(async move {
            attempts.fetch_add(1, Ordering::SeqCst);
            for id in [first, second] {
                sqlx::query("update shop.counter set value = value + 1 where id = $1")
                    .bind(id)
                    .execute(&mut **tx)
                    .await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(())
        })
    })
    .await
}

#[tokio::test]
async fn a_deadlock_is_resolved_by_running_its_victim_again() {
    let (_test_db, db) = database().await;
    let ids = counters(&db, 2).await;
    let attempts = Arc::new(AtomicU32::new(0));
    let (one, other) = tokio::join!(
        add_to_both(&db, ids[0], ids[1], attempts.clone()),
        add_to_both(&db, ids[1], ids[0], attempts.clone()),
    );
    one.unwrap();
    other.unwrap();
    assert_eq!(total(&db).await, 4);
    assert!(attempts.load(Ordering::SeqCst) > 2, "there was a deadlock");
}

#[tokio::test]
async fn a_serialisation_failure_is_repeated() {
    let (_test_db, db) = database().await;
    let ids = counters(&db, 1).await;
    let attempts = Arc::new(AtomicU32::new(0));
    let add = || {
        let (db, id, attempts) = (db.clone(), ids[0], attempts.clone());
        async move {
            db.run_tx("test_serialisation", Scope::System, move |tx| {
                let attempts = attempts.clone();
                Box::pin(async move {
                    attempts.fetch_add(1, Ordering::SeqCst);
                    tx.execute("set transaction isolation level repeatable read")
                        .await?;
                    let value: i64 = sqlx::query_scalar("select value from shop.counter where id = $1")
                        .bind(id)
                        .fetch_one(&mut **tx)
                        .await?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    sqlx::query("update shop.counter set value = $2 where id = $1")
                        .bind(id)
                        .bind(value + 1)
                        .execute(&mut **tx)
                        .await?;
                    Ok::<(), sqlx::Error>(())
                })
            })
            .await
        }
    };
    let outcomes = tokio::join!(add(), add(), add());
    assert!(
        outcomes.0.is_ok() && outcomes.1.is_ok() && outcomes.2.is_ok(),
        "{outcomes:?}"
    );
    assert_eq!(total(&db).await, 3);
    assert!(attempts.load(Ordering::SeqCst) > 3, "there was a failure");
}

#[tokio::test]
async fn other_failures_are_not_repeated_and_leave_nothing() {
    let (_test_db, db) = database().await;
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = attempts.clone();
    let shop = TenantId(new_id());
    let outcome: Result<(), sqlx::Error> = db
        .run_tx("test_failure", Scope::Tenant(shop), move |tx| {
            let counted = counted.clone();
            Box::pin(async move {
                counted.fetch_add(1, Ordering::SeqCst);
                for _ in 0..2 {
                    sqlx::query("insert into shop.counter (tenant_id, id, value) values ($1, $1, 1)")
                        .bind(shop)
                        .execute(&mut **tx)
                        .await?;
                }
                Ok(())
            })
        })
        .await;
    let error = outcome.unwrap_err();
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    assert!(
        store::constraint_of(&error).is_some_and(|c| c.ends_with("_pkey")),
        "{error}"
    );
    let mut tx = db.begin(Scope::System).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from shop.counter")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_pool_survives_the_loss_of_all_its_connections() {
    let (test_db, db) = database().await;
    let held = futures::future::join_all((0..4).map(|_| db.begin(Scope::System))).await;
    drop(held);
    tokio::time::sleep(Duration::from_millis(100)).await;
    test_db
        .owner()
        .await
        .execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'stoa shop'")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..8 {
        db.begin(Scope::System)
            .await
            .expect("a dead connection is replaced")
            .commit()
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn who_waits_in_vain_for_a_database_that_answers_others_is_one_too_many() {
    let (test_db, db) = database().await;
    let mut held = Vec::new();
    let waited = loop {
        let took = async { db.begin(Scope::System).await };
        // Others are answered meanwhile.
        let others = Db::connect(test_db.url(), "shop").unwrap();
        let asking = async {
            loop {
                sqlx::query("select 1").execute(others.pool()).await.unwrap();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let outcome = tokio::select! {
            outcome = took => outcome,
            () = asking => unreachable!("it never ends"),
        };
        match outcome {
            Ok(tx) => held.push(tx),
            Err(error) => break error,
        }
    };
    assert!(held.len() > 1, "{waited}");
    let told = store::out_of_reach(&waited);
    assert_eq!(
        (told.kind, told.retry_after_s),
        (kernel::Kind::TooMany, Some(1)),
        "{waited}"
    );
}

#[tokio::test]
async fn a_transaction_that_stands_still_is_ended_and_gives_its_locks_back() {
    let (_test_db, db) = database().await;
    let id = counters(&db, 1).await[0];
    let mut still = db.begin(Scope::System).await.unwrap();
    let limit: String = sqlx::query_scalar("show idle_in_transaction_session_timeout")
        .fetch_one(&mut *still)
        .await
        .unwrap();
    assert_eq!(limit, "15s");
    // Not as long as that.
    still
        .execute("set local idle_in_transaction_session_timeout = '100ms'")
        .await
        .unwrap();
    let add = "update shop.counter set value = value + 1 where id = $1";
    sqlx::query(add).bind(id).execute(&mut *still).await.unwrap();
    let mut other = db.begin(Scope::System).await.unwrap();
    let waited = sqlx::query(add).bind(id).execute(&mut *other);
    tokio::time::timeout(Duration::from_secs(10), waited)
        .await
        .unwrap()
        .unwrap();
    other.commit().await.unwrap();
    let refused = still.execute("select 1").await.unwrap_err();
    assert!(store::is_outage(&refused), "{refused}");
    assert_eq!(total(&db).await, 1);
}

/// Asks a little for a transaction, and then not any more.
async fn give_up_after(db: &Db, polls: usize) {
    let mut begin = Box::pin(db.begin(Scope::System));
    for _ in 0..polls {
        if futures::poll!(&mut begin).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_gives_up_while_a_transaction_begins_leaves_none_behind() {
    let (_test_db, db) = database().await;
    drop(db.begin(Scope::System).await.expect("begun"));
    for polls in 1..=24 {
        give_up_after(&db, polls % 6).await;
        // Every connection of the pool is as it was: in nobody's transaction, under nobody's role.
        let mut all = Vec::new();
        for _ in 0..db.pool().size() {
            let mut connection = db.pool().acquire().await.expect("one of them");
            let who: String = sqlx::query_scalar("select current_user::text")
                .fetch_one(&mut *connection)
                .await
                .expect("asked");
            assert_eq!(who, "stoa_shop", "after {polls} polls");
            all.push(connection);
        }
    }
}
