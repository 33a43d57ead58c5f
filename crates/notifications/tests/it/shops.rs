//! What a shop is told reaches its staff: by text message, and what runs low by mail.

use crate::reach::{kept, phone, send};
use crate::world::World;
use contracts::inventory::{AvailabilityChanged, LowStock};
use contracts::notifications::{NoticeSettings, NoticeTopic, TopicChoice};
use kernel::{Clock, Role, SkuId, TenantId, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const OWNER: &str = "+34600000001";
const CLERK: &str = "+34600000002";
const GONE: &str = "+34600000003";

fn low(world: &World, tenant: TenantId, available: i64) -> LowStock {
    LowStock {
        sku: SkuId::new(world.clock.now()),
        product: world.product(),
        tenant,
        available,
        low_below: 5,
    }
}

/// Somebody who works for the shops.
fn hire(world: &World, role: Role) -> UserId {
    let (user, _) = world.person();
    world.others.staff.lock().unwrap().push((user, role));
    user
}

async fn choose(world: &World, user: UserId, shop: Option<TenantId>, choice: TopicChoice) -> NoticeSettings {
    let settings = NoticeSettings {
        topics: vec![choice],
        time_zone: "UTC".to_owned(),
        quiet: None,
    };
    let changed = world.notices.change_settings(user, shop, settings).await;
    changed.unwrap()
}

fn stock(email: bool, sms: Option<bool>) -> TopicChoice {
    TopicChoice {
        topic: NoticeTopic::Stock,
        in_app: true,
        email,
        sms,
        push: None,
    }
}

/// Mails of what ran low are written, and sent.
async fn mail(world: &World) {
    let stop = CancellationToken::new();
    let writing =
        notifications::send_stock_mails(world.notices.clone(), Arc::clone(&world.clock) as _, stop.clone());
    let sending =
        notifications::send_mails(world.notices.clone(), Arc::clone(&world.clock) as _, stop.clone());
    let waiting = async {
        testkit::eventually("no mail waits", async || {
            let left: i64 = sqlx::query_scalar(
                "select count(*) from store.job where queue in ('notifications.stock', 'notifications.mails')",
            )
            .fetch_one(&mut world.db.owner().await)
            .await
            .unwrap();
            (left == 0).then_some(())
        })
        .await;
        stop.cancel();
    };
    tokio::join!(writing, sending, waiting);
}

#[tokio::test]
async fn staff_are_texted_of_what_they_chose_for_their_shop_and_nobody_else_is() {
    let world = World::new().await;
    let (shop, _) = world.shop();
    let (other, _) = world.shop();
    let (owner, clerk) = (hire(&world, Role::Owner), hire(&world, Role::Clerk));
    let gone = world.person().0;
    for (user, number) in [(owner, OWNER), (clerk, CLERK), (gone, GONE)] {
        phone(&world, user, number).await;
    }
    let chosen = choose(&world, owner, Some(shop), stock(true, Some(true))).await;
    let of_stock = |settings: &NoticeSettings| {
        let mut topics = settings.topics.iter();
        topics
            .find(|choice| choice.topic == NoticeTopic::Stock)
            .unwrap()
            .sms
    };
    assert_eq!(of_stock(&chosen), Some(true));
    // It is the choice for this shop: neither for another, nor of what is theirs.
    for elsewhere in [None, Some(other)] {
        let settings = world.notices.settings(owner, elsewhere).await.unwrap();
        assert_eq!(of_stock(&settings), Some(false));
    }
    choose(&world, clerk, Some(other), stock(true, Some(true))).await;
    choose(&world, gone, Some(shop), stock(true, Some(true))).await;
    world.clock.advance(Duration::from_secs(1));
    world.tell(&low(&world, shop, 2)).await;
    world.hear(false).await;
    send(&world).await;
    let texts = kept(&world, OWNER).await;
    assert_eq!(texts.len(), 2, "the code, and what runs low");
    assert!(
        texts[0]
            .text
            .starts_with("Wide bowl is running low: https://market.example/seller/notifications/"),
        "{texts:?}"
    );
    assert_eq!(kept(&world, CLERK).await.len(), 1, "of another shop");
    assert_eq!(kept(&world, GONE).await.len(), 1, "works there no more");
}

#[tokio::test]
async fn what_runs_low_within_an_hour_is_one_mail_to_each_who_fills_it_up() {
    let world = World::new().await;
    let (shop, reader) = world.shop();
    hire(&world, Role::Owner);
    // Looks at figures, and fills nothing up; and one who does not want it.
    hire(&world, Role::Analyst);
    let clerk = hire(&world, Role::Clerk);
    choose(&world, clerk, Some(shop), stock(false, None)).await;
    world.tell(&low(&world, shop, 2)).await;
    world.clock.advance(Duration::from_secs(60));
    let out = AvailabilityChanged {
        sku: SkuId::new(world.clock.now()),
        product: world.product(),
        tenant: shop,
        in_stock: false,
    };
    world.tell(&out).await;
    // Heard twice, it is one all the same.
    world.hear(false).await;
    world.hear(true).await;
    assert!(world.mails().is_empty(), "an hour is waited for");
    world.clock.advance(Duration::from_secs(60 * 60));
    mail(&world).await;
    let mails = world.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].subject, "Quedan pocas existencias en Three Ovens");
    for told in [
        "2 × Wide bowl\n0 × Wide bowl\n\n",
        "https://market.example/seller/stock\n",
    ] {
        assert!(mails[0].body.contains(told), "{told} in {}", mails[0].body);
    }
    assert!(!mails[0].body.contains("más."), "{}", mails[0].body);
    // What somebody has read, and what was told, is not told again.
    world.clock.advance(Duration::from_secs(1));
    world.tell(&low(&world, shop, 1)).await;
    world.hear(false).await;
    let latest = world.feed(reader).await.remove(0);
    world
        .notices
        .mark_all_read(&world.ctx(), reader, latest.id)
        .await
        .unwrap();
    world.clock.advance(Duration::from_secs(60 * 60));
    mail(&world).await;
    assert_eq!(world.mails().len(), 1);
}
