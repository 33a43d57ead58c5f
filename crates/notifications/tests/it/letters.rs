//! Mails go by what their readers want.

use crate::world::World;
use contracts::Language;
use contracts::inventory::LowStock;
use contracts::notifications::{
    Letter, MailFacts, MailKind, NoticeSettings, NoticeTopic, QuietHours, TopicChoice,
};
use kernel::{Clock, Fault, SkuId, Timestamp, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A mail of some kind that is about `topic`.
fn letter(user: Option<UserId>, topic: NoticeTopic) -> Letter {
    let mut kinds = MailKind::ALL.iter().copied();
    let kind = kinds.find(|kind| kind.topic() == topic).unwrap();
    Letter {
        key: format!("{}-{user:?}", topic.name()),
        kind,
        facts: MailFacts::default().text("name", "Elena"),
        user,
        to: "elena@post.example".to_owned(),
        language: Language::En,
        urgent: false,
    }
}

fn settings(topics: &[(NoticeTopic, bool, bool)], quiet: Option<(&str, &str)>) -> NoticeSettings {
    NoticeSettings {
        topics: topics
            .iter()
            .map(|(topic, in_app, email)| TopicChoice {
                topic: *topic,
                in_app: *in_app,
                email: *email,
                sms: None,
                push: None,
            })
            .collect(),
        time_zone: "Europe/Madrid".to_owned(),
        quiet: quiet.map(|(from, until)| QuietHours {
            from: from.to_owned(),
            until: until.to_owned(),
        }),
    }
}

async fn change(world: &World, user: UserId, to: NoticeSettings) -> NoticeSettings {
    world.notices.change_settings(user, None, to).await.unwrap()
}

async fn refusal(world: &World, user: UserId, to: NoticeSettings) -> String {
    Fault::from(world.notices.change_settings(user, None, to).await.unwrap_err()).code
}

#[tokio::test]
async fn what_somebody_does_not_want_is_not_mailed_and_what_must_be_is() {
    let world = World::new().await;
    let (user, _) = world.person();
    let (stranger, _) = world.person();
    let off = [(NoticeTopic::Deliveries, true, false)];
    let seen = change(&world, user, settings(&off, None)).await;
    assert_eq!(seen.topics.len(), NoticeTopic::ALL.len());
    let declined: Vec<_> = seen.topics.iter().filter(|topic| !topic.email).collect();
    assert_eq!(declined.len(), 1);
    for who in [Some(user), Some(stranger), None] {
        let letter = letter(who, NoticeTopic::Deliveries);
        world.notices.mail(&world.ctx(), letter).await.unwrap();
    }
    assert_eq!(world.mails().len(), 2, "to others");
    world
        .notices
        .mail(&world.ctx(), letter(Some(user), NoticeTopic::Orders))
        .await
        .unwrap();
    let mails = world.mails();
    assert_eq!(mails.len(), 3);
    assert!(mails[2].headers.is_empty(), "nobody is offered to end it");
    for topic in [NoticeTopic::Orders, NoticeTopic::Security] {
        let refused = refusal(&world, user, settings(&[(topic, true, false)], None)).await;
        assert_eq!(refused, "topic_required");
    }
}

#[tokio::test]
async fn one_click_ends_mails_of_a_topic_and_another_brings_them_back() {
    let world = World::new().await;
    let (user, _) = world.person();
    let send = async || {
        let letter = letter(Some(user), NoticeTopic::Messages);
        world.notices.mail(&world.ctx(), letter).await.unwrap();
        world.mails()
    };
    let sent = send().await.pop().unwrap();
    let header = |name: &str| {
        let found = sent.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let link = header("List-Unsubscribe");
    let start = "<https://market.example/v1/notifications/unsubscribe/";
    let token = link
        .strip_prefix(start)
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap();
    assert_eq!(sent.to, "elena@post.example");
    assert!(sent.body.starts_with("Hello Elena"), "{}", sent.body);
    let shown = format!("No more mails about messages: https://market.example/unsubscribe?token={token}\n");
    assert!(sent.body.contains(&shown), "{}", sent.body);

    let ended = world.notices.subscribe(token, false).await.unwrap();
    assert_eq!((ended.topic, ended.email), (NoticeTopic::Messages, false));
    assert_eq!(
        world.notices.subscribe(token, false).await.unwrap(),
        ended,
        "twice is once"
    );
    assert_eq!(send().await.len(), 1);
    assert!(world.notices.subscribe(token, true).await.unwrap().email);
    assert_eq!(send().await.len(), 2);
    let forged = token.replace("messages", "returns");
    let refused = world.notices.subscribe(&forged, false).await.unwrap_err();
    assert_eq!(Fault::from(refused).code, "not_found");
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Puts the world's clock at a time to come.
fn move_to(world: &World, to: Timestamp) {
    let ahead = (to - world.clock.now()).to_std().unwrap();
    world.clock.advance(ahead);
}

#[tokio::test]
async fn mails_wait_for_the_end_of_quiet_hours_where_their_reader_is() {
    let world = World::new().await;
    let (user, _) = world.person();
    change(&world, user, settings(&[], Some(("22:00", "07:30")))).await;
    // In Madrid, the night in which clocks go back: 23:30 there.
    move_to(&world, at("2030-10-26T21:30:00Z"));
    let waits = letter(Some(user), NoticeTopic::Deliveries);
    world.notices.mail(&world.ctx(), waits.clone()).await.unwrap();
    let urgent = Letter {
        urgent: true,
        ..letter(Some(user), NoticeTopic::Returns)
    };
    world.notices.mail(&world.ctx(), urgent).await.unwrap();
    world
        .notices
        .mail(&world.ctx(), letter(None, NoticeTopic::Refunds))
        .await
        .unwrap();
    assert_eq!(world.mails().len(), 2, "what is urgent, and to whom nobody knows");
    let due: Timestamp =
        sqlx::query_scalar("select run_at from store.job where queue = 'notifications.mails'")
            .fetch_one(&mut world.db.owner().await)
            .await
            .unwrap();
    assert_eq!(due, at("2030-10-27T06:30:00Z"), "07:30 by winter's time");
    let stop = CancellationToken::new();
    let sending =
        notifications::send_mails(world.notices.clone(), Arc::clone(&world.clock) as _, stop.clone());
    let waiting = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(world.mails().len(), 2, "not before");
        move_to(&world, due);
        testkit::eventually("it is sent", async || (world.mails().len() == 3).then_some(())).await;
        stop.cancel();
    };
    tokio::join!(sending, waiting);
    let sent = &world.mails()[2];
    let written = waits.kind.write(waits.language, &waits.facts);
    assert_eq!(sent.subject, written.subject);
    // By day, at once.
    world.notices.mail(&world.ctx(), waits).await.unwrap();
    assert_eq!(world.mails().len(), 4);
}

#[tokio::test]
async fn hours_within_a_day_end_on_it() {
    let world = World::new().await;
    let (user, _) = world.person();
    change(&world, user, settings(&[], Some(("13:00", "15:00")))).await;
    let kept = async || -> i64 {
        sqlx::query_scalar("select count(*) from store.job where queue = 'notifications.mails'")
            .fetch_one(&mut world.db.owner().await)
            .await
            .unwrap()
    };
    for (time, waiting) in [
        ("2030-06-01T10:59:59Z", 0),
        ("2030-06-01T11:00:00Z", 1),
        ("2030-06-01T13:00:00Z", 1),
    ] {
        move_to(&world, at(time));
        let letter = letter(Some(user), NoticeTopic::Refunds);
        world.notices.mail(&world.ctx(), letter).await.unwrap();
        assert_eq!(kept().await, waiting, "{time}");
    }
    assert_eq!(world.mails().len(), 2);
}

#[tokio::test]
async fn settings_that_say_nothing_are_refused_with_their_field() {
    let world = World::new().await;
    let (user, _) = world.person();
    let zone = |name: &str| NoticeSettings {
        time_zone: name.to_owned(),
        ..settings(&[], None)
    };
    for wrong in [
        "",
        "Madrid",
        "Europe/Atlantis",
        "EST5EDT",
        "posix/Europe/Madrid",
        "UTC+3",
        "a/b'; --",
    ] {
        assert_eq!(
            refusal(&world, user, zone(wrong)).await,
            "time_zone_unknown",
            "{wrong}"
        );
    }
    assert_eq!(change(&world, user, zone("UTC")).await.time_zone, "UTC");
    let quiet = |from, until| settings(&[], Some((from, until)));
    assert_eq!(
        refusal(&world, user, quiet("25:00", "07:00")).await,
        "time_invalid"
    );
    assert_eq!(
        refusal(&world, user, quiet("07:00", "07:00")).await,
        "quiet_hours_empty"
    );
}

#[tokio::test]
async fn what_is_not_wanted_is_neither_listed_nor_counted() {
    let world = World::new().await;
    let (shop, owner) = world.shop();
    let contracts::notifications::NoticeReader::Staff { user, .. } = owner else {
        panic!("staff");
    };
    world
        .tell(&LowStock {
            sku: SkuId::new(world.clock.now()),
            product: world.product(),
            tenant: shop,
            available: 1,
            low_below: 3,
        })
        .await;
    world.hear(false).await;
    assert_eq!(world.unread(owner).await, 1);
    change(&world, user, settings(&[(NoticeTopic::Stock, false, true)], None)).await;
    assert_eq!((world.unread(owner).await, world.feed(owner).await.len()), (0, 0));
    let colleague = world.staff(shop, kernel::Role::Clerk);
    assert_eq!(world.unread(colleague).await, 1, "each says it for themselves");
    change(&world, user, settings(&[(NoticeTopic::Stock, true, true)], None)).await;
    assert_eq!(world.feed(owner).await.len(), 1, "it was kept all the same");
}
