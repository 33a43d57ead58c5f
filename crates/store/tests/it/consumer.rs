use crate::shop::{Counted, ctx, database, new_id, publish};
use contracts::{Envelope, PublicEvent};
use futures::future::{BoxFuture, join_all};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sqlx::Connection;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::consumer::{self, Consumer};
use store::dead_letters::{self, State};
use store::log::{self, Position};
use store::{Db, Scope, Tx, TxError};
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[derive(Debug)]
pub enum Error {
    Refused(String),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(why) => f.write_str(why),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            Self::Refused(_) => None,
        }
    }
}

pub fn consumer() -> Consumer {
    Consumer {
        attempts_max: 3,
        retry_first: Duration::from_millis(10),
        pace: Duration::ZERO,
        ..Consumer::new("shop.test", [Counted::TOPIC])
    }
}

/// The effect of one event: a row in `shop.seen`.
async fn note(tx: &mut Tx, event: &Envelope) -> Result<(), Error> {
    let Counted { key, number } = event.read::<Counted>().unwrap().unwrap();
    sqlx::query("insert into shop.seen (event_id, key, number) values ($1, $2, $3)")
        .bind(event.id)
        .bind(key)
        .bind(number)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub fn noted<'t>(tx: &'t mut Tx, event: &'t Envelope) -> BoxFuture<'t, Result<(), Error>> {
    Box::pin(note(tx, event))
}

pub async fn note_all(tx: &mut Tx, events: &[Envelope]) -> Result<(), Error> {
    for event in events {
        note(tx, event).await?;
    }
    Ok(())
}

/// Runs `background` until `body` is done, then drops it wherever it is: as sudden as a kill.
pub async fn beside<T>(background: impl Future<Output = ()>, body: impl Future<Output = T>) -> T {
    tokio::select! {
        () = background => panic!("the consumer stopped by itself"),
        value = body => value,
    }
}

/// What was seen, in order: (key, number).
async fn seen(db: &Db) -> Vec<(Uuid, i64)> {
    sqlx::query_as("select key, number from shop.seen order by place")
        .fetch_all(db.pool())
        .await
        .unwrap()
}

pub async fn until_seen(db: &Db, count: usize) -> Vec<(Uuid, i64)> {
    eventually("the consumer has seen all", async || {
        let seen = seen(db).await;
        (seen.len() >= count).then_some(seen)
    })
    .await
}

pub fn numbers(seen: &[(Uuid, i64)], key: Uuid) -> Vec<i64> {
    seen.iter().filter(|s| s.0 == key).map(|s| s.1).collect()
}

pub async fn letters(db: &Db) -> Vec<(i64, State)> {
    let letters = dead_letters::list(db, "shop.test", Position::START, 100)
        .await
        .unwrap();
    letters
        .iter()
        .map(|l| (l.envelope.read::<Counted>().unwrap().unwrap().number, l.state))
        .collect()
}

/// One writer's transactions: some take several keys, some are slow, some are rolled back, and some have had their
/// transaction id long before they get the lock of their key.
pub async fn write_some(db: &Db, keys: &[Uuid], seed: u64) -> HashMap<Uuid, usize> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut committed = HashMap::new();
    for _ in 0..25 {
        let mut tx = db.begin(Scope::System).await.unwrap();
        if rng.random_bool(0.5) {
            sqlx::query("select pg_current_xact_id()")
                .execute(&mut *tx)
                .await
                .unwrap();
            pause(&mut rng).await;
        }
        let count = rng.random_range(1..=3);
        let mut taken: Vec<Uuid> = keys.choose_multiple(&mut rng, count).copied().collect();
        taken.sort();
        for &key in &taken {
            // The row's lock puts the writers of a key in order.
            let number: i64 = sqlx::query_scalar(
                "insert into shop.counter (tenant_id, id, value) values ($1, $1, 1)
                 on conflict (tenant_id, id) do update set value = counter.value + 1 returning value",
            )
            .bind(key)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
            log::append(&mut tx, &ctx(), &Counted { key, number })
                .await
                .unwrap();
            pause(&mut rng).await;
        }
        if rng.random_bool(0.2) {
            tx.rollback().await.unwrap();
            continue;
        }
        tx.commit().await.unwrap();
        if rng.random_bool(0.5) {
            log::wake();
        }
        for key in taken {
            *committed.entry(key).or_default() += 1;
        }
    }
    committed
}

async fn pause(rng: &mut StdRng) {
    if rng.random_bool(0.3) {
        tokio::time::sleep(Duration::from_micros(rng.random_range(0..8_000))).await;
    }
}

