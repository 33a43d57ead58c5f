//! Text messages and pushes: to whom they go, when, and what becomes of those that nobody takes.

use crate::world::World;
use contracts::Language;
use contracts::identity::AccountLocked;
use contracts::notifications::{
    Device, DevicePlatform, KeptMessage, MessageChannel, NewDevice, NewPhone, NoticeSettings, NoticeTopic,
    QuietHours, TopicChoice,
};
use contracts::orders::SubOrderShipped;
use kernel::{Clock, Fault, Kind, OrderId, ParcelId, SubOrderId, TenantId, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const NUMBER: &str = "+34600000000";

pub async fn kept(world: &World, to: &str) -> Vec<KeptMessage> {
    let kept = world.notices.kept_messages(Some(to.to_owned()), 100).await;
    kept.unwrap()
}

async fn give(world: &World, user: UserId, number: &str) -> Result<(), Fault> {
    give_as(world, user, number, true).await
}

async fn give_as(world: &World, user: UserId, number: &str, email_verified: bool) -> Result<(), Fault> {
    let phone = NewPhone {
        number: number.to_owned(),
        language: Language::En,
        email_verified,
    };
    let given = world.notices.give_phone(&world.ctx(), user, &phone).await;
    given.map(drop).map_err(Fault::from)
}

/// The code of the latest text message to a number.
async fn code(world: &World, number: &str) -> String {
    let latest = kept(world, number).await.remove(0);
    latest.text.chars().take(6).collect()
}

/// Sends a code back.
async fn verify(world: &World, user: UserId, code: &str) -> Result<Option<String>, String> {
    let verified = world.notices.verify_phone(&world.ctx(), user, code).await;
    verified
        .map(|phone| phone.number)
        .map_err(|error| Fault::from(error).code)
}

pub async fn phone(world: &World, user: UserId, number: &str) {
    give(world, user, number).await.unwrap();
    let code = code(world, number).await;
    assert_eq!(verify(world, user, &code).await, Ok(Some(number.to_owned())));
}

async fn device(world: &World, user: UserId, token: &str) -> Device {
    let device = NewDevice {
        platform: DevicePlatform::Android,
        token: token.to_owned(),
        name: "Elena's telephone".to_owned(),
        language: Language::Es,
    };
    let added = world.notices.add_device(&world.ctx(), user, device).await;
    added.unwrap()
}

async fn wish(world: &World, user: UserId, sms: bool, push: bool, quiet: Option<(&str, &str)>) {
    let settings = NoticeSettings {
        topics: vec![TopicChoice {
            topic: NoticeTopic::Deliveries,
            in_app: true,
            email: true,
            sms: Some(sms),
            push: Some(push),
        }],
        time_zone: "UTC".to_owned(),
        quiet: quiet.map(|(from, until)| QuietHours {
            from: from.to_owned(),
            until: until.to_owned(),
        }),
    };
    let changed = world.notices.change_settings(user, None, settings).await;
    changed.unwrap();
}

/// A parcel of theirs leaves, and all of the log is heard.
async fn parcel(world: &World, buyer: UserId) {
    let now = world.clock.now();
    let event = SubOrderShipped {
        order: OrderId::new(now),
        sub_order: SubOrderId::new(now),
        tenant: TenantId::new(now),
        buyer: Some(buyer),
        parcel: ParcelId::new(now),
        carrier: "DHL".to_owned(),
        tracking: "1".to_owned(),
        complete: true,
    };
    world.tell(&event).await;
    world.hear(false).await;
}

pub async fn waiting(world: &World) -> Vec<(String, Option<String>)> {
    sqlx::query_as("select state, error from store.job where queue = 'notifications.messages' order by id")
        .fetch_all(&mut world.db.owner().await)
        .await
        .unwrap()
}

async fn due(world: &World) -> Vec<kernel::Timestamp> {
    sqlx::query_scalar("select run_at from store.job where queue = 'notifications.messages' order by id")
        .fetch_all(&mut world.db.owner().await)
        .await
        .unwrap()
}

/// Sends what is due, until something is so.
pub async fn send_until(world: &World, is_so: impl AsyncFn() -> bool) {
    let stop = CancellationToken::new();
    let sending =
        notifications::send_messages(world.notices.clone(), Arc::clone(&world.clock) as _, stop.clone());
    let watching = async {
        testkit::eventually("messages are sent", async || is_so().await.then_some(())).await;
        stop.cancel();
    };
    tokio::join!(sending, watching);
}

/// Sends all.
pub async fn send(world: &World) {
    send_until(world, async || waiting(world).await.is_empty()).await;
}

#[tokio::test]
async fn a_number_is_somebodys_once_they_send_its_code_back() {
    let world = World::new().await;
    let (user, _) = world.person();
    for (wrong, why) in [
        ("600 00 00 00", "number_invalid"),
        ("+15005550001", "number_refused"),
    ] {
        assert_eq!(give(&world, user, wrong).await.unwrap_err().code, why);
    }
    give(&world, user, "+34 600-00-00-00").await.unwrap();
    let ways = world.notices.ways(&world.ctx(), user).await.unwrap();
    assert_eq!(
        (ways.phone.number, ways.phone.waiting.as_deref()),
        (None, Some(NUMBER))
    );
    let right = code(&world, NUMBER).await;
    let (stranger, _) = world.person();
    let of_another = verify(&world, stranger, &right).await;
    assert_eq!(of_another, Err("phone_code_over".to_owned()));
    assert_eq!(
        verify(&world, user, "no code").await,
        Err("phone_code_wrong".to_owned())
    );
    assert_eq!(verify(&world, user, &right).await, Ok(Some(NUMBER.to_owned())));
    let again = verify(&world, user, &right).await;
    assert_eq!(again, Err("phone_code_over".to_owned()), "it works once");
}

#[tokio::test]
async fn codes_are_good_for_minutes_a_few_tries_and_few_an_hour() {
    let world = World::new().await;
    let (user, _) = world.person();
    give(&world, user, NUMBER).await.unwrap();
    let old = code(&world, NUMBER).await;
    world.clock.advance(Duration::from_secs(10 * 60));
    assert_eq!(
        verify(&world, user, &old).await,
        Err("phone_code_over".to_owned())
    );
    give(&world, user, NUMBER).await.unwrap();
    let right = code(&world, NUMBER).await;
    for _ in 0..5 {
        assert_eq!(
            verify(&world, user, "none").await,
            Err("phone_code_wrong".to_owned())
        );
    }
    assert_eq!(
        verify(&world, user, &right).await,
        Err("phone_code_over".to_owned())
    );
    give(&world, user, NUMBER).await.unwrap();
    // Whoever takes it back is counted all the same.
    world.notices.drop_phone(&world.ctx(), user).await.unwrap();
    let refused = give(&world, user, NUMBER).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.retry_after_s),
        ("phone_codes_too_many", Some(3_600))
    );
    for _ in 0..2 {
        let (other, _) = world.person();
        give(&world, other, NUMBER).await.unwrap();
    }
    let (another, _) = world.person();
    let refused = give(&world, another, NUMBER).await.unwrap_err();
    assert_eq!(refused.code, "phone_codes_too_many", "five a day to one number");
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    give(&world, another, NUMBER).await.unwrap();
}

