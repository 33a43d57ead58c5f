//! Files of products that are kept before they are read.

use crate::spec::Call;
use crate::world::{UPLOAD, Who, World};
use serde_json::json;

pub async fn call(world: &World, operation: &str) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "preview_import" => to(&[]).bytes("text/csv", UPLOAD),
        "follow_import" | "get_import_error_file" => to(&[&world.a.import]),
        "describe_import" => to(&[&file_of_a(world).await]).json(&json!({
            "mapping": [{"column": "title", "field": "title"}], "currency": "EUR", "status": "draft",
        })),
        _ => to(&[&file_of_a(world).await]),
    }
}

/// A kept file of shop A that is not started.
pub async fn file_of_a(world: &World) -> String {
    let file = format!("sku,title,price\nkept-{},A kept bowl,12.50\n", world.fresh());
    let call = world.call("preview_import", &[]).bytes("text/csv", file);
    world.send_as(Who::OwnerA, &call).await.expect(201).at("/id")
}
