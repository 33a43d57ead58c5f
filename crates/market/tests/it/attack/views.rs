//! Reaching for how others look at tables.

use super::{GONE, Reach};
use crate::rightly::view_of;
use crate::world::{Who, World};
use serde_json::json;

/// Operations that name nothing of anybody's, and why.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    ("list_saved_views", "reads the views of the token"),
    ("save_view", "keeps a view of the token's"),
];

async fn of(world: &World, statuses: &'static [u16]) -> Vec<Reach> {
    let view = view_of(world, Who::OwnerA).await;
    let rename = world.call("rename_view", &[&view]);
    vec![
        Reach {
            operation: "rename_view",
            call: rename.json(&json!({"name": "rivalry"})),
            statuses,
        },
        Reach {
            operation: "delete_view",
            call: world.call("delete_view", &[&view]),
            statuses,
        },
    ]
}

/// With a seller's token, of shop A's owner.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    of(world, GONE).await
}

/// With a buyer's: who only shops has no tables.
pub async fn of_buyer(world: &World) -> Vec<Reach> {
    of(world, &[403]).await
}
