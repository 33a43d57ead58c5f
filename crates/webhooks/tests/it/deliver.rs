//! Messages reach those whom they are for, signed, and go on trying.

use crate::world::{Server, World};
use contracts::inventory::LowStock;
use contracts::ledger::PayoutPaid;
use contracts::orders::{CancelReason, OrderCancelled, OrderConfirmed};
use contracts::webhooks::{ChangeEndpoint, Delivery, DeliveryState, Pause, WebhookKind};
use kernel::{Clock, Currency, Money, OrderId, PayoutId, ProductId, SkuId, TenantId, WebhookEndpointId};
use serde_json::json;
use std::time::Duration;

fn paid(world: &World, tenant: TenantId) -> PayoutPaid {
    PayoutPaid {
        payout: PayoutId::new(world.clock.now()),
        tenant,
        amount: Money::new(12_640, Currency::EUR),
    }
}

fn low(world: &World, tenant: TenantId) -> LowStock {
    LowStock {
        sku: SkuId::new(world.clock.now()),
        product: ProductId::new(world.clock.now()),
        tenant,
        available: 2,
        low_below: 5,
    }
}

async fn deliveries(world: &World, shop: TenantId, id: WebhookEndpointId) -> Vec<Delivery> {
    world
        .hooks
        .deliveries(shop, id, None, kernel::PageLimit::new(100).unwrap())
        .await
        .unwrap()
        .items
}

/// Waits until so many attempts were made at the newest message.
async fn tried(world: &World, shop: TenantId, id: WebhookEndpointId, count: usize) -> Delivery {
    testkit::eventually(&format!("{count} attempts"), async || {
        let newest = deliveries(world, shop, id).await.into_iter().next()?;
        (newest.attempts.len() >= count).then_some(newest)
    })
    .await
}

/// It is tried again in so many seconds, or up to a quarter more.
fn waits(world: &World, told: &Delivery, seconds: i64) {
    let waits = (told.next_at.unwrap() - world.clock.now()).num_milliseconds();
    let within = seconds * 1_000..=seconds * 1_250;
    assert!(within.contains(&waits), "{waits} ms are not {within:?}");
}

