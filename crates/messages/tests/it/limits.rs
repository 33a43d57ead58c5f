use crate::world::{World, new};
use contracts::messages::{BUYERS_AN_HOUR_MAX, Party, SHOPS_AN_HOUR_MAX, THREADS_A_DAY_MAX};
use kernel::{Fault, Kind};
use std::time::Duration;

fn refused<T: std::fmt::Debug>(outcome: Result<T, messages::Error>) -> (String, u32) {
    let fault = Fault::from(outcome.expect_err("refused"));
    assert_eq!(fault.kind, Kind::TooMany);
    (fault.code, fault.retry_after_s.expect("it says when"))
}

#[tokio::test]
async fn a_buyer_begins_twenty_threads_a_day() {
    let world = World::new().await;
    let (ana, bo, shop) = (world.user(), world.user(), world.shop());
    for _ in 0..THREADS_A_DAY_MAX {
        world.start(ana, shop, "Hello").await;
        world.clock.advance(Duration::from_secs(60 * 60));
    }
    let again = world.talks.start(&world.ctx(), ana, new(shop, "Hello")).await;
    assert_eq!(refused(again), ("messages_too_often".to_owned(), 4 * 60 * 60));
    world.start(bo, shop, "Others may").await;
    world.clock.advance(Duration::from_secs(4 * 60 * 60 + 1));
    world.start(ana, shop, "Hello").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_sends_sixty_messages_an_hour_also_all_at_once() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let talk = world.start(ana, shop, "Hello").await;
    let (who, id) = (Party::Buyer(ana), talk.thread.id);
    let send = || async { world.talks.send(&world.ctx(), who, id, "More", None).await };
    let sent = futures::future::join_all((0..70).map(|_| send())).await;
    let count = sent.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(
        count,
        BUYERS_AN_HOUR_MAX as usize - 1,
        "the first message is one of them"
    );
    world.clock.advance(Duration::from_secs(60 * 59));
    assert_eq!(refused(send().await), ("messages_too_often".to_owned(), 60));
    // The shop may answer.
    world.say(Party::Shop(shop), &talk, "Please write less.").await;
    world.clock.advance(Duration::from_secs(61));
    assert!(send().await.is_ok());
}

#[tokio::test]
async fn a_shop_sends_three_hundred() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let talk = world.start(ana, shop, "Hello").await;
    sqlx::query(
        "insert into messages.message (id, tenant_id, thread_id, by, kind, text, hidden, at)
         select (left($1::uuid::text, 24) || lpad(n::text, 12, '0'))::uuid, $2, $3, 'shop', 'text', 'More', '{}', $4
           from generate_series(1, $5::int) n",
    )
    .bind(talk.messages[0].id)
    .bind(shop)
    .bind(talk.thread.id)
    .bind(world.ctx().now)
    .bind(i32::try_from(SHOPS_AN_HOUR_MAX).unwrap() - 1)
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    world.say(Party::Shop(shop), &talk, "The last").await;
    let more = world
        .talks
        .send(&world.ctx(), Party::Shop(shop), talk.thread.id, "One more", None)
        .await;
    assert_eq!(refused(more).0, "messages_too_often");
}
