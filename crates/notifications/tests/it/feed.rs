//! What becomes of events, and who reads it.

use crate::world::{World, titles};
use contracts::Language;
use contracts::identity::{AccountChanged, AccountLocked};
use contracts::inventory::LowStock;
use contracts::messages::{MessageKind, MessageSent, Side};
use contracts::notifications::{KEPT_DAYS, NoticeKind};
use contracts::orders::{OrderConfirmed, OrderPlaced, ParcelDelivered, SubOrderShipped};
use contracts::reviews::ReviewPublished;
use contracts::webhooks::EndpointPaused;
use kernel::{
    Clock, Currency, Fault, MessageId, Money, OrderId, ParcelId, ReviewId, Role, SkuId, SubOrderId, TenantId,
    ThreadId, UserId, WebhookEndpointId,
};
use std::sync::atomic::Ordering;
use tokio_util::sync::CancellationToken;

fn confirmed(world: &World, buyer: UserId, shops: &[TenantId]) -> OrderConfirmed {
    OrderConfirmed {
        order: OrderId::new(world.clock.now()),
        buyer: Some(buyer),
        total: Money::new(123_450, Currency::EUR),
        tenants: shops.to_vec(),
        sold: Vec::new(),
        cart: None,
    }
}

fn low(world: &World, tenant: TenantId) -> LowStock {
    LowStock {
        sku: SkuId::new(world.clock.now()),
        product: world.product(),
        tenant,
        available: 2,
        low_below: 5,
    }
}

#[tokio::test]
async fn an_order_is_told_to_its_buyer_and_its_shops_each_in_their_words() {
    let world = World::new().await;
    let ((buyer, own), (shop, staff), (_, others)) = (world.person(), world.shop(), world.shop());
    let paid = confirmed(&world, buyer, &[shop]);
    world
        .tell(&OrderPlaced {
            order: paid.order,
            buyer: Some(buyer),
            total: paid.total,
            tenants: vec![shop],
            reserved_until: world.clock.now(),
        })
        .await;
    world.hear(false).await;
    assert_eq!(titles(&world.feed(own).await), ["Your order K7F3-9QXA is placed"]);
    world.pass(0);
    world.tell(&paid).await;
    world.hear(false).await;

    let read = world.feed(own).await;
    assert_eq!(
        titles(&read),
        ["Your order K7F3-9QXA is confirmed"],
        "in the place of the first"
    );
    assert!(
        read[0].text.starts_with("€1,234.50 was paid."),
        "{}",
        read[0].text
    );
    assert_eq!(read[0].href, format!("/orders/{}", paid.order));
    let spanish = world.feed_in(own, Language::Es).await;
    assert_eq!(spanish[0].title, "Tu pedido K7F3-9QXA está confirmado");
    assert!(spanish[0].text.contains("1.234,50\u{a0}€"), "{}", spanish[0].text);
    let sold = world.feed(staff).await;
    assert_eq!(titles(&sold), ["New order K7F3-9QXA-1"]);
    assert_eq!(
        sold[0].href,
        format!("/seller/orders/{}", SubOrderId(uuid::Uuid::nil()))
    );
    assert!(world.feed(others).await.is_empty());
}

#[tokio::test]
async fn what_is_told_twice_is_read_once() {
    let world = World::new().await;
    let ((buyer, own), (shop, _)) = (world.person(), world.shop());
    let order = OrderId::new(world.clock.now());
    let parcel = ParcelId::new(world.clock.now());
    let (sub_order, tenant) = (SubOrderId::new(world.clock.now()), shop);
    world
        .tell(&SubOrderShipped {
            order,
            sub_order,
            tenant,
            buyer: Some(buyer),
            parcel,
            carrier: "DHL".to_owned(),
            tracking: "1".to_owned(),
            complete: true,
        })
        .await;
    world.pass(1);
    world
        .tell(&ParcelDelivered {
            order,
            sub_order,
            tenant,
            buyer: Some(buyer),
            parcel,
        })
        .await;
    world.hear(false).await;
    let arrived = ["A parcel from Three Ovens has arrived"];
    let read = world.feed(own).await;
    assert_eq!(titles(&read), arrived);
    world
        .notices
        .mark_read(&world.ctx(), own, read[0].id, Language::En)
        .await
        .unwrap();
    // From the beginning of the log.
    world.hear(true).await;
    let again = world.feed(own).await;
    assert_eq!(titles(&again), arrived);
    assert!(again[0].read, "it stays read");
}

#[tokio::test]
async fn what_is_read_is_not_counted_and_what_came_later_is() {
    let world = World::new().await;
    let ((shop, owner), (_, stranger)) = (world.shop(), world.person());
    for _ in 0..3 {
        world.pass(0);
        world.tell(&low(&world, shop)).await;
    }
    world.hear(false).await;
    assert_eq!(world.unread(owner).await, 3);
    let page = world
        .notices
        .feed(&world.ctx(), owner, Language::En, None, 2)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 2);
    assert_eq!(
        page.items[0].text,
        "2 left, fewer than the 5 at which you wanted to know."
    );
    let rest = world
        .notices
        .feed(&world.ctx(), owner, Language::En, page.next.clone(), 2)
        .await
        .unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    let (first, second) = (page.items[0].id, page.items[1].id);
    assert!(rest.items[0].id < second && second < first);

    let foreign = world
        .notices
        .mark_read(&world.ctx(), stranger, first, Language::En)
        .await;
    assert_eq!(Fault::from(foreign.unwrap_err()).code, "not_found");
    assert_eq!(
        world
            .notices
            .mark_all_read(&world.ctx(), stranger, first)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        world
            .notices
            .mark_all_read(&world.ctx(), owner, second)
            .await
            .unwrap(),
        2
    );
    assert_eq!(world.unread(owner).await, 1, "what came later was not seen");
    let marked = world
        .notices
        .mark_read(&world.ctx(), owner, first, Language::En)
        .await
        .unwrap();
    assert!(marked.read);
    assert_eq!(world.unread(owner).await, 0);
}