#[tokio::test]
async fn codes_are_for_confirmed_accounts_and_as_many_as_the_marketplace_pays_for() {
    let world = World::new().await;
    let (user, _) = world.person();
    let refused = give_as(&world, user, NUMBER, false).await.unwrap_err();
    assert_eq!(refused.code, "email_unverified");
    assert!(kept(&world, NUMBER).await.is_empty());
    sqlx::query(
        "insert into notifications.phone_code (id, user_id, number, language, sealed, at, until, ended_at)
         select gen_random_uuid(), gen_random_uuid(), '+3460000' || n, 'en', ''::bytea, $1, $1, $1
           from generate_series(1000, 1499) as n",
    )
    .bind(world.clock.now())
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    let refused = give(&world, user, NUMBER).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.retry_after_s),
        ("phone_codes_too_many", Some(3_600))
    );
    world.clock.advance(Duration::from_secs(60 * 60 + 1));
    give(&world, user, NUMBER).await.unwrap();
}

#[tokio::test]
async fn codes_that_were_not_sent_do_not_count() {
    let world = World::new().await;
    let (user, _) = world.person();
    for _ in 0..4 {
        let busy = give(&world, user, "+15005550004").await.unwrap_err();
        assert_eq!(busy.kind, Kind::Unavailable);
    }
    give(&world, user, NUMBER).await.unwrap();
}

#[tokio::test]
async fn a_text_whose_answers_are_lost_is_sent_twice_at_most() {
    let world = World::new().await;
    let (user, _) = world.person();
    phone(&world, user, "+15005550002").await;
    wish(&world, user, true, true, None).await;
    parcel(&world, user).await;
    let waits = [(
        "ready".to_owned(),
        Some("it was not carried: the answer is lost".to_owned()),
    )];
    send_until(&world, async || waiting(&world).await == waits).await;
    world.clock.advance(Duration::from_secs(60));
    // It is no dead letter either: it may well have arrived.
    send(&world).await;
    assert_eq!(
        kept(&world, "+15005550002").await.len(),
        2,
        "the code and the text"
    );
}

#[tokio::test]
async fn the_sandbox_forgets_what_is_old() {
    let world = World::new().await;
    let (user, _) = world.person();
    give(&world, user, "+34600000001").await.unwrap();
    world.pass(2);
    give(&world, user, NUMBER).await.unwrap();
    let stop = CancellationToken::new();
    let sweeping = notifications::sweep(world.notices.clone(), Arc::clone(&world.clock) as _, stop.clone());
    let waiting = async {
        testkit::eventually("it is swept", async || {
            kept(&world, "+34600000001").await.is_empty().then_some(())
        })
        .await;
        stop.cancel();
    };
    tokio::join!(sweeping, waiting);
    assert_eq!(kept(&world, NUMBER).await.len(), 1);
}

