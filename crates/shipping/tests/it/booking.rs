//! Labels: asked for, asked about, printed.

use crate::world::{World, address};
use contracts::Language;
use contracts::orders::{ParcelLine, Return, ReturnReason, ReturnStatus, ReturnWish, SubOrderStatus};
use contracts::shipping::{NewShipment, ShipmentState};
use kernel::{Kind, ParcelId, ReturnId, TenantId};
use paper::read;
use shipping::Answer;

fn booked(tracking: &str) -> Answer {
    Answer::Booked {
        tracking: tracking.into(),
        eta: None,
    }
}

#[tokio::test]
async fn a_label_is_booked_printed_and_handed_over() {
    let world = World::new().await;
    let sub_order = world.packed();
    let new = world.wanted("sandbox", "standard");
    let shipment = world.book(&sub_order, &new).await.unwrap();
    assert_eq!((shipment.state, shipment.id), (ShipmentState::Booked, new.id));
    assert_eq!(
        (&shipment.recipient, shipment.sender.name.as_str()),
        (&address(), "Taller Ñ")
    );
    let units: Vec<u32> = shipment.lines.iter().map(|line| line.quantity).collect();
    assert_eq!(units, [2, 3], "all that is left");
    let tracking = shipment.tracking.clone().unwrap();

    let label = world
        .shipments
        .label_of(sub_order.tenant, new.id, Language::Es)
        .await
        .unwrap();
    assert_eq!(label.name, format!("etiqueta-{tracking}.pdf"));
    let text = read::text(&label.pdf);
    for line in ["Taller Ñ", "Lucía Romero", "Peso: 1,250 kg", &tracking] {
        assert!(text.lines().any(|shown| shown == line), "{line} in {text}");
    }

    for _ in 0..2 {
        world
            .shipments
            .hand_over(&world.ctx(), sub_order.tenant, new.id)
            .await
            .unwrap();
    }
    let sent = world.elsewhere.sent.lock().unwrap();
    let first = &sent[0];
    assert_eq!(first.id, ParcelId(new.id.0));
    assert_eq!((first.carrier.as_str(), &first.tracking), ("sandbox", &tracking));
    assert_eq!(first.lines.as_ref(), Some(&shipment.lines));
    assert_eq!(sent[1], *first, "the same parcel again, which orders send once");
}

#[tokio::test]
async fn goods_of_an_exchange_have_a_label_of_their_own() {
    let world = World::new().await;
    let mut sub_order = world.packed();
    let bowl = sub_order.lines[0].id;
    let of = ReturnId::new(world.ctx().now);
    let exchanged = |status, sent: u32| Return {
        id: of,
        status,
        lines: Vec::new(),
        reason: ReturnReason::Damaged,
        note: String::new(),
        wish: ReturnWish::Exchange,
        answer_by: None,
        answer: String::new(),
        carrier: String::new(),
        tracking: String::new(),
        refund: None,
        refunded: None,
        deduction: None,
        exchange: vec![ParcelLine {
            line: bowl,
            quantity: 2 - sent,
        }],
        timeline: Vec::new(),
    };
    let new = NewShipment {
        exchange: Some(of),
        ..world.wanted("sandbox", "standard")
    };
    sub_order.status = SubOrderStatus::ReturnRequested;
    world.know(&sub_order);
    assert_eq!(world.book(&sub_order, &new).await.unwrap_err().code, "not_found");
    sub_order.returns = vec![exchanged(ReturnStatus::Received, 0)];
    world.know(&sub_order);
    let early = world.book(&sub_order, &new).await.unwrap_err();
    assert_eq!(
        (early.code.as_str(), &early.extra["from"]),
        ("transition_illegal", &"received".into())
    );
    sub_order.returns = vec![exchanged(ReturnStatus::Exchanged, 1)];
    world.know(&sub_order);
    let many = NewShipment {
        lines: Some(vec![ParcelLine {
            line: bowl,
            quantity: 2,
        }]),
        ..new.clone()
    };
    assert_eq!(
        world.book(&sub_order, &many).await.unwrap_err().code,
        "units_invalid"
    );
    let shipment = world.book(&sub_order, &new).await.unwrap();
    assert_eq!(shipment.exchange, Some(of));
    assert_eq!(
        shipment.lines,
        [ParcelLine {
            line: bowl,
            quantity: 1
        }]
    );
    let other = NewShipment {
        exchange: None,
        ..new.clone()
    };
    assert_eq!(world.book(&sub_order, &other).await.unwrap_err().code, "id_taken");
    let handed = world
        .shipments
        .hand_over(&world.ctx(), sub_order.tenant, new.id)
        .await;
    assert_eq!(handed.unwrap().id, new.id);
    let sent = world.elsewhere.sent.lock().unwrap();
    assert_eq!(
        (sent[0].exchange, &sent[0].lines),
        (Some(of), &Some(shipment.lines))
    );
}

