//! What failed for good is looked at, tried again and given up.

use crate::world::World;
use contracts::notifications::{FailureAct, FailureDecision};
use kernel::{Actor, Clock, Ctx, Cursor, Fault, JobId, Role};
use store::Scope;
use store::jobs::Queue;

const QUEUE: Queue = Queue::new("checkout.mails");

fn operator(world: &World) -> Ctx {
    Ctx {
        actor: Actor::Operator {
            user: world.person().0,
            role: Role::Admin,
        },
        ..world.ctx()
    }
}

/// A job that ran out of attempts.
async fn dead(world: &World, at_second: i32) -> JobId {
    let db = world.db.db(notifications::CONTEXT);
    let mut tx = db.begin(Scope::System).await.unwrap();
    let id = QUEUE
        .enqueue(&mut tx, &"to somebody", world.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    sqlx::query(
        "update store.job set state = 'dead', attempts = 30, error = 'no mail server answered',
                created_at = '2030-01-01T00:00:00Z'::timestamptz + make_interval(secs => $2) where id = $1",
    )
    .bind(id)
    .bind(at_second)
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    id
}

async fn state(world: &World, id: JobId) -> Option<(String, i32)> {
    sqlx::query_as("select state, attempts from store.job where id = $1")
        .bind(id)
        .fetch_optional(&mut world.db.owner().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_failed_is_listed_and_decided_about_once_with_who_did() {
    let world = World::new().await;
    let ctx = operator(&world);
    let mut jobs = Vec::new();
    for second in 1..=3 {
        jobs.push(dead(&world, second).await);
    }
    let first = world.notices.failures(None, 2).await.unwrap();
    let rest = world.notices.failures(first.next.clone(), 2).await.unwrap();
    let listed: Vec<&str> = first
        .items
        .iter()
        .chain(&rest.items)
        .map(|one| one.id.as_str())
        .collect();
    let expected: Vec<String> = jobs.iter().rev().map(|id| format!("job:{id}")).collect();
    assert_eq!(listed, expected, "the latest first, each once");
    assert_eq!(rest.next, None);
    // The database's calendar begins later than that of programs.
    let too_early = Some(Cursor(format!("-300000000000000000~{}", expected[0])));
    let refused = world.notices.failures(too_early, 2).await.unwrap_err();
    assert_eq!(Fault::from(refused).code, "cursor_invalid");
    let one = &first.items[0];
    assert_eq!((one.name.as_str(), one.attempts), ("checkout.mails", 30));
    assert_eq!(one.error, "no mail server answered");

    let decide = async |id: &str, act| world.notices.decide(&ctx, id, act).await;
    decide(&expected[0], FailureAct::Retry).await.unwrap();
    assert_eq!(state(&world, jobs[2]).await, Some(("ready".to_owned(), 0)));
    decide(&expected[1], FailureAct::Dismiss).await.unwrap();
    assert_eq!(state(&world, jobs[1]).await, None);
    for gone in [
        expected[0].as_str(),
        expected[1].as_str(),
        "job:7",
        "event:nobody:1:1",
        "",
    ] {
        let refused = decide(gone, FailureAct::Dismiss).await.unwrap_err();
        assert_eq!(Fault::from(refused).code, "not_found", "{gone}");
    }
    let told: Vec<FailureDecision> = world.notices.decisions(&ctx, 10).await.unwrap();
    let mut acts: Vec<_> = told
        .iter()
        .map(|one| (one.act == FailureAct::Retry, one.by.as_deref()))
        .collect();
    acts.sort_unstable();
    assert_eq!(
        acts,
        [(false, Some("Ana María Ruiz")), (true, Some("Ana María Ruiz"))]
    );
    assert_eq!(world.notices.failures(None, 10).await.unwrap().items.len(), 1);
    let told = world.db.changed().await;
    let kinds: Vec<_> = told.iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["dead_letter.retried", "dead_letter.dismissed"]);
    assert_eq!(told[0]["before"]["error"], "no mail server answered");
}

#[tokio::test]
async fn an_event_that_nobody_can_read_is_listed_and_given_up_for_what_waits_behind_it() {
    let world = World::new().await;
    let ctx = operator(&world);
    world.hear_nothing().await;
    let key = uuid::Uuid::from_u128(9);
    for (id, state) in [(1_i64, "dead"), (2, "parked")] {
        let envelope = serde_json::json!({
            "id": uuid::Uuid::from_u128(id.unsigned_abs().into()), "topic": "inventory.low_stock", "version": 1, "key": key,
            "tenant": null, "actor": {"kind": "anonymous"}, "correlation": key, "at": "2030-01-01T00:00:00Z", "payload": {},
        });
        sqlx::query(
            "insert into log.dead_letter (consumer, xid, id, event_id, topic, key, envelope, error, attempts, state, next_at)
             values ('notifications.notices', '7', $1, $2, 'inventory.low_stock', $2, $3, 'missing field', 5, $4, now())",
        )
        .bind(id)
        .bind(key)
        .bind(envelope)
        .bind(state)
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    }
    let page = world.notices.failures(None, 10).await.unwrap();
    assert_eq!(page.items.len(), 1);
    let one = &page.items[0];
    assert_eq!(one.id, "event:notifications.notices:7:1");
    assert_eq!(
        (one.topic.as_deref(), one.behind),
        (Some("inventory.low_stock"), 1)
    );
    world
        .notices
        .decide(&ctx, &one.id, FailureAct::Dismiss)
        .await
        .unwrap();
    let left: Vec<(i64, String)> = sqlx::query_as("select id, state from log.dead_letter")
        .fetch_all(&mut world.db.owner().await)
        .await
        .unwrap();
    assert_eq!(left, [(2, "retry".to_owned())], "what waited goes on");
}
