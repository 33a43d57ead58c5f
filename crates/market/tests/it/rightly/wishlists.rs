//! Operations on wish lists.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::json;

pub fn is_of_wishlists(operation: &str) -> bool {
    operation.contains("wishlist") || operation.contains("viewed")
}

pub async fn call(world: &World, operation: &str, who: Option<Who>) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "add_to_wishlist" => to(&[&world.a.product]),
        "remove_from_wishlist" => {
            if let Some(who @ (Who::BuyerA | Who::BuyerB)) = who {
                let add = world.call("add_to_wishlist", &[&world.a.product]);
                world.send_as(who, &add).await.expect(200);
            }
            to(&[&world.a.product])
        }
        "shared_wishlist" => to(&[&shared(world).await]),
        "keep_viewed_products" => to(&[]).json(&json!({"kept": true})),
        // They read, or concern all of it.
        _ => to(&[]),
    }
}

/// The token of buyer A's list.
pub async fn shared(world: &World) -> String {
    let share = world.call("share_wishlist", &[]);
    world.send_as(Who::BuyerA, &share).await.expect(200).at("/shared")
}
