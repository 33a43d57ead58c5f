//! Reaching for another shop's keys.

use super::{GONE, Reach};
use crate::rightly::api_key_of_a;
use crate::world::World;
use serde_json::json;

pub async fn of_seller(world: &World) -> Vec<Reach> {
    let key = api_key_of_a(world).await;
    let reach = |operation: &'static str| Reach {
        operation,
        call: world.call(operation, &[&key]),
        statuses: GONE,
    };
    let mut rotate = reach("rotate_api_key");
    rotate.call = rotate.call.json(&json!({"overlap_hours": 0}));
    vec![rotate, reach("revoke_api_key")]
}
