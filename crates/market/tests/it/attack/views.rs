//! Reaching for how others look at tables.

use super::{GONE, Reach};
use crate::rightly::view_of_a;
use crate::world::World;
use serde_json::json;

/// Operations that name nothing of anybody's, and why.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    ("list_seller_views", "reads the views of the token"),
    ("save_seller_view", "keeps a view of the token's"),
];

/// With a seller's token, of shop A's owner; and of the back office.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    let view = view_of_a(world).await;
    let reach = |operation: &'static str, statuses: &'static [u16]| Reach {
        operation,
        call: world.call(operation, &[&view]),
        statuses,
    };
    let rename = |reach: Reach| Reach {
        call: reach.call.json(&json!({"name": "rivalry"})),
        ..reach
    };
    vec![
        rename(reach("rename_seller_view", GONE)),
        reach("delete_seller_view", GONE),
        rename(reach("rename_operator_view", &[403])),
        reach("delete_operator_view", &[403]),
    ]
}
