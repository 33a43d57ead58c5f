use crate::shop::{Counted, ctx, database, new_id, now};
use chrono::TimeDelta;
use contracts::PublicEvent;
use futures::future::join_all;
use kernel::Ctx;
use serde::{Deserialize, Serialize};
use store::log::{self, Outbox, Position};
use store::rows::together;
use store::streams::{AppendError, AsOf, StreamEvent, StreamRows, Streams, append_sql};
use store::{Db, Scope};
use testkit::eventually;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
enum Event {
    Opened { by: String },
    Added { amount: i64 },
}

impl StreamEvent for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Added { .. } => "added",
        }
    }
}

fn opened() -> Event {
    Event::Opened { by: "Ana".to_owned() }
}

fn added(amount: i64) -> Event {
    Event::Added { amount }
}

async fn append(
    db: &Db,
    ctx: &Ctx,
    stream: Uuid,
    expected: i64,
    events: &[Event],
) -> Result<i64, AppendError> {
    let mut tx = db.begin(Scope::System).await?;
    let version = Streams::new("shop")
        .append(&mut tx, ctx, stream, expected, events)
        .await?;
    tx.commit().await?;
    Ok(version)
}

async fn load(db: &Db, stream: Uuid, as_of: AsOf) -> Vec<(i64, Event)> {
    let mut tx = db.begin(Scope::System).await.unwrap();
    let recorded = Streams::new("shop")
        .load::<Event>(&mut tx, stream, as_of)
        .await
        .unwrap();
    recorded.into_iter().map(|r| (r.version, r.event)).collect()
}

#[tokio::test]
async fn a_history_is_read_back_as_it_was_written() {
    let (_test_db, db) = database().await;
    let (stream, ctx) = (new_id(), ctx());
    assert_eq!(
        append(&db, &ctx, stream, 0, &[opened(), added(5)]).await.unwrap(),
        2
    );
    assert_eq!(append(&db, &ctx, stream, 2, &[added(7)]).await.unwrap(), 3);
    let mut tx = db.begin(Scope::System).await.unwrap();
    let history = Streams::new("shop")
        .load::<Event>(&mut tx, stream, AsOf::NOW)
        .await
        .unwrap();
    assert_eq!(
        history
            .iter()
            .map(|r| (r.version, r.event.clone()))
            .collect::<Vec<_>>(),
        [(1, opened()), (2, added(5)), (3, added(7))]
    );
    assert!(
        history
            .iter()
            .all(|r| r.actor == ctx.actor && r.correlation == ctx.correlation && r.at == ctx.now)
    );
}

#[tokio::test]
async fn a_history_is_read_as_of_a_version_or_a_time() {
    let (_test_db, db) = database().await;
    let stream = new_id();
    let (monday, tuesday) = (now(), now() + TimeDelta::days(1));
    append(
        &db,
        &Ctx::system("test", monday),
        stream,
        0,
        &[opened(), added(1)],
    )
    .await
    .unwrap();
    append(&db, &Ctx::system("test", tuesday), stream, 2, &[added(2)])
        .await
        .unwrap();
    assert_eq!(load(&db, stream, AsOf::version(1)).await, [(1, opened())]);
    assert_eq!(load(&db, stream, AsOf::at(monday)).await.len(), 2);
    assert_eq!(load(&db, stream, AsOf::at(tuesday)).await.len(), 3);
    assert_eq!(
        load(&db, stream, AsOf::at(monday - TimeDelta::seconds(1))).await,
        []
    );
    assert_eq!(load(&db, new_id(), AsOf::NOW).await, []);
}

