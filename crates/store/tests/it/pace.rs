//! What consumers do not do: transactions for every event, and for what is nothing to them.

use crate::consumer::{Error, beside, consumer, letters, note_all, noted, numbers, until_seen, write_some};
use crate::shop::{Counted, ctx, database, new_id, publish};
use contracts::{Envelope, PublicEvent};
use futures::future::join_all;
use sqlx::Executor;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::consumer::Consumer;
use store::dead_letters::State;
use store::log::{self, Outbox, Position};
use store::{Db, Scope};
use testkit::{TestDb, eventually};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

fn is_odd(event: &Envelope) -> bool {
    event.read::<Counted>().unwrap().unwrap().number % 2 == 1
}

/// Counts in its first column how often a cursor was moved.
async fn count_moves(test_db: &TestDb) {
    let mut owner = test_db.owner().await;
    owner
        .execute(
            "create table log.moved (times int not null);
             insert into log.moved values (0);
             create function log.count_move() returns trigger language plpgsql security definer as $$
             begin
                 update log.moved set times = times + 1;
                 return null;
             end $$;
             create trigger count_move after update of xid on log.cursor execute function log.count_move()",
        )
        .await
        .unwrap();
}

async fn moves(test_db: &TestDb) -> i32 {
    let mut owner = test_db.owner().await;
    sqlx::query_scalar("select times from log.moved")
        .fetch_one(&mut owner)
        .await
        .unwrap()
}

/// Where the last event lies, once it can be read.
async fn last_place(db: &Db, count: usize) -> Position {
    eventually("all events are readable", async || {
        let read = log::read_after(db, Position::START, &[Counted::TOPIC], 10_000)
            .await
            .unwrap();
        (read.events.len() == count).then(|| read.events[count - 1].position)
    })
    .await
}

async fn until_cursor_is_behind(db: &Db, place: Position) {
    eventually("the cursor is behind the event", async || {
        let mut tx = db.begin(Scope::System).await.unwrap();
        match store::consumer::cursor(&mut tx, "shop.test").await {
            Ok(cursor) => (cursor >= place).then_some(()),
            // The consumer that runs beside has only just begun.
            Err(sqlx::Error::RowNotFound) => None,
            Err(error) => panic!("{error}"),
        }
    })
    .await;
}

