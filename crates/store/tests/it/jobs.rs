use crate::shop::database;
use chrono::TimeDelta;
use futures::future::BoxFuture;
use kernel::{Clock, JobId, SharedClock};
use serde_json::json;
use sqlx::Executor;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::jobs::{Job, Queue};
use store::{Db, Scope};
use testkit::{TestDb, clock, eventually};
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

const MAIL: Queue = Queue {
    attempts_max: 3,
    lease: Duration::from_secs(30),
    ..Queue::new("mail")
};

async fn beside<T>(background: impl Future<Output = ()>, body: impl Future<Output = T>) -> T {
    tokio::select! {
        () = background => panic!("the worker stopped by itself"),
        value = body => value,
    }
}

async fn enqueue(db: &Db, clock: &dyn Clock, number: i64) -> JobId {
    let mut conn = db.pool().acquire().await.unwrap();
    let id = MAIL
        .enqueue(&mut conn, &json!(number), clock.now())
        .await
        .unwrap();
    store::jobs::wake();
    id
}

async fn open(db: &Db) -> i64 {
    let mut conn = db.pool().acquire().await.unwrap();
    MAIL.open(&mut conn).await.unwrap()
}

async fn until_empty(db: &Db) {
    eventually("all jobs are done", async || (open(db).await == 0).then_some(())).await;
}

async fn dead(db: &Db) -> Vec<Job> {
    let mut conn = db.pool().acquire().await.unwrap();
    MAIL.dead(&mut conn, None, 10).await.unwrap()
}

/// The numbers of the jobs that were run, in order.
#[derive(Clone, Default)]
struct Runs(Arc<Mutex<Vec<i64>>>);

impl Runs {
    fn of(&self) -> Vec<i64> {
        self.0.lock().unwrap().clone()
    }

    fn add(&self, job: &Job) -> usize {
        let mut runs = self.0.lock().unwrap();
        runs.push(job.read().unwrap());
        runs.len()
    }

    fn noting(&self) -> impl for<'j> Fn(&'j Job) -> BoxFuture<'j, Result<(), String>> + Send + Sync {
        let runs = self.clone();
        move |job| {
            runs.add(job);
            Box::pin(std::future::ready(Ok(())))
        }
    }

    async fn until(&self, count: usize) -> Vec<i64> {
        eventually("the jobs ran", async || {
            (self.of().len() >= count).then(|| self.of())
        })
        .await
    }
}

#[tokio::test]
async fn jobs_are_done_when_due_by_one_of_several_workers() {
    let (test_db, db) = database().await;
    let (clock, runs) = (clock(), Runs::default());
    for number in 0..40 {
        enqueue(&db, &*clock, number).await;
    }
    let mut conn = db.pool().acquire().await.unwrap();
    let in_an_hour = clock.now() + TimeDelta::hours(1);
    MAIL.enqueue(&mut conn, &json!(99), in_an_hour).await.unwrap();
    let (first, second) = (test_db.db("shop"), test_db.db("shop"));
    let workers = async {
        tokio::join!(
            MAIL.work(&first, CancellationToken::new(), clock.clone(), runs.noting()),
            MAIL.work(&second, CancellationToken::new(), clock.clone(), runs.noting()),
        );
    };
    beside(workers, async {
        let mut done = runs.until(40).await;
        done.sort_unstable();
        assert_eq!(done, (0..40).collect::<Vec<_>>());
        // A lease of now would have run out in an hour.
        eventually("all are settled", async || (open(&db).await == 1).then_some(())).await;
        clock.advance(Duration::from_secs(3_601));
        assert_eq!(runs.until(41).await[40], 99);
        until_empty(&db).await;
    })
    .await;
    assert_eq!(runs.of().len(), 41);
}

#[tokio::test]
async fn a_job_exists_if_its_transaction_does() {
    let (_test_db, db) = database().await;
    let mut tx = db.pool().begin().await.unwrap();
    MAIL.enqueue(&mut tx, &json!(1), clock().now()).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(open(&db).await, 0);
}