/// Many writers, two instances of the consumer, batches of any size.
async fn flood(seed: u64, batch: i64) {
    let (test_db, db) = database().await;
    let (first, second) = (test_db.db("shop"), test_db.db("shop"));
    let consumer = Consumer { batch, ..consumer() };
    let keys: Vec<Uuid> = (0..6).map(|_| new_id()).collect();
    let cancel = CancellationToken::new();

    let writers = async {
        let counts = join_all((0..7).map(|writer| write_some(&db, &keys, seed * 100 + writer))).await;
        let mut committed: BTreeMap<Uuid, usize> = BTreeMap::new();
        for (key, count) in counts.into_iter().flatten() {
            *committed.entry(key).or_default() += count;
        }
        committed
    };
    let instances = async {
        tokio::join!(
            consumer.run(&first, cancel.clone(), noted),
            consumer.run_batches(&second, cancel.clone(), |tx, events| Box::pin(note_all(
                tx, events
            ))),
        );
    };
    let (committed, seen) = beside(Box::pin(instances), async {
        let committed = Box::pin(writers).await;
        let seen = until_seen(&db, committed.values().sum()).await;
        (committed, seen)
    })
    .await;

    assert!(committed.values().sum::<usize>() > 100, "the writers wrote");
    for (key, count) in committed {
        let expected: Vec<i64> = (1..=i64::try_from(count).unwrap()).collect();
        assert_eq!(numbers(&seen, key), expected, "seed {seed}, batch {batch}");
    }
    assert_eq!(letters(&db).await, []);
}

#[tokio::test]
async fn whatever_is_committed_is_seen_once_and_in_the_order_of_its_key() {
    for (seed, batch) in [(1, 1), (2, 3), (3, 200)] {
        Box::pin(flood(seed, batch)).await;
    }
}