#[tokio::test]
async fn among_many_events_a_consumer_rests_between_two_transactions() {
    let (_test_db, db) = database().await;
    let pace = Duration::from_millis(200);
    let consumer = Consumer {
        // Never full, so that it always rests.
        batch: 1_000,
        pace,
        ..consumer()
    };
    // When each transaction began, and when its handler was done.
    let worked = Arc::new(Mutex::new(Vec::new()));
    let times = worked.clone();
    let running = consumer.run_batches(&db, CancellationToken::new(), move |tx, events| {
        let times = times.clone();
        Box::pin(async move {
            let began = Instant::now();
            note_all(tx, events).await?;
            times.lock().unwrap().push((began, Instant::now()));
            Ok::<(), Error>(())
        })
    });
    let key = new_id();
    beside(running, async {
        let mut told: i64 = 0;
        // Transactions of other tests' databases may hold back the first ones for a while.
        while told < 30 || (told < 500 && worked.lock().unwrap().len() < 2) {
            told += 1;
            publish(&db, key, told).await;
            log::wake();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        let seen = until_seen(&db, usize::try_from(told).unwrap()).await;
        assert_eq!(numbers(&seen, key), Vec::from_iter(1..=told));
    })
    .await;
    let worked = worked.lock().unwrap();
    assert!(worked.len() > 1, "they came apart");
    for pair in worked.windows(2) {
        let rest = pair[1].0 - pair[0].1;
        assert!(rest >= pace, "{rest:?}");
    }
}

#[tokio::test]
async fn a_backlog_is_worked_off_without_rests() {
    let (_test_db, db) = database().await;
    let key = new_id();
    for number in 1..=6 {
        publish(&db, key, number).await;
    }
    last_place(&db, 6).await;
    // One rest would be longer than the test waits. Each batch is full.
    let consumer = Consumer {
        batch: 2,
        pace: Duration::from_secs(600),
        ..consumer()
    };
    let seen = beside(
        consumer.run(&db, CancellationToken::new(), noted),
        until_seen(&db, 6),
    )
    .await;
    assert_eq!(numbers(&seen, key), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn what_is_nothing_to_a_consumer_costs_no_transaction_each() {
    let (test_db, db) = database().await;
    count_moves(&test_db).await;
    let consumer = Consumer {
        concerns: is_odd,
        ..consumer()
    };
    let key = new_id();
    beside(consumer.run(&db, CancellationToken::new(), noted), async {
        publish(&db, key, 1).await;
        until_seen(&db, 1).await;
        let (before, began) = (moves(&test_db).await, Instant::now());
        for number in 1..=40 {
            publish(&db, key, 2 * number).await;
            log::wake();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        until_cursor_is_behind(&db, last_place(&db, 41).await).await;
        // About once a second.
        let moved = moves(&test_db).await - before;
        let seconds = i32::try_from(began.elapsed().as_secs()).unwrap();
        assert!((1..=seconds + 3).contains(&moved), "{moved} in {seconds} s");
        publish(&db, key, 3).await;
        assert_eq!(numbers(&until_seen(&db, 2).await, key), [1, 3]);
    })
    .await;
    assert_eq!(letters(&db).await, []);
}

#[tokio::test]
async fn the_cursor_goes_past_many_events_that_are_nothing_to_it() {
    let (_test_db, db) = database().await;
    let mut outbox = Outbox::new();
    for number in 1..=2_500 {
        let event = Counted {
            key: new_id(),
            number: 2 * number,
        };
        outbox.push(&ctx(), &event).unwrap();
    }
    let mut tx = db.begin(Scope::System).await.unwrap();
    outbox.append(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let last = last_place(&db, 2_500).await;
    let consumer = Consumer {
        concerns: is_odd,
        ..consumer()
    };
    let key = new_id();
    beside(consumer.run(&db, CancellationToken::new(), noted), async {
        until_cursor_is_behind(&db, last).await;
        publish(&db, key, 1).await;
        assert_eq!(until_seen(&db, 1).await, [(key, 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_restart_after_passing_over_neither_doubles_nor_loses() {
    static LOOKED_AT: AtomicUsize = AtomicUsize::new(0);
    let (_test_db, db) = database().await;
    let consumer = Consumer {
        concerns: |event| {
            LOOKED_AT.fetch_add(1, Ordering::SeqCst);
            is_odd(event)
        },
        ..consumer()
    };
    let key = new_id();
    publish(&db, key, 1).await;
    beside(consumer.run(&db, CancellationToken::new(), noted), async {
        until_seen(&db, 1).await;
        for number in [2, 4, 6] {
            publish(&db, key, number).await;
        }
        eventually("three were passed over", async || {
            (LOOKED_AT.load(Ordering::SeqCst) >= 4).then_some(())
        })
        .await;
    })
    .await;
    // Killed: whether its cursor is before or behind them, they are nothing to it.
    publish(&db, key, 7).await;
    publish(&db, key, 8).await;
    publish(&db, key, 9).await;
    let seen = beside(
        consumer.run(&db, CancellationToken::new(), noted),
        until_seen(&db, 3),
    )
    .await;
    assert_eq!(seen, [(key, 1), (key, 7), (key, 9)]);
}

#[tokio::test]
async fn two_instances_that_pass_over_handle_each_event_once() {
    let (test_db, db) = database().await;
    let (first, second) = (test_db.db("shop"), test_db.db("shop"));
    let consumer = Consumer {
        batch: 3,
        concerns: is_odd,
        ..consumer()
    };
    let keys: Vec<Uuid> = (0..6).map(|_| new_id()).collect();
    let cancel = CancellationToken::new();
    let instances = async {
        tokio::join!(
            consumer.run(&first, cancel.clone(), noted),
            consumer.run(&second, cancel.clone(), noted),
        );
    };
    beside(Box::pin(instances), async {
        let written = join_all((0..5).map(|writer| write_some(&db, &keys, 900 + writer)));
        let mut committed = vec![0_usize; keys.len()];
        for (key, count) in Box::pin(written).await.into_iter().flatten() {
            committed[keys.iter().position(|k| *k == key).unwrap()] += count;
        }
        let odd = committed.iter().map(|count| count.div_ceil(2));
        let seen = until_seen(&db, odd.sum()).await;
        for (key, count) in keys.iter().zip(committed) {
            let expected: Vec<i64> = (1..=i64::try_from(count).unwrap()).step_by(2).collect();
            assert_eq!(numbers(&seen, *key), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_nothing_to_a_consumer_does_not_wait_behind_a_letter() {
    let (_test_db, db) = database().await;
    let key = new_id();
    let consumer = Consumer {
        concerns: is_odd,
        ..consumer()
    };
    let running = consumer.run(&db, CancellationToken::new(), |_, _| {
        Box::pin(async { Err(Error::Refused("never".to_owned())) })
    });
    beside(running, async {
        for number in 1..=5 {
            publish(&db, key, number).await;
        }
        let set_aside = [(1, State::Dead), (3, State::Parked), (5, State::Parked)];
        eventually("the first is dead, the others wait", async || {
            (letters(&db).await == set_aside).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_letter_of_what_is_nothing_any_more_is_let_go() {
    let (_test_db, db) = database().await;
    let key = new_id();
    for number in 1..=3 {
        publish(&db, key, number).await;
    }
    // A release to which everything is something, and which handles nothing.
    let before = Consumer {
        attempts_max: 100,
        ..consumer()
    };
    let failing = before.run(&db, CancellationToken::new(), |_, _| {
        Box::pin(async { Err(Error::Refused("not here".to_owned())) })
    });
    beside(
        failing,
        eventually("all are set aside", async || {
            (letters(&db).await.len() == 3).then_some(())
        }),
    )
    .await;
    let after = Consumer {
        concerns: is_odd,
        ..before
    };
    beside(after.run(&db, CancellationToken::new(), noted), async {
        assert_eq!(numbers(&until_seen(&db, 2).await, key), [1, 3]);
        eventually("no letter is left", async || {
            letters(&db).await.is_empty().then_some(())
        })
        .await;
    })
    .await;
}
