//! Operations on the category tree.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

pub fn is_of_categories(operation: &str) -> bool {
    matches!(
        operation,
        "put_categories"
            | "list_tended_categories"
            | "get_tended_category"
            | "create_category"
            | "change_category"
            | "list_needy_products"
            | "match_product"
            | "list_item_proposals"
            | "refuse_item_proposal"
            | "propose_item"
            | "withdraw_item_proposal"
    )
}

pub async fn call(world: &World, operation: &str, n: u32) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "put_categories" => to(&[]).json(&json!({"categories": [{"path": "ceramics/cups", "name": "Cups"}]})),
        "create_category" => to(&[]).json(&category(n)),
        "get_tended_category" => to(&[&made(world).await]),
        "change_category" => to(&[&made(world).await])
            .header("if-match", "\"1\"")
            .json(&json!({"name_es": "Jarras", "place": 0})),
        "match_product" => to(&[&world.a.product]).json(&json!({"same_as": world.a.product})),
        "propose_item" => to(&[&world.a.product]).json(&json!({"same_as": world.b.product})),
        "refuse_item_proposal" | "withdraw_item_proposal" => to(&[&proposed(world).await]),
        // They list.
        _ => to(&[]),
    }
}

fn category(n: u32) -> Value {
    json!({
        "name": format!("Jugs {n}"), "attributes": [{"key": "capacity_ml", "kind": "number", "unit": "ml", "facetable": true}]
    })
}

async fn made(world: &World) -> String {
    let make = world.call("create_category", &[]).json(&category(world.fresh()));
    world
        .send_as(Who::Admin, &make)
        .await
        .expect(201)
        .at("/category/id")
}

/// A product of A's that is said to be B's.
pub async fn proposed(world: &World) -> String {
    let propose = world
        .call("propose_item", &[&world.a.product])
        .json(&json!({"same_as": world.b.product}));
    world.send_as(Who::OwnerA, &propose).await.expect(204);
    world.a.product.clone()
}