#[tokio::test]
async fn a_crash_between_effect_and_cursor_does_not_double_the_effect() {
    let (_test_db, db) = database().await;
    let key = new_id();
    for number in 1..=3 {
        publish(&db, key, number).await;
    }
    let effects = Arc::new(AtomicUsize::new(0));
    let (consumer, done) = (consumer(), effects.clone());
    let killed = consumer.run(&db, CancellationToken::new(), move |tx, event| {
        let effects = done.clone();
        Box::pin(async move {
            noted(tx, event).await?;
            effects.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<Result<(), Error>>().await
        })
    });
    beside(
        killed,
        eventually("an effect is done", async || {
            (effects.load(Ordering::SeqCst) == 1).then_some(())
        }),
    )
    .await;

    let seen = beside(
        consumer.run(&db, CancellationToken::new(), noted),
        until_seen(&db, 3),
    )
    .await;
    assert_eq!(numbers(&seen, key), [1, 2, 3]);
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn a_lost_connection_neither_doubles_nor_loses_nor_blames_the_event() {
    let (test_db, db) = database().await;
    let key = new_id();
    for number in 1..=3 {
        publish(&db, key, number).await;
    }
    let url = test_db.url().to_owned();
    let (consumer, cut) = (consumer(), Arc::new(AtomicUsize::new(0)));
    let running = consumer.run(&db, CancellationToken::new(), move |tx, event| {
        let (cut, url) = (cut.clone(), url.clone());
        Box::pin(async move {
            noted(tx, event).await?;
            if cut.fetch_add(1, Ordering::SeqCst) == 0 {
                let pid: i32 = sqlx::query_scalar("select pg_backend_pid()")
                    .fetch_one(&mut **tx)
                    .await?;
                let mut owner = sqlx::PgConnection::connect(&url).await?;
                sqlx::query("select pg_terminate_backend($1)")
                    .bind(pid)
                    .execute(&mut owner)
                    .await?;
            }
            Ok::<(), Error>(())
        })
    });
    let seen = beside(running, until_seen(&db, 3)).await;
    assert_eq!(numbers(&seen, key), [1, 2, 3]);
    assert_eq!(seen.len(), 3);
    assert_eq!(letters(&db).await, []);
}

#[tokio::test]
async fn a_letter_parks_its_key_and_no_other_until_it_is_retried() {
    let (_test_db, db) = database().await;
    let (sick, well) = (new_id(), new_id());
    let refused = Arc::new(Mutex::new(Some(2)));
    let (consumer, refuses) = (consumer(), refused.clone());
    let running = consumer.run(&db, CancellationToken::new(), move |tx, event| {
        let refused = refuses.clone();
        Box::pin(async move {
            let counted = event.read::<Counted>().unwrap().unwrap();
            if counted.key == sick && *refused.lock().unwrap() == Some(counted.number) {
                // Its effect so far must not stay.
                noted(tx, event).await?;
                return Err(Error::Refused("the 2nd is\0 refused".to_owned()));
            }
            noted(tx, event).await
        })
    });
    beside(running, async {
        for number in 1..=4 {
            publish(&db, sick, number).await;
            publish(&db, well, number).await;
        }
        let seen = until_seen(&db, 5).await;
        assert_eq!(
            (numbers(&seen, sick), numbers(&seen, well)),
            (vec![1], vec![1, 2, 3, 4])
        );
        let dead = [(2, State::Dead), (3, State::Parked), (4, State::Parked)];
        eventually("the second is out of attempts", async || {
            (letters(&db).await == dead).then_some(())
        })
        .await;
        let letter = dead_letters::list(&db, "shop.test", Position::START, 1)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(
            (letter.attempts, letter.error.as_str()),
            (3, "the 2nd is refused")
        );

        // While it is dead, what comes later waits behind it.
        publish(&db, sick, 5).await;
        publish(&db, well, 5).await;
        eventually("the fifth is parked", async || {
            (letters(&db).await.len() == 4).then_some(())
        })
        .await;
        assert_eq!(numbers(&until_seen(&db, 6).await, well), [1, 2, 3, 4, 5]);
        let parked = dead_letters::list(&db, "shop.test", letter.position, 1)
            .await
            .unwrap()
            .remove(0);
        assert!(
            !dead_letters::retry(&db, "shop.test", parked.position)
                .await
                .unwrap(),
            "not before the dead one"
        );

        *refused.lock().unwrap() = None;
        assert!(
            dead_letters::retry(&db, "shop.test", letter.position)
                .await
                .unwrap()
        );
        let seen = until_seen(&db, 10).await;
        assert_eq!(numbers(&seen, sick), [1, 2, 3, 4, 5]);
        eventually("no letter is left", async || {
            letters(&db).await.is_empty().then_some(())
        })
        .await;

        publish(&db, sick, 6).await;
        assert_eq!(numbers(&until_seen(&db, 11).await, sick), [1, 2, 3, 4, 5, 6]);
    })
    .await;
}

#[tokio::test]
async fn a_passing_failure_heals_by_itself_in_order() {
    let (_test_db, db) = database().await;
    let key = new_id();
    for number in 1..=5 {
        publish(&db, key, number).await;
    }
    let failures = Arc::new(AtomicUsize::new(0));
    let (consumer, failed) = (consumer(), failures.clone());
    let running = consumer.run_batches(&db, CancellationToken::new(), move |tx, events| {
        let failures = failed.clone();
        Box::pin(async move {
            let has_third = events
                .iter()
                .any(|e| e.read::<Counted>().unwrap().unwrap().number == 3);
            if has_third && failures.fetch_add(1, Ordering::SeqCst) < 3 {
                return Err(Error::Refused("not yet".to_owned()));
            }
            note_all(tx, events).await
        })
    });
    let seen = beside(running, until_seen(&db, 5)).await;
    assert_eq!(numbers(&seen, key), [1, 2, 3, 4, 5]);
    // Once in its batch, once alone, once as a letter; then it went well.
    assert_eq!(failures.load(Ordering::SeqCst), 4);
    assert_eq!(letters(&db).await, []);
}

#[tokio::test]
async fn a_discarded_letter_lets_its_key_go_on() {
    let (_test_db, db) = database().await;
    let key = new_id();
    for number in 1..=3 {
        publish(&db, key, number).await;
    }
    let consumer = consumer();
    let running = consumer.run(&db, CancellationToken::new(), |tx, event| {
        Box::pin(async move {
            match event.read::<Counted>().unwrap().unwrap().number {
                1 => Err(Error::Refused("never".to_owned())),
                _ => noted(tx, event).await,
            }
        })
    });
    beside(running, async {
        let dead = [(1, State::Dead), (2, State::Parked), (3, State::Parked)];
        eventually("the first is dead", async || {
            (letters(&db).await == dead).then_some(())
        })
        .await;
        let letter = dead_letters::list(&db, "shop.test", Position::START, 1)
            .await
            .unwrap()
            .remove(0);
        assert!(
            dead_letters::discard(&db, "shop.test", letter.position)
                .await
                .unwrap()
        );
        assert!(
            !dead_letters::discard(&db, "shop.test", letter.position)
                .await
                .unwrap()
        );
        assert_eq!(numbers(&until_seen(&db, 2).await, key), [2, 3]);
        eventually("no letter is left", async || {
            letters(&db).await.is_empty().then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_consumer_that_is_moved_back_sees_everything_again() {
    let (_test_db, db) = database().await;
    let key = new_id();
    publish(&db, key, 1).await;
    publish(&db, key, 2).await;
    beside(consumer().run(&db, CancellationToken::new(), noted), async {
        until_seen(&db, 2).await;
        let mut tx = db.begin(Scope::System).await.unwrap();
        consumer::move_cursor(&mut tx, "shop.test", Position::START)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(numbers(&until_seen(&db, 4).await, key), [1, 2, 1, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_consumer_stops_with_its_work_done() {
    let (_test_db, db) = database().await;
    let cancel = CancellationToken::new();
    publish(&db, new_id(), 1).await;
    let consumer = consumer();
    let stop = async {
        until_seen(&db, 1).await;
        cancel.cancel();
    };
    let stopped = async { tokio::join!(consumer.run(&db, cancel.clone(), noted), stop) };
    tokio::time::timeout(Duration::from_secs(20), stopped)
        .await
        .expect("it stops");
    assert_eq!(seen(&db).await.len(), 1);
}