#[tokio::test]
async fn what_is_asked_for_twice_is_booked_once() {
    let world = World::new().await;
    let sub_order = world.packed();
    let new = world.wanted("sandbox", "standard");
    let asked = (0..4).map(|_| world.book(&sub_order, &new));
    let answers = futures::future::join_all(asked).await;
    let mut numbers: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.unwrap().tracking)
        .collect();
    numbers.dedup();
    // Who asked while another was at it may have looked before the carrier answered; the number is one.
    numbers.retain(Option::is_some);
    assert_eq!(numbers.len(), 1, "{numbers:?}");
    let other = NewShipment {
        weight_g: 900,
        ..new.clone()
    };
    assert_eq!(world.book(&sub_order, &other).await.unwrap_err().code, "id_taken");
    // Another shop may choose the same id, and gets a parcel of its own.
    let theirs = world.packed();
    let shipment = world.book(&theirs, &new).await.unwrap();
    assert_ne!(shipment.tracking, numbers[0]);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_asked_about_and_never_booked_anew() {
    let world = World::new().await;
    let sub_order = world.packed();
    world.moody.says([Answer::Unknown, Answer::Unknown, booked("M1")]);
    let new = world.wanted("moody", "standard");
    let shipment = world.book(&sub_order, &new).await.unwrap();
    assert_eq!(
        (shipment.state, shipment.tracking),
        (ShipmentState::Requested, None)
    );
    let refused = world
        .shipments
        .hand_over(&world.ctx(), sub_order.tenant, new.id)
        .await;
    assert_eq!(kernel::Fault::from(refused.unwrap_err()).code, "not_booked");
    assert_eq!(world.shipments.ask_due(&world.ctx()).await.unwrap(), 0, "not yet");
    for _ in 0..2 {
        world.minutes(2);
        assert_eq!(world.shipments.ask_due(&world.ctx()).await.unwrap(), 1);
    }
    let seen = world
        .shipments
        .of_sub_order(sub_order.tenant, sub_order.id)
        .await
        .unwrap();
    assert_eq!(
        (seen[0].state, seen[0].tracking.as_deref()),
        (ShipmentState::Booked, Some("M1"))
    );
    assert_eq!(world.moody.said(), ["book", "inquire", "inquire"]);
    world.minutes(60);
    assert_eq!(
        world.shipments.ask_due(&world.ctx()).await.unwrap(),
        0,
        "it is settled"
    );
}

#[tokio::test]
async fn what_the_carrier_never_heard_of_is_booked_again_under_the_same_key() {
    let world = World::new().await;
    let sub_order = world.packed();
    world
        .moody
        .says([Answer::Unknown, Answer::NotFound, booked("M2")]);
    world
        .book(&sub_order, &world.wanted("moody", "standard"))
        .await
        .unwrap();
    world.minutes(1);
    world.shipments.ask_due(&world.ctx()).await.unwrap();
    assert_eq!(world.moody.said(), ["book", "inquire", "book"]);
    let calls = world.moody.calls.lock().unwrap();
    assert!(calls.iter().all(|(_, key)| *key == calls[0].1), "{calls:?}");
}