#[tokio::test]
async fn a_failing_job_is_repeated_with_growing_pauses_and_then_dead_until_retried() {
    let (_test_db, db) = database().await;
    let (clock, runs) = (clock(), Runs::default());
    let start = clock.now();
    let id = enqueue(&db, &*clock, 7).await;
    let (noted, heals) = (runs.clone(), Arc::new(AtomicUsize::new(0)));
    let healed = heals.clone();
    let work = MAIL.work(&db, CancellationToken::new(), clock.clone(), move |job| {
        noted.add(job);
        let outcome = match healed.load(Ordering::SeqCst) {
            0 => Err("no such\0 mailbox".to_owned()),
            _ => Ok(()),
        };
        Box::pin(std::future::ready(outcome))
    });
    beside(work, async {
        runs.until(1).await;
        let first = paused_until(&db, id, 1).await;
        assert!(
            (750..=1_250).contains(&(first - start).num_milliseconds()),
            "{first}"
        );
        assert_eq!(runs.of().len(), 1, "not before its time");
        clock.set(first);
        runs.until(2).await;
        let second = paused_until(&db, id, 2).await;
        assert!(
            (1_500..=2_500).contains(&(second - first).num_milliseconds()),
            "{second}"
        );
        clock.set(second);
        runs.until(3).await;
        let job = eventually("it is dead", async || dead(&db).await.pop()).await;
        assert_eq!(
            (job.id, job.attempts, job.error.as_deref()),
            (id, 3, Some("no such mailbox"))
        );
        assert_eq!(open(&db).await, 0);

        heals.store(1, Ordering::SeqCst);
        let mut conn = db.pool().acquire().await.unwrap();
        assert!(MAIL.retry(&mut conn, id, clock.now()).await.unwrap());
        runs.until(4).await;
        until_empty(&db).await;
        assert_eq!(dead(&db).await, []);
        assert!(
            !MAIL.retry(&mut conn, id, clock.now()).await.unwrap(),
            "it is gone"
        );
    })
    .await;
}

/// When a job that failed `attempts` times comes again.
async fn paused_until(db: &Db, id: JobId, attempts: i32) -> kernel::Timestamp {
    eventually("it is put back", async || {
        sqlx::query_scalar(
            "select run_at from store.job where id = $1 and attempts = $2 and leased_until is null",
        )
        .bind(id)
        .bind(attempts)
        .fetch_optional(db.pool())
        .await
        .unwrap()
    })
    .await
}

