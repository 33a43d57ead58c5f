//! Orders of buyer A's and shop A's part of them, as far as an operation needs them to be.

use crate::spec::Call;
use crate::world::{Who, World, label};
use serde_json::{Value, json};

pub async fn order_of_a(world: &World, made: bool) -> String {
    if made {
        world.order(Who::BuyerA).await.0
    } else {
        world.order.clone()
    }
}

/// An order of buyer A's whose payment waits for their bank.
pub async fn payment_of_a(world: &World, made: bool) -> String {
    let order = order_of_a(world, made).await;
    if made {
        let pay = world
            .call("pay_order", &[&order])
            .json(&json!({"method": "tok_3ds"}));
        world.send_as(Who::BuyerA, &pay).await.expect(200);
    }
    order
}

/// A paid order of buyer A's whose shops have sent nothing yet, and are paid as they do; one that was captured at once for those
/// who have no say.
pub async fn uncaptured_of_a(world: &World, made: bool) -> String {
    if made {
        capture(world, "on_dispatch").await;
    }
    let (order, _) = sale_of_a(world, made).await;
    if made {
        capture(world, "at_once").await;
    }
    order
}

async fn capture(world: &World, time: &str) {
    let set = world.call("set_capture_time", &[]);
    let set = set.json(&json!({"capture": time, "note": "for an order"}));
    world.send_as(Who::Admin, &set).await.expect(200);
}

/// A paid order of buyer A's, and shop A's part of it.
pub async fn sale_of_a(world: &World, made: bool) -> (String, String) {
    if !made {
        return (world.order.clone(), world.a.sale.clone());
    }
    let (order, placed) = world.order(Who::BuyerA).await;
    let pay = world.call("pay_order", &[&order]);
    let pay = pay.json(&json!({"method": "tok_visa"}));
    world.send_as(Who::BuyerA, &pay).await.expect(200);
    let mut parts = placed["sub_orders"].as_array().unwrap().iter();
    let own = parts.find(|part| part["tenant"] == world.a.id.as_str()).unwrap();
    (order, own["id"].as_str().unwrap().to_owned())
}

/// The first line of a sale of shop A's.
pub async fn line_of(world: &World, sale: &str) -> String {
    let call = world.call("get_seller_order", &[sale]);
    let sale = world.send_as(Who::OwnerA, &call).await;
    sale.expect(200).at("/lines/0/id")
}

/// A paid sale of shop A's after these steps, and its parcel; the one that is there for those who have no say.
pub async fn sale_after(world: &World, who: Option<Who>, steps: &[&str]) -> (String, String) {
    let made = matches!(who, Some(Who::OwnerA | Who::ManagerA | Who::ClerkA));
    let (_, sale) = sale_of_a(world, made).await;
    let mut parcel = sale.clone();
    for step in steps.iter().filter(|_| made) {
        let call = world.call(step, &[&sale]).json(&json!({}));
        let answer = world.send_as(Who::OwnerA, &call).await.expect(200).json();
        if let Some(sent) = answer["parcels"][0]["id"].as_str() {
            parcel = sent.to_owned();
        }
    }
    (sale, parcel)
}

/// Shop A's part of an order of buyer A's that has arrived.
pub struct Delivered {
    pub order: String,
    pub part: String,
    pub line: String,
}

impl Delivered {
    pub fn request(&self) -> Value {
        json!({
            "sub_order": self.part, "lines": [{"line": self.line, "quantity": 1}], "reason": "defective",
        })
    }

    /// All of it came, in order.
    pub fn receipt(&self, then: &str) -> Value {
        json!({"lines": [{"line": self.line, "restocked": 1}], "then": then})
    }
}

pub async fn delivered_of_a(world: &World, made: bool) -> Delivered {
    let (order, part) = sale_of_a(world, made).await;
    let step = async |call: Call| world.send_as(Who::OwnerA, &call).await.expect(200);
    let read = step(world.call("get_seller_order", &[&part])).await;
    if made {
        step(world.call("pack_seller_order", &[&part])).await;
        let sent = step(world.call("ship_seller_order", &[&part]).json(&json!({}))).await;
        let parcel = sent.at("/parcels/0/id");
        step(world.call("deliver_seller_parcel", &[&part, &parcel])).await;
    }
    let line = read.at("/lines/0/id");
    Delivered { order, part, line }
}

/// A return of it after these steps of the shop's; the id of something else where none is made.
pub async fn return_of_a(world: &World, made: bool, steps: &[&str]) -> (Delivered, String) {
    let sale = delivered_of_a(world, made).await;
    if !made {
        return (sale, world.a.sale.clone());
    }
    let ask = world.call("request_return", &[&sale.order]).json(&sale.request());
    let asked = world.send_as(Who::BuyerA, &ask).await.expect(201).json();
    let mut parts = asked["sub_orders"].as_array().unwrap().iter();
    let own = parts.find(|part| part["id"] == sale.part.as_str()).unwrap();
    let of = own["returns"][0]["id"].as_str().unwrap().to_owned();
    for step in steps {
        let body = match *step {
            "receive_return" => sale.receipt("nothing"),
            _ => json!({}),
        };
        let call = world.call(step, &[&sale.part, &of]).json(&body);
        world.send_as(Who::OwnerA, &call).await.expect(200);
    }
    (sale, of)
}

/// A label of shop A's that nobody has handed over; the one that is there for those who have no say.
pub async fn labelled(world: &World, who: Option<Who>) -> String {
    let (sale, _) = sale_after(world, who, &["pack_seller_order"]).await;
    if sale == world.a.sale {
        return world.a.shipment.clone();
    }
    let book = world.call("book_shipment", &[&sale]).json(&label());
    world.send_as(Who::OwnerA, &book).await.expect(201).at("/id")
}

pub fn cent_back() -> Value {
    json!({"amount": {"amount": 1, "currency": "EUR"}, "reason": "A scratch."})
}

pub async fn refund_of_a(world: &World) -> String {
    refund_of(world, &world.a.sale).await
}

/// A refund of shop A's that went through. An order has no more than a hundred: one that nothing became of is taken again.
pub async fn refunded_of_a(world: &World) -> String {
    let listed = world.call("list_sale_refunds", &[&world.a.sale]);
    let refunds = world.send_as(Who::OwnerA, &listed).await.expect(200).json();
    let refunds = refunds["items"].as_array().or(refunds.as_array());
    let mut through = refunds
        .into_iter()
        .flatten()
        .filter(|one| one["status"] == "refunded");
    match through.next().and_then(|one| one["id"].as_str()) {
        Some(id) => id.to_owned(),
        None => refund_of_a(world).await,
    }
}

pub async fn refund_of(world: &World, sale: &str) -> String {
    let refund = world
        .call("refund_sale", &[sale])
        .header("idempotency-key", format!("refund-{}", world.fresh()))
        .json(&cent_back());
    world.send_as(Who::OwnerA, &refund).await.expect(201).at("/id")
}
