use crate::world::{World, new};
use contracts::messages::{Message, NewThread, Party, PastMessage, PastThread, Side, ThreadBox, ThreadQuery};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn only(which: ThreadBox) -> ThreadQuery {
    ThreadQuery { which, order: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_messages_are_counted_rightly_while_two_write_at_once() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let talk = world.start(ana, shop, "One").await;
    let id = talk.thread.id;
    let send =
        async |who, text: &'static str| world.talks.send(&world.ctx(), who, id, text, None).await.unwrap();
    let send = &send;
    let many = |who| async move { futures::future::join_all((0..10).map(|_| send(who, "More"))).await };
    let (_, _): (Vec<Message>, Vec<Message>) = tokio::join!(many(Party::Buyer(ana)), many(Party::Shop(shop)));
    assert_eq!(world.talks.unread(Party::Shop(shop)).await.unwrap(), 11);
    assert_eq!(world.talks.unread(Party::Buyer(ana)).await.unwrap(), 10);
    let seen = world.read(Party::Buyer(ana), &talk).await;
    assert_eq!(seen.messages.len(), 21);

    // What comes behind what was read is not read, whoever is first at the database.
    world.tick();
    let newest = seen.messages[0].id;
    let ctx = world.ctx();
    let (read, _) = tokio::join!(
        world.talks.mark_read(&ctx, Party::Buyer(ana), id, newest),
        send(Party::Shop(shop), "Late"),
    );
    read.unwrap();
    assert_eq!(world.talks.unread(Party::Buyer(ana)).await.unwrap(), 1);
    let seen = world.read(Party::Buyer(ana), &talk).await;
    assert_eq!(seen.messages[0].text, "Late");
    world
        .talks
        .mark_read(&world.ctx(), Party::Buyer(ana), id, seen.messages[0].id)
        .await
        .unwrap();
    assert_eq!(world.talks.unread(Party::Buyer(ana)).await.unwrap(), 0);
    // The shop sees how far its buyer has read; going back changes nothing.
    let back = world
        .talks
        .mark_read(&world.ctx(), Party::Buyer(ana), id, newest)
        .await
        .unwrap();
    assert_eq!(back.unread, 0);
    let of_shop = world.read(Party::Shop(shop), &talk).await;
    assert_eq!(of_shop.thread.seen.unwrap().through, seen.messages[0].id);
}

#[tokio::test]
async fn lists_go_by_the_latest_message_page_by_page() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let mut talks = Vec::new();
    for text in ["First", "Second", "Third"] {
        world.tick();
        talks.push(world.start(ana, shop, text).await);
    }
    world.say(Party::Buyer(ana), &talks[0], "Once more").await;
    let list = async |after| {
        world
            .talks
            .threads(Party::Shop(shop), ThreadQuery::default(), after, 2)
            .await
            .unwrap()
    };
    let first = list(None).await;
    let second = list(first.next.clone()).await;
    let excerpts: Vec<&str> = first
        .items
        .iter()
        .chain(&second.items)
        .map(|thread| thread.excerpt.as_str())
        .collect();
    assert_eq!(excerpts, ["Once more", "Third", "Second"]);
    assert!(second.next.is_none());
    let wrong = kernel::Cursor("nonsense".to_owned());
    let refused = world
        .talks
        .threads(Party::Shop(shop), ThreadQuery::default(), Some(wrong), 2)
        .await;
    assert_eq!(crate::world::code(refused), "cursor_invalid");

    let older = world
        .talks
        .conversation(&world.ctx(), Party::Buyer(ana), talks[0].thread.id, None, 1)
        .await
        .unwrap();
    assert_eq!(older.messages[0].text, "Once more");
    let rest = world
        .talks
        .conversation(&world.ctx(), Party::Buyer(ana), talks[0].thread.id, older.next, 1)
        .await
        .unwrap();
    assert_eq!((rest.messages[0].text.as_str(), rest.next), ("First", None));
}

#[tokio::test]
async fn what_one_puts_away_the_other_still_has_and_a_new_message_brings_back() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let talk = world.start(ana, shop, "Hello").await;
    let count = async |who, which| {
        world
            .talks
            .threads(who, only(which), None, 10)
            .await
            .unwrap()
            .items
            .len()
    };
    let archived = world
        .talks
        .archive(&world.ctx(), Party::Shop(shop), talk.thread.id, true)
        .await
        .unwrap();
    assert!(archived.archived);
    assert_eq!(count(Party::Shop(shop), ThreadBox::Open).await, 0);
    assert_eq!(count(Party::Shop(shop), ThreadBox::Archived).await, 1);
    assert_eq!(count(Party::Buyer(ana), ThreadBox::Open).await, 1);
    world.say(Party::Buyer(ana), &talk, "Hello?").await;
    assert_eq!(count(Party::Shop(shop), ThreadBox::Open).await, 1);
    assert_eq!(count(Party::Shop(shop), ThreadBox::Unread).await, 1);
    assert_eq!(count(Party::Buyer(ana), ThreadBox::Unread).await, 0);
}

#[tokio::test]
async fn how_soon_a_shop_answers_is_told_once_enough_have_asked() {
    let world = World::new().await;
    let (shop, other) = (world.shop(), world.shop());
    let now = world.ctx().now;
    let past = |shop, started: u32, answered: Option<u32>| {
        let at = now - HOUR * started;
        PastThread {
            buyer: world.user(),
            new: NewThread { ..new(shop, "Hello") },
            at,
            then: answered
                .map(|hours| PastMessage {
                    by: Side::Shop,
                    text: "Good day".to_owned(),
                    at: at + HOUR * hours,
                    quote: None,
                })
                .into_iter()
                .collect(),
            read: true,
        }
    };
    let four = [
        (200, Some(1)),
        (300, Some(2)),
        (400, Some(9)),
        (90 * 24 + 1, Some(1)),
    ];
    let mut threads: Vec<PastThread> = four
        .map(|(started, answered)| past(shop, started, answered))
        .into();
    // Of this one nothing can be said yet.
    threads.push(past(shop, 2, None));
    threads.push(past(other, 200, Some(1)));
    assert_eq!(
        world
            .talks
            .write_past(&world.ctx(), threads.clone())
            .await
            .unwrap(),
        6
    );
    assert_eq!(
        world.talks.write_past(&world.ctx(), threads).await.unwrap(),
        0,
        "they are there already"
    );
    let times = async || {
        world
            .talks
            .response_times(&world.ctx(), vec![shop, other])
            .await
            .unwrap()
    };
    assert_eq!(times().await, []);

    // What nobody has answered counts as long as it has waited.
    let more = vec![past(shop, 100, None), past(shop, 500, Some(5))];
    world.talks.write_past(&world.ctx(), more).await.unwrap();
    let told = times().await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].shop, told[0].threads, told[0].median_hours),
        (shop, 5, 5)
    );
}