#[tokio::test]
async fn of_twenty_who_append_to_the_same_version_one_wins() {
    let (_test_db, db) = database().await;
    let (stream, ctx) = (new_id(), ctx());
    append(&db, &ctx, stream, 0, &[opened()]).await.unwrap();
    let outcomes = join_all((0..20).map(|i| {
        let (db, ctx) = (&db, &ctx);
        // Some append one event and some two: a loser leaves nothing behind.
        async move { append(db, ctx, stream, 1, &vec![added(i); 1 + (i % 2) as usize]).await }
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 19));
    assert!(
        lost.iter()
            .all(|e| matches!(e, Err(AppendError::Conflict { expected: 1 }))),
        "{lost:?}"
    );
    let last = won[0].as_ref().copied().unwrap();
    let versions: Vec<i64> = load(&db, stream, AsOf::NOW).await.iter().map(|e| e.0).collect();
    assert_eq!(versions, (1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn of_twenty_who_begin_the_same_stream_one_wins() {
    let (_test_db, db) = database().await;
    let (stream, ctx) = (new_id(), ctx());
    let outcomes = join_all((0..20).map(|_| append(&db, &ctx, stream, 0, &[]))).await;
    assert!(
        outcomes.iter().all(|o| matches!(o, Ok(0))),
        "nothing to append is no conflict"
    );
    let events = [opened()];
    let outcomes = join_all((0..20).map(|_| append(&db, &ctx, stream, 0, &events))).await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
    assert_eq!(load(&db, stream, AsOf::NOW).await, [(1, opened())]);
}

#[tokio::test]
async fn a_history_has_no_gap() {
    let (_test_db, db) = database().await;
    let (stream, ctx) = (new_id(), ctx());
    append(&db, &ctx, stream, 0, &[opened()]).await.unwrap();
    let outcome = append(&db, &ctx, stream, 5, &[added(1)]).await;
    assert!(
        matches!(outcome, Err(AppendError::Conflict { expected: 5 })),
        "{outcome:?}"
    );
    assert_eq!(load(&db, stream, AsOf::NOW).await, [(1, opened())]);
}

#[tokio::test]
async fn a_batch_over_many_streams_is_written_whole_or_not_at_all() {
    let (_test_db, db) = database().await;
    let (ctx, streams) = (ctx(), Streams::new("shop"));
    let ids: Vec<Uuid> = (0..50).map(|_| new_id()).collect();
    let mut rows = StreamRows::new();
    for id in &ids {
        assert_eq!(rows.push(&ctx, *id, 0, &[opened(), added(1)]).unwrap(), 2);
    }
    let mut tx = db.begin(Scope::System).await.unwrap();
    streams.append_rows(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
    for id in &ids {
        assert_eq!(load(&db, *id, AsOf::NOW).await.len(), 2);
    }

    let (fresh, mut rows) = (new_id(), StreamRows::new());
    rows.push(&ctx, fresh, 0, &[opened()]).unwrap();
    rows.push(&ctx, ids[7], 1, &[added(9)]).unwrap();
    let mut tx = db.begin(Scope::System).await.unwrap();
    let outcome = streams.append_rows(&mut tx, &rows).await;
    assert!(
        matches!(outcome, Err(AppendError::Conflict { .. })),
        "{outcome:?}"
    );
    drop(tx);
    assert_eq!(load(&db, fresh, AsOf::NOW).await, []);
    assert_eq!(load(&db, ids[7], AsOf::NOW).await.len(), 2);
}

#[tokio::test]
async fn a_batch_can_be_written_over_the_other_driver_in_one_statement() {
    let (test_db, db) = database().await;
    let (ctx, ids) = (ctx(), [new_id(), new_id()]);
    let (mut rows, mut outbox) = (StreamRows::new(), Outbox::new());
    for id in ids {
        rows.push(&ctx, id, 0, &[opened(), added(3)]).unwrap();
        outbox.push(&ctx, &Counted { key: id, number: 1 }).unwrap();
    }
    let (mut client, connection) = tokio_postgres::connect(test_db.url(), tokio_postgres::NoTls)
        .await
        .unwrap();
    let write = async {
        let tx = client.transaction().await.unwrap();
        let both = together(&[append_sql("shop").as_str(), log::APPEND]);
        let both = tx.prepare(&both).await.unwrap();
        tx.execute(&both, &[&rows.rows(), &outbox.rows()]).await.unwrap();
        tx.commit().await.unwrap();
    };
    tokio::select! {
        () = write => {}
        ended = connection => panic!("{ended:?}"),
    }
    for id in ids {
        assert_eq!(load(&db, id, AsOf::NOW).await, [(1, opened()), (2, added(3))]);
    }
    let read = eventually("both are readable", async || {
        let read = log::read_after(&db, Position::START, &[Counted::TOPIC], 10)
            .await
            .unwrap();
        (read.events.len() == 2).then_some(read)
    })
    .await;
    assert_eq!([read.events[0].envelope.key, read.events[1].envelope.key], ids);
}
