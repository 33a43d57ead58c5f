//! The built-in carrier, whose parcels go their way by its clock, and whose messages come as carriers' do.

use crate::world::{World, word};
use contracts::shipping::Shipment;
use kernel::Clock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Lets `minutes` go by, minute for minute, with everything heard that is told; how many messages those were.
async fn go_by(world: &World, minutes: u64) -> usize {
    let heard = AtomicUsize::new(0);
    for _ in 0..minutes {
        world.minutes(1);
        let listener = |message| {
            let (shipments, now) = (world.shipments.clone(), world.clock.now());
            heard.fetch_add(1, Ordering::Relaxed);
            async move { shipments.hears("sandbox", &message, now).await }
        };
        while world
            .sandbox
            .tell_due(&listener, world.clock.now())
            .await
            .unwrap()
            > 0
        {}
    }
    heard.into_inner()
}

async fn way(world: &World, shipment: &Shipment) -> (String, Vec<String>) {
    let seen = world.seen(shipment).await;
    let kinds = seen.events.iter().map(|event| word(event.kind)).collect();
    (word(seen.state), kinds)
}

#[tokio::test]
async fn every_service_ends_as_it_says() {
    let world = World::new().await;
    for (service, state, steps) in [
        ("standard", "delivered", 4),
        ("express", "delivered", 3),
        ("test_delayed", "delivered", 6),
        ("test_lost", "exception", 3),
        ("test_returned", "returned", 6),
    ] {
        let shipment = world.label(service).await;
        assert_eq!(go_by(&world, 10).await, steps, "{service}");
        let (ended, way) = way(&world, &shipment).await;
        assert_eq!((ended.as_str(), way.len()), (state, steps), "{service}: {way:?}");
    }
}

#[tokio::test]
async fn a_delivered_parcel_has_a_proof() {
    let world = World::new().await;
    let shipment = world.label("express").await;
    go_by(&world, 5).await;
    let seen = world.seen(&shipment).await;
    let proof = seen.events.last().and_then(|event| event.proof.clone()).unwrap();
    assert_eq!(proof.signed_by, "Lucía Romero");
}

#[tokio::test]
async fn messages_in_disorder_tell_the_same_story() {
    let world = World::new().await;
    let shipment = world.label("test_troubled").await;
    assert_eq!(go_by(&world, 12).await, 12, "four events, three times each");
    assert_eq!(
        way(&world, &shipment).await,
        (
            "delivered".into(),
            ["accepted", "in_transit", "out_for_delivery", "delivered"]
                .map(str::to_owned)
                .into()
        )
    );
    assert_eq!(
        world.published().await,
        ["delivered"],
        "the last on the way came first"
    );
}

#[tokio::test]
async fn what_is_not_heard_is_told_again() {
    let world = World::new().await;
    let shipment = world.label("express").await;
    world.minutes(5);
    let deaf = |_| async { false };
    assert_eq!(world.sandbox.tell_due(&deaf, world.clock.now()).await.unwrap(), 3);
    assert_eq!(
        world.sandbox.tell_due(&deaf, world.clock.now()).await.unwrap(),
        0,
        "not at once"
    );
    go_by(&world, 2).await;
    assert_eq!(way(&world, &shipment).await.0, "delivered");
}
