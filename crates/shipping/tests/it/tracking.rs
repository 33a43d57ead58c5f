//! What carriers tell: once each, in any order, by those whom it concerns.

use crate::world::World;
use contracts::shipping::{DeliveryProof, ShipmentState, TrackingEvent, TrackingKind as K};
use kernel::{Clock, Fault, Kind, TenantId};

#[tokio::test]
async fn the_way_is_told_in_the_carriers_order_of_time_however_it_comes() {
    let world = World::new().await;
    let shipment = world.label("standard").await;
    world.minutes(60);
    let way = [
        world.event("e1", 40, K::Accepted),
        world.event("e2", 30, K::InTransit),
        world.event("e3", 20, K::OutForDelivery),
        TrackingEvent {
            proof: Some(DeliveryProof {
                signed_by: "L. Romero".into(),
                reference: String::new(),
            }),
            ..world.event("e4", 10, K::Delivered)
        },
    ];
    let told = async |index: usize| world.push(&shipment, &way[index..=index]).await.unwrap();
    assert_eq!(told(2).await, (1, "out_for_delivery".into()));
    assert_eq!(
        told(0).await,
        (1, "out_for_delivery".into()),
        "late, and nothing moves back"
    );
    assert_eq!(told(3).await, (1, "delivered".into()));
    assert_eq!(told(3).await, (0, "delivered".into()), "told again");
    assert_eq!(told(1).await, (1, "delivered".into()));
    assert_eq!(
        world.push(&shipment, &way).await.unwrap(),
        (0, "delivered".into())
    );
    let seen = world.seen(&shipment).await;
    assert_eq!(
        (seen.state, seen.events.as_slice()),
        (ShipmentState::Delivered, way.as_slice())
    );
    // Others hear of each step forward, once.
    assert_eq!(world.published().await, ["out_for_delivery", "delivered"]);
}

#[tokio::test]
async fn many_who_tell_at_once_tell_one_story() {
    let world = World::new().await;
    let shipment = world.label("standard").await;
    world.minutes(60);
    let kinds = [
        K::Accepted,
        K::InTransit,
        K::Attempted,
        K::InTransit,
        K::OutForDelivery,
        K::Delivered,
    ];
    let events: Vec<TrackingEvent> = (0..)
        .zip(kinds)
        .map(|(n, kind)| world.event(&format!("e{n}"), 50 - 5 * n, kind))
        .collect();
    let all = events.iter().rev().chain(&events).map(std::slice::from_ref);
    let told = futures::future::join_all(all.map(|event| world.push(&shipment, event))).await;
    let new: usize = told.into_iter().map(|told| told.unwrap().0).sum();
    assert_eq!(new, events.len());
    assert_eq!(world.seen(&shipment).await.events, events);
    let published = world.published().await;
    assert_eq!(
        published.iter().filter(|state| *state == "delivered").count(),
        1,
        "{published:?}"
    );
    assert_eq!(published.last().map(String::as_str), Some("delivered"));
}

#[tokio::test]
async fn one_id_is_one_event_and_half_of_a_message_is_none() {
    let world = World::new().await;
    let shipment = world.label("standard").await;
    world.minutes(60);
    let first = world.event("e1", 40, K::Accepted);
    world.push(&shipment, std::slice::from_ref(&first)).await.unwrap();
    let other = TrackingEvent {
        note: "something else".into(),
        ..first.clone()
    };
    let new = world.event("e2", 30, K::InTransit);
    let refused = world.push(&shipment, &[new, other]).await.unwrap_err();
    assert_eq!(refused.code, "event_id_taken");
    assert_eq!(world.seen(&shipment).await.events, [first]);
}

#[tokio::test]
async fn times_that_cannot_be_are_refused() {
    let world = World::new().await;
    let shipment = world.label("standard").await;
    for minutes_ago in [-61, 24 * 60 + 1] {
        let events = [
            world.event("ok", 0, K::Accepted),
            world.event("e", minutes_ago, K::Delivered),
        ];
        let refused = world.push(&shipment, &events).await.unwrap_err();
        assert_eq!(
            (refused.code.as_str(), refused.fields[0].pointer.as_str()),
            ("event_time", "/events/1/at")
        );
    }
    for minutes_ago in [-60, 24 * 60] {
        let event = world.event(&format!("e{minutes_ago}"), minutes_ago, K::Accepted);
        world.push(&shipment, &[event]).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_plan_of_arrival_holds_until_a_newer_one() {
    let world = World::new().await;
    let shipment = world.label("standard").await;
    world.minutes(60);
    let number = shipment.tracking.clone().unwrap();
    let hours = |hours| world.clock.now() + chrono::TimeDelta::hours(hours);
    let tell = async |id: &str, ago, eta| {
        let (ctx, events) = (world.ctx(), vec![world.event(id, ago, K::InTransit)]);
        let told = world.shipments.tracked(&ctx, "sandbox", &number, events, eta);
        told.await.unwrap();
        world.seen(&shipment).await.eta
    };
    assert_eq!(tell("e2", 20, Some(hours(5))).await, Some(hours(5)));
    assert_eq!(tell("e3", 10, None).await, Some(hours(5)), "nothing new was said");
    assert_eq!(
        tell("e1", 30, Some(hours(9))).await,
        Some(hours(5)),
        "an old plan, told late"
    );
}

#[tokio::test]
async fn carriers_and_shops_see_their_own_parcels_alone() {
    let world = World::new().await;
    let shipment = world.label("standard").await;
    let number = shipment.tracking.clone().unwrap();
    let found = world.shipments.of_carrier("sandbox", &number).await.unwrap();
    assert_eq!(found.id, shipment.id);
    for (carrier, number) in [
        ("moody", number.as_str()),
        ("sandbox", "SB999"),
        ("sandbox", "\0"),
    ] {
        let refused = Fault::from(world.shipments.of_carrier(carrier, number).await.unwrap_err());
        assert_eq!(refused.kind, Kind::NotFound);
        let events = vec![world.event("e", 0, K::Delivered)];
        let pushed = world
            .shipments
            .tracked(&world.ctx(), carrier, number, events, None)
            .await;
        assert_eq!(Fault::from(pushed.unwrap_err()).kind, Kind::NotFound);
    }
    let stranger = TenantId::new(world.ctx().now);
    assert_eq!(
        world
            .shipments
            .of_sub_order(stranger, shipment.sub_order)
            .await
            .unwrap(),
        []
    );
    let handed = world
        .shipments
        .hand_over(&world.ctx(), stranger, shipment.id)
        .await;
    assert_eq!(Fault::from(handed.unwrap_err()).kind, Kind::NotFound);
}

#[tokio::test]
async fn a_shipment_that_stands_elsewhere_than_its_carrier_says_is_found() {
    let world = World::new().await;
    let (told, untold) = (world.label("standard").await, world.label("standard").await);
    world
        .push(&told, &[world.event("e1", 0, K::InTransit)])
        .await
        .unwrap();
    let none: [String; 0] = [];
    assert_eq!(shipping::verify(&world.shipments).await.unwrap(), none);
    sqlx::query("update shipping.shipment set state = 'delivered' where state in ('booked', 'in_transit')")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let found = shipping::verify(&world.shipments).await.unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&format!(
        "shipment {} is delivered, its carrier told nothing",
        untold.id
    )));
}

#[tokio::test]
async fn no_table_shows_one_shop_anothers_parcels() {
    let world = World::new().await;
    let exposed = store::migrate::verify_isolation(world.db.url(), &[shipping::schema()])
        .await
        .unwrap();
    assert_eq!(exposed, []);
}