#[tokio::test]
async fn a_shop_is_told_of_its_own_signed_and_once() {
    let (world, server) = (World::new().await, Server::new().await);
    let (shop, other) = (world.shop(), world.shop());
    let made = world.told_at(shop, &server.url, &[]).await;
    let event = paid(&world, shop);
    world.tell(&paid(&world, other)).await;
    world.tell(&event).await;
    let heard = server.hears(1).await;
    let message = &heard[0];
    assert!(message.is_signed_by(&made.secret, &world));
    let forged = format!("whsec_{}", "A".repeat(44));
    assert!(!message.is_signed_by(&forged, &world));
    let body = message.json();
    assert_eq!(
        (&body["type"], &body["version"]),
        (&json!("payout.paid"), &json!(1))
    );
    assert_eq!(
        body["data"],
        json!({"payout_id": event.payout, "amount": {"amount": 12_640, "currency": "EUR"}})
    );
    let told = tried(&world, shop, made.endpoint.id, 1).await;
    assert_eq!(
        (told.message.to_string(), told.state),
        (message.id.clone(), DeliveryState::Delivered)
    );
    assert_eq!(
        (told.attempts[0].status, told.attempts[0].said.as_str()),
        (Some(200), "thank you")
    );
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn who_makes_an_endpoint_is_told_of_the_past_on_demand_alone() {
    let (world, server) = (World::silent(true).await, Server::new().await);
    let shop = world.shop();
    world.tell(&paid(&world, shop)).await;
    // Long enough for a marketplace to be down.
    world.pass(3 * 24 * 60 * 60);
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    world.tell(&low(&world, shop)).await;
    world.listen();
    world.deliver();
    assert_eq!(server.hears(1).await[0].json()["type"], "stock.low");
    tried(&world, shop, id, 1).await;
    assert_eq!(deliveries(&world, shop, id).await.len(), 1);
    let since = world.clock.now() - chrono::TimeDelta::days(4);
    let again = world.hooks.replay(&world.ctx(), shop, id, since).await.unwrap();
    assert_eq!(again, 2);
    server.hears(3).await;
}

#[tokio::test]
async fn an_order_is_told_to_each_of_its_shops_once_it_is_paid() {
    let (world, server, others) = (World::new().await, Server::new().await, Server::new().await);
    let (shop, other) = (world.shop(), world.shop());
    world.told_at(shop, &server.url, &[]).await;
    world.told_at(other, &others.url, &[]).await;
    let order = OrderId::new(world.clock.now());
    let tenants = vec![shop, other];
    // It was never paid: nothing was sold.
    world
        .tell(&OrderCancelled {
            order: OrderId::new(world.clock.now()),
            buyer: None,
            reason: CancelReason::Expired,
            tenants: tenants.clone(),
            unsold: Vec::new(),
        })
        .await;
    world
        .tell(&OrderConfirmed {
            order,
            buyer: None,
            total: Money::new(123_450, Currency::EUR),
            tenants,
            sold: Vec::new(),
            cart: None,
        })
        .await;
    for told in [&server, &others] {
        let message = told.hears(1).await[0].json();
        assert_eq!(message["type"], "order.confirmed");
        assert_eq!(message["data"], json!({"order_id": order}));
        assert_eq!(told.heard().len(), 1);
    }
    assert_eq!(server.heard()[0].id, others.heard()[0].id);
}

#[tokio::test]
async fn an_endpoint_is_told_of_what_it_asked_for() {
    let (world, server) = (World::new().await, Server::new().await);
    let shop = world.shop();
    world.told_at(shop, &server.url, &[WebhookKind::StockLow]).await;
    world.tell(&paid(&world, shop)).await;
    world.tell(&low(&world, shop)).await;
    let heard = server.hears(1).await;
    assert_eq!(heard[0].json()["type"], "stock.low");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn what_fails_is_tried_again_up_the_ladder_with_the_same_id_and_body() {
    let (world, server) = (World::new().await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    server.answers(500, Duration::ZERO);
    world.tell(&paid(&world, shop)).await;
    let first = tried(&world, shop, id, 1).await;
    waits(&world, &first, 5);
    // As long as can be.
    world.pass(7);
    let second = tried(&world, shop, id, 2).await;
    waits(&world, &second, 5 * 60);
    assert!(
        world
            .hooks
            .endpoint(&world.ctx(), shop, id)
            .await
            .unwrap()
            .failing_since
            .is_some()
    );
    server.answers(204, Duration::ZERO);
    world.pass(7 * 60);
    let third = tried(&world, shop, id, 3).await;
    assert_eq!((third.state, third.next_at), (DeliveryState::Delivered, None));
    let heard = server.heard();
    assert!(
        heard
            .iter()
            .all(|one| one.id == heard[0].id && one.body == heard[0].body)
    );
    assert_ne!(heard[0].timestamp, heard[2].timestamp);
    assert!(
        world
            .hooks
            .endpoint(&world.ctx(), shop, id)
            .await
            .unwrap()
            .failing_since
            .is_none()
    );
}

#[tokio::test]
async fn a_redirect_is_no_delivery_and_is_not_followed() {
    let (world, server) = (World::new().await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    server.answers(302, Duration::ZERO);
    world.tell(&paid(&world, shop)).await;
    let told = tried(&world, shop, id, 1).await;
    assert_eq!(
        (told.state, told.attempts[0].status),
        (DeliveryState::Pending, Some(302))
    );
    assert_eq!(server.heard().len(), 1);
}

/// So much later something is sent and not taken, which is written down.
async fn fails_after(hours: u64, world: &World, server: &Server, shop: TenantId, id: WebhookEndpointId) {
    let before = server.heard().len();
    world.tell(&paid(world, shop)).await;
    world.pass(hours * 60 * 60);
    server.hears(before + 1).await;
    // What passes before it is written down would count from then on.
    testkit::eventually("every attempt is written down", async || {
        let all = deliveries(world, shop, id).await;
        let written: usize = all.iter().map(|one| one.attempts.len()).sum();
        (written >= server.heard().len()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_fails_for_five_days_is_told_no_more_until_it_is_turned_on() {
    let (world, server) = (World::new().await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    server.answers(500, Duration::ZERO);
    world.tell(&paid(&world, shop)).await;
    tried(&world, shop, id, 1).await;
    // Whoever was not tried for long may have been well meanwhile.
    fails_after(5 * 24, &world, &server, shop, id).await;
    for _ in 0..11 {
        let endpoint = world.hooks.endpoint(&world.ctx(), shop, id).await.unwrap();
        assert_eq!(endpoint.paused, None);
        fails_after(10, &world, &server, shop, id).await;
    }
    world.pass(15 * 60 * 60);
    let paused = testkit::eventually("it is given up", async || {
        let endpoint = world.hooks.endpoint(&world.ctx(), shop, id).await.unwrap();
        endpoint.paused
    })
    .await;
    assert_eq!(paused, Pause::Failing);
    let told: i64 = sqlx::query_scalar(
        "select count(*) from log.event where topic = 'webhooks.endpoint_paused' and tenant_id = $1",
    )
    .bind(shop)
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap();
    assert_eq!(told, 1);
    let before = server.heard().len();
    world.tell(&low(&world, shop)).await;
    let all = deliveries(&world, shop, id).await;
    assert!(all.iter().all(|one| one.event != WebhookKind::StockLow.name()));
    let is_pending = |one: &Delivery| one.state == DeliveryState::Pending;
    let waits = all.into_iter().find(is_pending).unwrap();
    assert_eq!(waits.next_at, None);
    server.answers(200, Duration::ZERO);
    let on = ChangeEndpoint {
        enabled: Some(true),
        ..Default::default()
    };
    world.hooks.change(&world.ctx(), shop, id, on).await.unwrap();
    world.pass(5 * 60);
    // What it was on when it was given up goes out; what came meanwhile is replayed on demand.
    server.hears(before + 1).await;
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_told_no_more() {
    let (world, server) = (World::new().await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    server.answers(410, Duration::ZERO);
    world.tell(&paid(&world, shop)).await;
    testkit::eventually("it is given up", async || {
        let endpoint = world.hooks.endpoint(&world.ctx(), shop, id).await.unwrap();
        endpoint.paused.filter(|why| *why == Pause::Failing)
    })
    .await;
}

#[tokio::test]
async fn what_waits_behind_a_failure_waits_until_the_endpoint_has_rested() {
    let (world, server) = (World::silent(true).await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    server.answers(500, Duration::ZERO);
    for _ in 0..3 {
        world.tell(&paid(&world, shop)).await;
    }
    world.listen();
    testkit::eventually("all are noted", async || {
        (deliveries(&world, shop, id).await.len() == 3).then_some(())
    })
    .await;
    world.deliver();
    server.hears(1).await;
    // Somebody else's news are no reason to hurry.
    world.tell(&low(&world, shop)).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(server.heard().len(), 1);
    // A person who looks is.
    server.answers(200, Duration::ZERO);
    world.hooks.test(&world.ctx(), shop, id).await.unwrap();
    let heard = server.hears(5).await;
    assert_eq!(heard.iter().filter(|one| one.id == heard[0].id).count(), 1);
    world.pass(7);
    let again = server.hears(6).await;
    assert_eq!(again.iter().filter(|one| one.id == again[0].id).count(), 2);
}

#[tokio::test]
async fn what_somebody_took_and_never_sent_is_sent_by_another() {
    let (world, server) = (World::silent(true).await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    world.tell(&paid(&world, shop)).await;
    world.listen();
    testkit::eventually("it is noted", async || {
        (!deliveries(&world, shop, id).await.is_empty()).then_some(())
    })
    .await;
    // As it is when a process dies between taking it and writing down what came of it.
    sqlx::query("update webhooks.delivery set next_at = next_at + interval '2 minutes'")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    world.deliver();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(server.heard().is_empty());
    world.pass(2 * 60);
    server.hears(1).await;
}

#[tokio::test]
async fn what_is_asked_for_again_while_it_is_sent_is_sent_again() {
    let (world, server) = (World::new().await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    server.answers(200, Duration::from_millis(500));
    world.tell(&paid(&world, shop)).await;
    let message = server.hears(1).await[0].id.parse().unwrap();
    world.hooks.retry(&world.ctx(), shop, id, message).await.unwrap();
    world.pass(1);
    server.hears(2).await;
    let told = tried(&world, shop, id, 2).await;
    assert_eq!(told.state, DeliveryState::Delivered);
}

#[tokio::test]
async fn one_slow_server_does_not_hold_up_others() {
    let (world, slow, quick) = (World::new().await, Server::new().await, Server::new().await);
    let (a, b) = (world.shop(), world.shop());
    slow.answers(200, Duration::from_secs(10));
    for _ in 0..5 {
        world.told_at(a, &slow.url, &[]).await;
    }
    world.told_at(b, &quick.url, &[]).await;
    // Its own shop's other endpoint as well.
    let near = Server::new().await;
    world.told_at(a, &near.url, &[]).await;
    world.tell(&paid(&world, a)).await;
    slow.hears(5).await;
    world.tell(&paid(&world, b)).await;
    let began = tokio::time::Instant::now();
    quick.hears(1).await;
    near.hears(1).await;
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_new_secret_and_the_old_one_sign_for_a_day() {
    let (world, server) = (World::new().await, Server::new().await);
    let shop = world.shop();
    let old = world.told_at(shop, &server.url, &[]).await;
    let id = old.endpoint.id;
    let new = world.hooks.rotate(&world.ctx(), shop, id).await.unwrap();
    assert!(new.endpoint.old_secret_until.is_some());
    world.hooks.test(&world.ctx(), shop, id).await.unwrap();
    let both = &server.hears(1).await[0];
    assert!(both.is_signed_by(&old.secret, &world) && both.is_signed_by(&new.secret, &world));
    assert_eq!(both.json()["type"], "webhook.test");
    world.pass(24 * 60 * 60);
    world.hooks.test(&world.ctx(), shop, id).await.unwrap();
    let one = &server.hears(2).await[1];
    assert!(!one.is_signed_by(&old.secret, &world) && one.is_signed_by(&new.secret, &world));
}

#[tokio::test]
async fn messages_are_sent_again_one_by_one_and_since_a_time() {
    let (world, server) = (World::new().await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    world.tell(&paid(&world, shop)).await;
    let first = server.hears(1).await[0].id.clone();
    tried(&world, shop, id, 1).await;
    world.pass(60);
    let since = world.clock.now() - chrono::TimeDelta::seconds(30);
    world.tell(&low(&world, shop)).await;
    let second = server.hears(2).await[1].id.clone();
    tried(&world, shop, id, 1).await;
    world
        .hooks
        .retry(&world.ctx(), shop, id, first.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(server.hears(3).await[2].id, first);
    testkit::eventually("it is settled", async || {
        let all = deliveries(&world, shop, id).await;
        all.iter()
            .all(|one| one.state == DeliveryState::Delivered)
            .then_some(())
    })
    .await;
    let again = world.hooks.replay(&world.ctx(), shop, id, since).await.unwrap();
    assert_eq!(again, 1);
    assert_eq!(server.hears(4).await[3].id, second);
    let foreign = world.shop();
    let elsewhere = world.told_at(foreign, &server.url, &[]).await.endpoint.id;
    let reach = world
        .hooks
        .retry(&world.ctx(), foreign, elsewhere, first.parse().unwrap())
        .await;
    assert!(matches!(reach, Err(webhooks::Error::NoMessage)));
    let none = world.hooks.replay(&world.ctx(), foreign, elsewhere, since).await;
    assert_eq!(none.unwrap(), 0);
    let long_ago = world.clock.now() - chrono::TimeDelta::days(31);
    assert!(
        world
            .hooks
            .replay(&world.ctx(), shop, id, long_ago)
            .await
            .is_err()
    );
}