#[tokio::test]
async fn persons_are_told_where_they_want_to_be_in_their_language() {
    let world = World::new().await;
    let (user, _) = world.person();
    phone(&world, user, NUMBER).await;
    device(&world, user, "a token").await;
    parcel(&world, user).await;
    send(&world).await;
    assert_eq!(
        kept(&world, NUMBER).await.len(),
        1,
        "the code: texts are asked for"
    );
    let pushed = kept(&world, "a token").await;
    assert_eq!(pushed.len(), 1);
    assert_eq!(pushed[0].channel, MessageChannel::Push);
    assert!(pushed[0].title.contains("Three Ovens"), "{pushed:?}");
    assert!(
        pushed[0]
            .href
            .starts_with("https://market.example/account/notifications/"),
        "{pushed:?}"
    );
    world.clock.advance(Duration::from_secs(1));
    wish(&world, user, true, false, None).await;
    parcel(&world, user).await;
    send(&world).await;
    assert_eq!(kept(&world, "a token").await.len(), 1, "not wanted any more");
    let texts = kept(&world, NUMBER).await;
    assert_eq!(texts.len(), 2);
    assert!(
        texts[0]
            .text
            .starts_with("A parcel from Three Ovens is on its way: https://market.example/"),
        "{texts:?}"
    );
}

#[tokio::test]
async fn quiet_hours_hold_messages_and_alerts_go_regardless() {
    let world = World::new().await;
    let (user, _) = world.person();
    device(&world, user, "a token").await;
    wish(&world, user, false, true, Some(("22:00", "07:00"))).await;
    let night = "2030-10-26T23:00:00Z".parse::<kernel::Timestamp>().unwrap();
    world.clock.advance((night - world.clock.now()).to_std().unwrap());
    parcel(&world, user).await;
    let morning: kernel::Timestamp = "2030-10-27T07:00:00Z".parse().unwrap();
    send_until(&world, async || due(&world).await == [morning]).await;
    assert!(kept(&world, "a token").await.is_empty());
    world.clock.advance(Duration::from_secs(1));
    let until = world.clock.now();
    world.tell(&AccountLocked { user, until }).await;
    world.hear(false).await;
    send_until(&world, async || kept(&world, "a token").await.len() == 1).await;
    world.clock.advance(Duration::from_secs(9 * 60 * 60));
    send(&world).await;
    assert_eq!(kept(&world, "a token").await.len(), 2);
}

#[tokio::test]
async fn who_is_gone_is_forgotten_and_what_is_refused_is_tried_again() {
    let world = World::new().await;
    let (user, _) = world.person();
    phone(&world, user, "+15005550003").await;
    device(&world, user, "sandbox:gone").await;
    wish(&world, user, true, true, None).await;
    parcel(&world, user).await;
    send(&world).await;
    let ways = world.notices.ways(&world.ctx(), user).await.unwrap();
    assert_eq!((ways.phone.number, ways.devices), (None, Vec::new()));

    world.clock.advance(Duration::from_secs(1));
    device(&world, user, "sandbox:timeout").await;
    parcel(&world, user).await;
    let dead = [(
        "dead".to_owned(),
        Some("it was not carried: the answer is lost".to_owned()),
    )];
    send_until(&world, async || {
        world.clock.advance(Duration::from_secs(60 * 60));
        waiting(&world).await == dead
    })
    .await;
    assert_eq!(
        kept(&world, "sandbox:timeout").await.len(),
        1,
        "the same is kept once"
    );
    let failed = world.notices.failures(None, 10).await.unwrap();
    assert_eq!(failed.items[0].name, "notifications.messages");
}

#[tokio::test]
async fn a_token_is_one_device_of_whoever_registered_it_last() {
    let world = World::new().await;
    let ((user, _), (other, _)) = (world.person(), world.person());
    let first = device(&world, user, "a token").await;
    assert_eq!(
        device(&world, user, "a token").await.id,
        first.id,
        "twice is once"
    );
    let taken = device(&world, other, "a token").await;
    assert_ne!(taken.id, first.id);
    let ways = world.notices.ways(&world.ctx(), user).await.unwrap();
    assert!(ways.devices.is_empty());
    let refused = world.notices.drop_device(user, taken.id).await.unwrap_err();
    assert_eq!(Fault::from(refused).code, "not_found");
    for at in 0..21 {
        world.clock.advance(Duration::from_secs(1));
        device(&world, other, &format!("token {at}")).await;
    }
    let ways = world.notices.ways(&world.ctx(), other).await.unwrap();
    assert_eq!(ways.devices.len(), 20);
    assert!(
        ways.devices.iter().all(|device| device.id != taken.id),
        "the first gave way"
    );
}
