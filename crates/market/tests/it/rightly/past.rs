//! The past of products, and uploads that are undone.

use super::{product_of_a, version_of};
use crate::spec::Call;
use crate::world::{Who, World};

/// An operation of this room, called by somebody who means well; none of another.
pub async fn call(world: &World, operation: &str) -> Option<Call> {
    let a = &world.a;
    let to = |parts: &[&str]| world.call(operation, parts);
    Some(match operation {
        "list_product_versions" | "list_product_prices" => to(&[&a.product]),
        "get_product_version" => to(&[&a.product, "1"]),
        "restore_product_version" => {
            let product = product_of_a(world).await;
            let version = version_of(world, "get_own_product", &[&product]).await;
            to(&[&product, "1"]).header("if-match", version)
        }
        "undo_import" => to(&[&uploaded_by_a(world).await]),
        _ => return None,
    })
}

/// An upload of shop A's that nobody needs.
async fn uploaded_by_a(world: &World) -> String {
    let file = format!("sku,title,price\nspare-{0},Spare {0},4\n", world.fresh());
    let call = world.call("start_import", &[]).bytes("text/csv", file);
    world.send_as(Who::OwnerA, &call).await.expect(201).at("/id")
}
