//! Reaching for what the operator decides about shops.

use super::Reach;
use crate::world::World;
use serde_json::json;

/// With a seller's token, of shop B's.
pub fn of_seller(world: &World) -> Vec<Reach> {
    let reach = |operation: &'static str, parts: &[&str]| Reach {
        operation,
        call: world.call(operation, parts).json(&json!({"on": false})),
        statuses: &[403],
    };
    vec![
        reach("set_feature", &["webhooks"]),
        reach("set_shop_feature", &[&world.a.id, "webhooks"]),
        reach("clear_shop_feature", &[&world.a.id, "webhooks"]),
    ]
}