#[tokio::test]
async fn a_dead_job_can_be_discarded() {
    let (_test_db, db) = database().await;
    let once = Queue {
        attempts_max: 1,
        ..MAIL
    };
    let clock = clock();
    let mut conn = db.pool().acquire().await.unwrap();
    let id = once.enqueue(&mut conn, &json!(1), clock.now()).await.unwrap();
    assert!(!once.discard(&mut conn, id).await.unwrap(), "it is not dead");
    let work = once.work(&db, CancellationToken::new(), clock, |_| {
        Box::pin(std::future::ready(Err("never")))
    });
    beside(work, async {
        eventually("it is dead", async || dead(&db).await.pop()).await;
        assert!(once.discard(&mut conn, id).await.unwrap());
        assert_eq!(dead(&db).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_dead_workers_job_is_taken_over_when_its_lease_runs_out() {
    let (_test_db, db) = database().await;
    let (clock, runs) = (clock(), Runs::default());
    enqueue(&db, &*clock, 1).await;
    let begun = runs.clone();
    let killed = MAIL.work(&db, CancellationToken::new(), clock.clone(), move |job| {
        begun.add(job);
        Box::pin(std::future::pending::<Result<(), String>>())
    });
    beside(killed, runs.until(1)).await;

    beside(
        MAIL.work(&db, CancellationToken::new(), clock.clone(), runs.noting()),
        async {
            clock.advance(Duration::from_secs(29));
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_eq!(runs.of().len(), 1, "it is leased");
            clock.advance(Duration::from_secs(2));
            runs.until(2).await;
            until_empty(&db).await;
        },
    )
    .await;
    assert_eq!(runs.of(), [1, 1]);
}

#[tokio::test]
async fn a_job_that_kills_its_worker_every_time_is_dead_in_the_end() {
    let (_test_db, db) = database().await;
    let (clock, runs) = (clock(), Runs::default());
    enqueue(&db, &*clock, 1).await;
    for life in 1..=3 {
        let begun = runs.clone();
        let killed = MAIL.work(&db, CancellationToken::new(), clock.clone(), move |job| {
            begun.add(job);
            Box::pin(std::future::pending::<Result<(), String>>())
        });
        beside(killed, runs.until(life)).await;
        clock.advance(Duration::from_secs(31));
    }
    beside(
        MAIL.work(&db, CancellationToken::new(), clock, runs.noting()),
        async {
            let job = eventually("it is dead", async || dead(&db).await.pop()).await;
            assert_eq!(job.error.as_deref(), Some("its worker died in every attempt"));
        },
    )
    .await;
    assert_eq!(runs.of().len(), 3);
}

#[tokio::test]
async fn a_living_worker_keeps_its_job_however_long_it_takes() {
    let (test_db, db) = database().await;
    let (clock, runs) = (clock(), Runs::default());
    let short = Queue {
        lease: Duration::from_millis(300),
        ..MAIL
    };
    enqueue(&db, &*clock, 1).await;
    let begun = runs.clone();
    let slow = short.work(&db, CancellationToken::new(), clock.clone(), move |job| {
        begun.add(job);
        Box::pin(std::future::pending::<Result<(), String>>())
    });
    let other = test_db.db("shop");
    let both = async {
        runs.until(1).await;
        short
            .work(&other, CancellationToken::new(), clock.clone(), runs.noting())
            .await;
    };
    beside(
        async {
            tokio::join!(slow, both);
        },
        async {
            runs.until(1).await;
            for _ in 0..12 {
                tokio::time::sleep(Duration::from_millis(120)).await;
                clock.advance(Duration::from_millis(100));
            }
        },
    )
    .await;
    assert_eq!(runs.of(), [1], "four leases long");
}

#[tokio::test]
async fn a_key_has_one_open_job_and_asking_again_while_it_runs_runs_it_again() {
    let (_test_db, db) = database().await;
    let (clock, runs) = (clock(), Runs::default());
    let mut conn = db.pool().acquire().await.unwrap();
    let soon = clock.now() + TimeDelta::minutes(1);
    let first = MAIL
        .enqueue_once(&mut conn, "product 1", &json!(1), soon)
        .await
        .unwrap();
    let again = MAIL
        .enqueue_once(&mut conn, "product 1", &json!(2), clock.now())
        .await
        .unwrap();
    assert_eq!((first, open(&db).await), (again, 1));

    let (noted, mid_run) = (runs.clone(), db.clone());
    let now: SharedClock = clock.clone();
    let work = MAIL.work(&db, CancellationToken::new(), clock.clone(), move |job| {
        let count = noted.add(job);
        let (db, now) = (mid_run.clone(), now.now());
        Box::pin(async move {
            if count == 1 {
                let mut conn = db.pool().acquire().await.map_err(|e| e.to_string())?;
                let id = MAIL.enqueue_once(&mut conn, "product 1", &json!(3), now).await;
                assert_eq!(id.map_err(|e| e.to_string())?, job.id);
            }
            Ok::<(), String>(())
        })
    });
    beside(work, async {
        assert_eq!(
            runs.until(2).await,
            [2, 3],
            "the second wish brought its payload forward"
        );
        until_empty(&db).await;
    })
    .await;
    assert_eq!(runs.of().len(), 2);
}

#[tokio::test]
async fn of_several_wishes_at_once_each_key_has_one_open_job() {
    let (_test_db, db) = database().await;
    let clock = clock();
    let (now, soon) = (clock.now(), clock.now() + TimeDelta::minutes(1));
    let mut conn = db.pool().acquire().await.unwrap();
    let wish = |key: &str, number: i64, at| (key.to_owned(), json!(number), at);
    for wishes in [
        [wish("product 1", 1, soon), wish("product 2", 2, now)],
        [wish("product 1", 3, now), wish("product 2", 4, soon)],
    ] {
        MAIL.enqueue_each_once(&mut conn, &wishes).await.unwrap();
    }
    let kept: Vec<(String, serde_json::Value, bool)> =
        sqlx::query_as("select key, payload, run_at = $1 from store.job order by key")
            .bind(now)
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let expected = [("product 1", 3), ("product 2", 4)];
    let expected = expected.map(|(key, number)| (key.to_owned(), json!(number), true));
    assert_eq!(kept, expected, "the latest payload, at the earliest time");
}

#[tokio::test]
async fn a_cancelled_worker_finishes_what_it_has_begun() {
    let (_test_db, db) = database().await;
    let (clock, runs, cancel) = (clock(), Runs::default(), CancellationToken::new());
    for number in 0..20 {
        enqueue(&db, &*clock, number).await;
    }
    let (begun, stop) = (runs.clone(), cancel.clone());
    let work = MAIL.work(&db, cancel, clock, move |job| {
        begun.add(job);
        stop.cancel();
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok::<(), String>(())
        })
    });
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("it stops");
    assert_eq!(runs.of().len(), MAIL.concurrency);
    assert_eq!(open(&db).await, 20 - i64::try_from(MAIL.concurrency).unwrap());
}

#[tokio::test]
async fn more_jobs_at_once_than_there_are_connections_do_not_wait_for_each_other() {
    const BUSY: Queue = Queue {
        concurrency: 64,
        ..Queue::new("busy")
    };
    let ((_test_db, db), clock) = (database().await, clock());
    let mut conn = db.pool().acquire().await.unwrap();
    let all: Vec<i64> = (0..300).collect();
    BUSY.enqueue_all(&mut conn, &all, clock.now()).await.unwrap();
    drop(conn);
    let started: SharedClock = clock.clone();
    let worker = BUSY.work(&db, CancellationToken::new(), started, |_: &Job| {
        let db = db.clone();
        Box::pin(async move {
            for _ in 0..3 {
                let mut tx = db.begin(Scope::System).await?;
                sqlx::query("select pg_sleep(0.002)").execute(&mut *tx).await?;
                tx.commit().await?;
            }
            Ok::<(), sqlx::Error>(())
        })
    });
    beside(worker, async {
        eventually("all are done", async || {
            // Whoever waits in vain for a connection gives up, and so would this.
            let mut conn = db.pool().acquire().await.unwrap();
            (BUSY.open(&mut conn).await.unwrap() == 0).then_some(())
        })
        .await;
    })
    .await;
}

/// Counts the statements that end jobs.
async fn count_ends(test_db: &TestDb) {
    let mut owner = test_db.owner().await;
    owner
        .execute(
            "create table store.ended (times int not null);
             insert into store.ended values (0);
             create function store.count_end() returns trigger language plpgsql security definer as $$
             begin
                 update store.ended set times = times + 1;
                 return null;
             end $$;
             create trigger count_end after delete on store.job for each statement execute function store.count_end()",
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn jobs_that_end_at_one_time_end_together() {
    const MANY: Queue = Queue {
        concurrency: 32,
        ..Queue::new("many")
    };
    let ((test_db, db), clock) = (database().await, clock());
    count_ends(&test_db).await;
    let mut conn = db.pool().acquire().await.unwrap();
    let all: Vec<i64> = (0..32).collect();
    MANY.enqueue_all(&mut conn, &all, clock.now()).await.unwrap();
    drop(conn);
    let together = Arc::new(Barrier::new(all.len()));
    let worker = MANY.work(&db, CancellationToken::new(), clock.clone(), |_: &Job| {
        let together = Arc::clone(&together);
        Box::pin(async move {
            together.wait().await;
            Ok::<(), String>(())
        })
    });
    beside(worker, async {
        eventually("all are settled", async || {
            let mut conn = db.pool().acquire().await.unwrap();
            (MANY.open(&mut conn).await.unwrap() == 0).then_some(())
        })
        .await;
    })
    .await;
    let times: i32 = sqlx::query_scalar("select times from store.ended")
        .fetch_one(&mut test_db.owner().await)
        .await
        .unwrap();
    assert!(times < 8, "{times} statements for {} jobs", all.len());
}

#[tokio::test]
async fn a_job_that_is_just_being_asked_for_keeps_no_other_from_ending() {
    let ((_test_db, db), clock) = (database().await, clock());
    let mut conn = db.pool().acquire().await.unwrap();
    for key in ["cup", "bowl", "vase"] {
        MAIL.enqueue_once(&mut conn, key, &json!(1), clock.now())
            .await
            .unwrap();
    }
    drop(conn);
    let (runs, together) = (Runs::default(), Arc::new(Barrier::new(4)));
    let worker = MAIL.work(&db, CancellationToken::new(), clock.clone(), |job: &Job| {
        let (is_early, together) = (runs.add(job) <= 3, Arc::clone(&together));
        Box::pin(async move {
            if is_early {
                together.wait().await;
            }
            Ok::<(), String>(())
        })
    });
    beside(worker, async {
        runs.until(3).await;
        let mut tx = db.pool().begin().await.unwrap();
        MAIL.enqueue_once(&mut tx, "bowl", &json!(2), clock.now())
            .await
            .unwrap();
        together.wait().await;
        eventually("the others are gone", async || {
            (open(&db).await == 1).then_some(())
        })
        .await;
        tx.commit().await.unwrap();
        assert_eq!(runs.until(4).await, [1, 1, 1, 2]);
        until_empty(&db).await;
    })
    .await;
}
