//! Operations on stock.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

/// None: it is not an operation on stock.
pub async fn call(world: &World, operation: &str, n: u32) -> Option<Call> {
    let a = &world.a;
    let to = |parts: &[&str]| world.call(operation, parts);
    Some(match operation {
        "count_stock" => {
            to(&[]).json(&json!({"reason": "counted", "counts": [{"sku": a.sku, "on_hand": 90_000}]}))
        }
        "adjust_stock" => to(&[])
            .header("idempotency-key", format!("adjust-{n}"))
            .json(&json!({"reason": "found one", "adjustments": [{"sku": a.sku, "delta": 1}]})),
        "open_warehouse" => to(&[]).json(&warehouse(&format!("w{n}"))),
        // The default one, which carries its shop's id.
        "change_warehouse" => to(&[&a.id]).json(&json!({"name": format!("Main {n}")})),
        "close_warehouse" => to(&[&new_warehouse_of_a(world).await]),
        "set_stock_routing" => to(&[]).json(&json!({"rule": "nearest"})),
        "send_transfer" => to(&[])
            .header("idempotency-key", format!("transfer-{n}"))
            .json(&json!({"from": a.id, "to": warehouse_of_a(world).await, "lines": [{"sku": a.sku, "quantity": 1}]})),
        "order_purchase" => to(&[])
            .header("idempotency-key", format!("purchase-{n}"))
            .json(&purchase_of_a(world)),
        "get_inbound" | "close_inbound" => to(&[&inbound_of_a(world).await]),
        "receive_inbound" => to(&[&inbound_of_a(world).await])
            .header("idempotency-key", format!("receipt-{n}"))
            .json(&json!({"lines": [{"sku": a.sku, "quantity": 1}]})),
        "upload_stock_feed" => to(&[]).bytes("text/csv", STOCK_FEED),
        "get_stock_feed" | "list_stock_feed_lines" | "get_stock_feed_csv" => to(&[&feed_of_a(world).await]),
        "adjust_by_feed" => to(&[&feed_of_a(world).await]).json(&json!({"kinds": ["differs"]})),
        "set_reorder_points" => to(&[]).json(&json!({"points": [{"sku": a.sku, "low_below": 9}]})),
        _ => return None,
    })
}

fn warehouse(code: &str) -> Value {
    json!({
        "code": code, "name": "Another", "location": {"country": "ES", "postcode": "28901", "town": "Getafe"},
    })
}

/// Another one of shop A's, and an empty one.
async fn new_warehouse_of_a(world: &World) -> String {
    let call = world.call("open_warehouse", &[]);
    let call = call.json(&warehouse(&format!("free-{}", world.fresh())));
    world.send_as(Who::OwnerA, &call).await.expect(201).at("/id")
}

/// One of shop A's beside its default one.
async fn warehouse_of_a(world: &World) -> String {
    let all = world
        .send_as(Who::OwnerA, &world.call("list_warehouses", &[]))
        .await
        .expect(200)
        .json();
    let open = all["warehouses"].as_array().unwrap().iter();
    let mut free = open.filter(|w| w["is_default"] == false && w["closed_at"].is_null());
    if let Some(found) = free.next() {
        return found["id"].as_str().unwrap().to_owned();
    }
    new_warehouse_of_a(world).await
}

fn purchase_of_a(world: &World) -> Value {
    json!({"supplier": "Talleres", "lines": [{"sku": world.a.sku, "quantity": 5}]})
}

/// A purchase of shop A's that is under way; where its goods are not for sale any more, one that was made before.
pub async fn inbound_of_a(world: &World) -> String {
    let call = world
        .call("order_purchase", &[])
        .header("idempotency-key", format!("bought-{}", world.fresh()))
        .json(&purchase_of_a(world));
    let ordered = world.send_as(Who::OwnerA, &call).await;
    if ordered.status == 201 {
        return ordered.at("/id");
    }
    let listed = world.send_as(Who::OwnerA, &world.call("list_inbound", &[])).await;
    listed.at("/items/0/id")
}

const STOCK_FEED: &str = "sku,quantity\nplate,5\nnobody knows it,1\n";

/// A comparison of shop A's with its warehouse's list.
pub async fn feed_of_a(world: &World) -> String {
    let call = world.call("upload_stock_feed", &[]).bytes("text/csv", STOCK_FEED);
    world.send_as(Who::OwnerA, &call).await.expect(201).at("/id")
}