#[tokio::test]
async fn staff_are_told_what_is_their_work() {
    let world = World::new().await;
    let ((shop, owner), (buyer, own)) = (world.shop(), world.person());
    let analyst = world.staff(shop, Role::Analyst);
    let say = |by, kind| MessageSent {
        thread: ThreadId(uuid::Uuid::nil()),
        message: MessageId::new(world.clock.now()),
        shop,
        buyer,
        by,
        kind,
        first: false,
    };
    world.tell(&say(Side::Buyer, MessageKind::Text)).await;
    world.tell(&say(Side::Shop, MessageKind::Quote)).await;
    let review = ReviewPublished {
        review: ReviewId::new(world.clock.now()),
        product: world.product(),
        shop,
        buyer,
        stars: 4,
    };
    world.tell(&review).await;
    world.hear(false).await;
    let mut all = world.feed(owner).await;
    all.sort_by_key(|notice| notice.kind);
    assert_eq!(
        titles(&all),
        ["A buyer has written to you", "A new review of Wide bowl"]
    );
    assert_eq!(titles(&world.feed(analyst).await), ["A new review of Wide bowl"]);
    assert_eq!((world.unread(owner).await, world.unread(analyst).await), (2, 1));
    let offered = world.feed(own).await;
    assert_eq!(titles(&offered), ["Three Ovens has made you an offer"]);
    assert_eq!(
        offered[0].href,
        format!("/account/messages/{}", uuid::Uuid::nil())
    );
}

#[tokio::test]
async fn alarms_are_told_and_ones_own_doings_are_not() {
    let world = World::new().await;
    let (user, own) = world.person();
    let until = world.clock.now();
    world.tell(&AccountLocked { user, until }).await;
    for change in [
        "signed_in:buyer",
        "password_changed",
        "second_factor_off",
        "recovery_code_used",
        "signed_out",
    ] {
        world
            .tell(&AccountChanged {
                user,
                change: change.to_owned(),
                tenant: None,
            })
            .await;
    }
    world.hear(false).await;
    let mut kinds: Vec<NoticeKind> = world.feed(own).await.into_iter().map(|n| n.kind).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            NoticeKind::AccountLocked,
            NoticeKind::PasswordChanged,
            NoticeKind::SecondFactorOff,
            NoticeKind::RecoveryCodeUsed,
        ]
    );
}

#[tokio::test]
async fn names_that_nobody_tells_are_left_out_and_the_rest_is_read() {
    let world = World::new().await;
    let (shop, owner) = world.shop();
    world.tell(&low(&world, shop)).await;
    world.hear(false).await;
    world.others.away.store(true, Ordering::SeqCst);
    assert_eq!(titles(&world.feed(owner).await), ["a piece is running low"]);
}

#[tokio::test]
async fn what_is_old_is_no_news_and_forgotten_in_the_end() {
    let world = World::new().await;
    let (shop, owner) = world.shop();
    world.tell(&low(&world, shop)).await;
    world.pass(20);
    world.tell(&low(&world, shop)).await;
    world.hear(false).await;
    let read: Vec<bool> = world.feed(owner).await.iter().map(|notice| notice.read).collect();
    assert_eq!(
        read,
        [false, true],
        "the older one was there before anybody listened"
    );
    world.pass(u64::try_from(KEPT_DAYS).unwrap() - 10);
    let stop = CancellationToken::new();
    let sweeping = notifications::sweep(world.notices.clone(), world.clock.clone(), stop.clone());
    let waiting = async {
        testkit::eventually("it is swept", async || {
            (world.feed(owner).await.len() == 1).then_some(())
        })
        .await;
        stop.cancel();
    };
    tokio::join!(sweeping, waiting);
    // What is forgotten does not come again.
    world.hear(true).await;
    assert_eq!(world.feed(owner).await.len(), 1);
}

#[tokio::test]
async fn owners_are_told_that_nothing_reaches_their_program() {
    let world = World::new().await;
    let ((shop, owner), (_, others)) = (world.shop(), world.shop());
    let manager = world.staff(shop, Role::Manager);
    let endpoint = WebhookEndpointId::new(world.clock.now());
    let host = "hooks.three-ovens.example".to_owned();
    world
        .tell(&EndpointPaused {
            endpoint,
            tenant: shop,
            host,
        })
        .await;
    world.hear(false).await;
    let read = world.feed(owner).await;
    assert_eq!(titles(&read), ["hooks.three-ovens.example is told no more"]);
    assert_eq!(read[0].href, format!("/seller/webhooks/{endpoint}"));
    let spanish = world.feed_in(owner, Language::Es).await;
    assert_eq!(spanish[0].title, "Ya no se avisa a hooks.three-ovens.example");
    // Endpoints are the owners' alone.
    assert!(world.feed(manager).await.is_empty());
    assert!(world.feed(others).await.is_empty());
}
