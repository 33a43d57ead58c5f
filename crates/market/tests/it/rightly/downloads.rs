//! What is downloaded: a file that a shop keeps, a product that consists of it, and who bought it.

use crate::spec::Call;
use crate::world::{Who, World, address};
use serde_json::json;

pub const PATTERN: &[u8] = b"%PDF-1.4 a pattern for an apron, with everything that is needed to cut it";

/// A file of somebody's who bought it, and by what it is downloaded.
#[derive(Clone, Debug)]
pub struct Bought {
    pub order: String,
    /// Shop A's part of it.
    pub sale: String,
    pub line: String,
    pub file: String,
}

pub fn is_of_downloads(operation: &str) -> bool {
    operation.ends_with("_download") || ["list_downloads", "upload_product_file"].contains(&operation)
}

/// A file of shop A's.
pub async fn file_of_a(world: &World) -> String {
    let keep = world
        .call("upload_product_file", &[])
        .query("file_name=Apron.pdf");
    let keep = keep.bytes("application/octet-stream", PATTERN);
    world.send_as(Who::OwnerA, &keep).await.expect(201).at("/id")
}

/// A product of shop A's that is downloaded; its id and SKU.
pub async fn pattern_of_a(world: &World, digital: serde_json::Value) -> (String, String) {
    let key = format!("pattern-{}", world.fresh());
    let create = world.call("create_product", &[]).json(&json!({
        "key": key, "title": "Pattern for an apron", "category": "ceramics/bowls", "status": "active", "digital": digital,
        "variants": [{"code": key, "price": {"amount": 900, "currency": "EUR"}, "weight_g": 9000}],
    }));
    let made = world.send_as(Who::OwnerA, &create).await.expect(201);
    let (id, sku) = (made.at("/id"), made.at("/variants/0/sku"));
    let look = world.call("product_availability", &[&id]);
    testkit::eventually("what is downloaded does not run out", || async {
        let levels = world.send(&look).await.expect(200).json();
        (levels["skus"][0]["available"].as_i64() > Some(1_000_000)).then_some(())
    })
    .await;
    (id, sku)
}

/// The pattern in the cart of a buyer's, ready to be ordered.
pub async fn order_of_pattern(world: &World, who: Who, sku: &str) -> Call {
    world.done_with_ordered_carts(who).await;
    let add = world
        .call("add_to_cart", &[])
        .json(&json!({"sku": sku, "quantity": 1}));
    let cart = world.send_as(who, &add).await.expect(200).json();
    let quote = world
        .call("quote_cart", &[])
        .json(&json!({"cart": cart["id"], "address": address()}));
    let quote = world.send_as(who, &quote).await.expect(200).json();
    world
        .call("place_order", &[])
        .header("idempotency-key", format!("pattern-{}", world.fresh()))
        .json(&json!({
            "cart": quote["cart"], "cart_version": quote["cart_version"], "expected_total": quote["total"],
            "email": who.email(), "address": address(), "consents_to_downloads": true,
        }))
}

/// A pattern that a buyer has paid.
pub async fn bought_by(world: &World, who: Who) -> Bought {
    let file = file_of_a(world).await;
    let (_, sku) = pattern_of_a(world, json!({"files": [file]})).await;
    let place = order_of_pattern(world, who, &sku).await;
    let placed = world.send_as(who, &place).await.expect(201);
    let order = placed.at("/id");
    let pay = world
        .call("pay_order", &[&order])
        .json(&json!({"method": "tok_visa"}));
    world.send_as(who, &pay).await.expect(200);
    let placed = placed.json();
    let parts = placed["sub_orders"].as_array().unwrap();
    let own = parts
        .iter()
        .find(|part| part["tenant"] == world.a.id.as_str())
        .unwrap();
    let line = own["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["sku"] == sku.as_str());
    Bought {
        order,
        sale: own["id"].as_str().unwrap().to_owned(),
        line: line.unwrap()["id"].as_str().unwrap().to_owned(),
        file,
    }
}

impl Bought {
    pub fn begin(&self, world: &World) -> Call {
        world
            .call("begin_download", &[&self.order])
            .json(&json!({"line": self.line, "file": self.file}))
    }
}

pub async fn call(world: &World, operation: &str) -> Call {
    if operation == "upload_product_file" {
        return world
            .call(operation, &[])
            .query("file_name=Apron.pdf")
            .bytes("application/octet-stream", PATTERN);
    }
    let bought = bought_by(world, Who::BuyerA).await;
    match operation {
        "list_downloads" => world.call(operation, &[&bought.order]),
        "begin_download" => bought.begin(world),
        _ => {
            let granted = world.send_as(Who::BuyerA, &bought.begin(world)).await.expect(201);
            let url = granted.at("/url");
            world.call(operation, &[url.rsplit('/').next().unwrap()])
        }
    }
}