#[tokio::test]
async fn the_sandboxs_lost_answers_and_requests_end_in_one_label_each() {
    let world = World::new().await;
    for service in ["test_timeout", "test_unheard"] {
        let shipment = world.label(service).await;
        assert_eq!(shipment.state, ShipmentState::Requested, "{service}");
        world.minutes(1);
        world.shipments.ask_due(&world.ctx()).await.unwrap();
        assert_eq!(
            world.seen(&shipment).await.state,
            ShipmentState::Booked,
            "{service}"
        );
    }
    let booked: i64 = sqlx::query_scalar("select count(*) from shipping.sandbox_booking")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    assert_eq!(booked, 2);
}

#[tokio::test]
async fn a_parcel_that_a_carrier_will_not_take_says_why() {
    let world = World::new().await;
    let shipment = world.label("test_refused").await;
    assert_eq!(shipment.state, ShipmentState::Refused);
    assert_eq!(
        shipment.reason.as_deref(),
        Some("This carrier does not go there.")
    );
    let label = world
        .shipments
        .label_of(shipment.tenant, shipment.id, Language::En)
        .await;
    let label = kernel::Fault::from(label.unwrap_err());
    assert_eq!(
        (label.code.as_str(), &label.extra["from"]),
        ("not_booked", &"refused".into())
    );
}

#[tokio::test]
async fn a_number_that_cannot_be_used_is_none() {
    let world = World::new().await;
    world.moody.says([booked("no good"), booked("M3"), booked("M3")]);
    let mut states = Vec::new();
    for _ in 0..3 {
        let sub_order = world.packed();
        let shipment = world
            .book(&sub_order, &world.wanted("moody", "standard"))
            .await
            .unwrap();
        states.push(shipment.state);
    }
    // The third was given the number of the second.
    assert_eq!(
        states,
        [
            ShipmentState::Refused,
            ShipmentState::Booked,
            ShipmentState::Refused
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_sent_gets_no_label() {
    let world = World::new().await;
    let sub_order = world.packed();
    let check = async |change: &dyn Fn(&mut NewShipment), code: &str| {
        let mut new = world.wanted("sandbox", "standard");
        change(&mut new);
        assert_eq!(world.book(&sub_order, &new).await.unwrap_err().code, code);
    };
    let bowl = sub_order.lines[0].id;
    let lines = move |quantities: &'static [u32]| {
        move |new: &mut NewShipment| {
            let line = |quantity: &u32| ParcelLine {
                line: bowl,
                quantity: *quantity,
            };
            new.lines = Some(quantities.iter().map(line).collect());
        }
    };
    check(&|new| new.carrier = "nobody".into(), "carrier_unknown").await;
    check(&|new| new.service = "rocket".into(), "service_unknown").await;
    check(&|new| new.weight_g = 0, "weight_invalid").await;
    check(&|new| new.weight_g = 70_001, "weight_invalid").await;
    check(&lines(&[]), "units_invalid").await;
    check(&lines(&[0]), "units_invalid").await;
    check(&lines(&[3]), "units_invalid").await;
    check(&lines(&[1, 1]), "units_invalid").await;
    let stranger = world
        .shipments
        .book(
            &world.ctx(),
            TenantId::new(world.ctx().now),
            sub_order.id,
            world.wanted("sandbox", "standard"),
        )
        .await;
    assert_eq!(kernel::Fault::from(stranger.unwrap_err()).kind, Kind::NotFound);
    for status in [
        SubOrderStatus::Confirmed,
        SubOrderStatus::Shipped,
        SubOrderStatus::Delivered,
    ] {
        let mut changed = sub_order.clone();
        changed.status = status;
        world.know(&changed);
        check(&|_| (), "transition_illegal").await;
    }
    assert_eq!(world.shipments.of_order(sub_order.order).await.unwrap(), []);
}
