//! A parcel's whole way, over HTTP: label, carrier, door; and what is printed on the way.

use crate::world::{Who, World, label};
use kernel::Clock;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::eventually;

/// The sale that shop A's label is for, and its order.
async fn labelled(world: &World) -> (String, String) {
    let mut owner = world.db.owner().await;
    let (order, sale): (uuid::Uuid, uuid::Uuid) =
        sqlx::query_as("select order_id, sub_order_id from shipping.shipment where id = $1::uuid")
            .bind(&world.a.shipment)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    (order.to_string(), sale.to_string())
}

async fn sale(world: &World, id: &str) -> Value {
    let call = world.call("get_seller_order", &[id]);
    world.send_as(Who::OwnerA, &call).await.expect(200).json()
}

async fn becomes(world: &World, id: &str, status: &str) -> Value {
    eventually(&format!("the sale is {status}"), || async {
        let sale = sale(world, id).await;
        (sale["status"] == status).then_some(sale)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_carriers_program_tells_is_the_orders_delivery() {
    let world = World::new().await;
    let (order, id) = labelled(&world).await;
    let read = world.call("get_partner_shipment", &[&world.a.tracking]);
    let read = read.bearer(Some(&world.partner_key));
    let parcel = world.send(&read).await.expect(200).json();
    assert_eq!(parcel["recipient"]["name"], "Lucía Romero");
    assert!(!parcel.to_string().contains("Bowl"), "{parcel}");

    let push = |kind: &str| {
        let event =
            json!({"id": format!("scan-{kind}"), "kind": kind, "at": world.clock.now(), "place": "Sevilla"});
        let call = world.call("push_partner_events", &[&world.a.tracking]);
        call.json(&json!({"events": [event]}))
            .bearer(Some(&world.partner_key))
    };
    world.send(&push("accepted")).await.expect(200);
    let sent = becomes(&world, &id, "shipped").await;
    assert_eq!(sent["parcels"][0]["tracking"], world.a.tracking.as_str());
    for expected in [1, 0] {
        let told = world.send(&push("delivered")).await.expect(200).json();
        assert_eq!(
            (&told["new"], &told["state"]),
            (&json!(expected), &json!("delivered"))
        );
    }
    becomes(&world, &id, "delivered").await;
    world.send(&push("in_transit")).await.expect(200);
    let way = world.call("list_order_shipments", &[&order]);
    let way = world.send_as(Who::BuyerA, &way).await.expect(200).json();
    assert_eq!(way["items"][0]["state"], "delivered");
    assert_eq!(way["items"][0]["events"].as_array().map(Vec::len), Some(3));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_brings_what_it_was_given() {
    let world = World::new().await;
    let (_, id) = labelled(&world).await;
    for _ in 0..5 {
        world.clock.advance(Duration::from_secs(60));
    }
    let arrived = becomes(&world, &id, "delivered").await;
    assert_eq!(arrived["parcels"][0]["carrier"], "sandbox");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_pdf_under_their_names() {
    let world = World::new().await;
    let (order, id) = labelled(&world).await;
    let statement = "currency=EUR&from=2026-01-01&to=2026-12-31&lang=es";
    let owners = [
        world.call("get_packing_slip", &[&id]),
        world.call("get_seller_invoice", &[&id]).query("lang=es"),
        world.call("get_label", &[&world.a.shipment]),
        world.call("get_seller_statement_pdf", &[]).query(statement),
    ];
    let mut names = Vec::new();
    for call in &owners {
        let answer = world.send_as(Who::OwnerA, call).await.expect(200);
        assert_eq!(answer.headers["content-type"], "application/pdf");
        assert!(answer.body.starts_with(b"%PDF-"));
        names.push(answer.headers["content-disposition"].to_str().unwrap().to_owned());
    }
    assert!(names[1].contains("factura-000001.pdf"), "{names:?}");
    let invoice = world.call("get_invoice", &[&order, &id]).query("lang=es");
    let buyers = world.send_as(Who::BuyerA, &invoice).await.expect(200);
    let sellers = world.send_as(Who::OwnerA, &owners[1]).await.expect(200);
    assert_eq!(buyers.body, sellers.body);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_its_scopes_and_its_carriers_parcels() {
    let world = World::new().await;
    let key = async |carrier: &str, scope: &str| {
        let make = world.call("make_partner_key", &[]);
        let make = make.json(&json!({"name": "a test", "carrier": carrier, "scopes": [scope]}));
        world.send_as(Who::Admin, &make).await.expect(201).at("/secret")
    };
    let read = |key: &str| {
        world
            .call("get_partner_shipment", &[&world.a.tracking])
            .bearer(Some(key))
    };
    let push = |key: &str| {
        let event = json!({"id": "scan", "kind": "accepted", "at": world.clock.now()});
        let call = world.call("push_partner_events", &[&world.a.tracking]);
        call.json(&json!({"events": [event]})).bearer(Some(key))
    };
    let reader = key("sandbox", "shipments_read").await;
    world.send(&read(&reader)).await.expect(200);
    assert_eq!(
        world.send(&push(&reader)).await.expect(403).at("/code"),
        "scope_missing"
    );
    let other = key("correos", "shipments_read").await;
    world.send(&read(&other)).await.expect(404);
    assert_eq!(
        world
            .send(&read("stoa_pk_nonsense"))
            .await
            .expect(401)
            .at("/code"),
        "api_key_invalid"
    );
    // What is booked again under the same id is answered with what there is.
    let book = world.call("book_shipment", &[&labelled(&world).await.1]);
    let mut again = label();
    again["shipment"] = json!(world.a.shipment);
    let answer = world.send_as(Who::OwnerA, &book.json(&again)).await.expect(201);
    assert_eq!(answer.at("/tracking"), world.a.tracking);
    world.close().await;
}
