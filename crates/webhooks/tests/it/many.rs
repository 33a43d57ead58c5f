//! Many endpoints at a time, and many messages.

use crate::world::{Server, World};
use contracts::ledger::PayoutPaid;
use kernel::{Clock, Currency, Money, PayoutId, TenantId, WebhookEndpointId};
use std::collections::HashSet;
use std::time::Duration;

fn paid(world: &World, tenant: TenantId) -> PayoutPaid {
    PayoutPaid {
        payout: PayoutId::new(world.clock.now()),
        tenant,
        amount: Money::new(12_640, Currency::EUR),
    }
}

#[tokio::test]
async fn more_slow_endpoints_than_there_are_lanes_do_not_hold_up_a_quick_one() {
    let (world, slow, quick) = (World::new().await, Server::new().await, Server::new().await);
    let well = world.shop();
    world.told_at(well, &quick.url, &[]).await;
    world.tell(&paid(&world, well)).await;
    // It has answered at once before.
    quick.hears(1).await;
    slow.answers(200, Duration::from_secs(20));
    let shops: Vec<TenantId> = (0..10).map(|_| world.shop()).collect();
    for shop in &shops {
        for _ in 0..7 {
            world.told_at(*shop, &slow.url, &[]).await;
        }
    }
    for shop in &shops {
        world.tell(&paid(&world, *shop)).await;
    }
    slow.hears(48).await;
    let began = tokio::time::Instant::now();
    world.tell(&paid(&world, well)).await;
    quick.hears(2).await;
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(slow.heard().len(), 48, "the others are kept for quick ones");
}

/// Messages of the last minutes, one for each second.
async fn happened(world: &World, shop: TenantId, count: i32) {
    sqlx::query(
        "insert into webhooks.message (tenant_id, id, kind, data, at)
         select $1, store.uuid_floor($2::timestamptz - make_interval(secs => n - 0.5)), 'payout.paid', '{}',
                $2 - make_interval(secs => n - 0.5)
           from generate_series(1, $3) n",
    )
    .bind(shop)
    .bind(world.clock.now())
    .bind(count)
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
}

/// Messages that wait to be sent.
async fn waiting(world: &World, endpoint: WebhookEndpointId) -> i64 {
    sqlx::query_scalar("select count(*) from webhooks.delivery where endpoint_id = $1 and state = 'pending'")
        .bind(endpoint)
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap()
}

async fn replays(world: &World) -> i64 {
    sqlx::query_scalar("select count(*) from webhooks.replay")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn many_messages_are_sent_again_some_at_a_time_and_news_are_not_behind_them_all() {
    let (world, server) = (World::silent(true).await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    happened(&world, shop, 250).await;
    let since = world.clock.now() - chrono::TimeDelta::minutes(10);
    let count = world.hooks.replay(&world.ctx(), shop, id, since).await.unwrap();
    assert_eq!(count, 250);
    assert_eq!((waiting(&world, id).await, replays(&world).await), (200, 1));

    world.pass(1);
    world.tell(&paid(&world, shop)).await;
    world.listen();
    testkit::eventually("the news are noted", async || {
        (waiting(&world, id).await == 201).then_some(())
    })
    .await;
    world.deliver();
    let heard = server.hears(251).await;
    let ids: Vec<&str> = heard.iter().map(|one| one.id.as_str()).collect();
    let each: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!((ids.len(), each.len()), (251, 251), "each once");
    let newest = ids.iter().max().unwrap();
    assert_eq!(
        ids.iter().position(|id| id == newest),
        Some(200),
        "before what waits for its turn"
    );
    assert!(ids[..200].is_sorted(), "the oldest first");
    testkit::eventually("nothing is left", async || {
        (waiting(&world, id).await == 0 && replays(&world).await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_for_while_something_is_sent_again_begins_with_the_earlier_of_both() {
    let (world, server) = (World::silent(true).await, Server::new().await);
    let shop = world.shop();
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    happened(&world, shop, 250).await;
    let ago = |minutes| world.clock.now() - chrono::TimeDelta::minutes(minutes);
    world.hooks.replay(&world.ctx(), shop, id, ago(10)).await.unwrap();
    let last = world.hooks.replay(&world.ctx(), shop, id, ago(1)).await;
    assert_eq!(last.unwrap(), 60);
    world.deliver();
    let heard = server.hears(250).await;
    let each: HashSet<&str> = heard.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(each.len(), 250, "nothing is left out");
}

#[tokio::test]
async fn what_is_sent_again_ends_with_its_endpoint_and_waits_while_that_is_off() {
    let (world, server) = (World::silent(true).await, Server::new().await);
    let (shop, other) = (world.shop(), world.shop());
    let id = world.told_at(shop, &server.url, &[]).await.endpoint.id;
    let gone = world.told_at(other, &server.url, &[]).await.endpoint.id;
    let since = world.clock.now() - chrono::TimeDelta::minutes(10);
    for (of, endpoint) in [(shop, id), (other, gone)] {
        happened(&world, of, 250).await;
        world
            .hooks
            .replay(&world.ctx(), of, endpoint, since)
            .await
            .unwrap();
    }
    world.hooks.delete(&world.ctx(), other, gone).await.unwrap();
    assert_eq!(replays(&world).await, 1);
    let turned = |enabled| contracts::webhooks::ChangeEndpoint {
        enabled: Some(enabled),
        ..Default::default()
    };
    let ctx = world.ctx();
    world.hooks.change(&ctx, shop, id, turned(false)).await.unwrap();
    world.deliver();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(server.heard().len(), 0);
    world.hooks.change(&ctx, shop, id, turned(true)).await.unwrap();
    server.hears(250).await;
    assert_eq!(replays(&world).await, 0);
}
