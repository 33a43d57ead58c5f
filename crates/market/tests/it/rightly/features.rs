//! Which features shops may use. They are only ever turned on here: others go on calling what they open.

use crate::spec::Call;
use crate::world::World;
use serde_json::json;

/// An operation of this room, called by somebody who means well; none of another.
pub fn call(world: &World, operation: &str) -> Option<Call> {
    let to = |parts: &[&str]| world.call(operation, parts);
    Some(match operation {
        "list_features" => to(&[]),
        "set_feature" => to(&["webhooks"]).json(&json!({"on": true})),
        "set_shop_feature" => to(&[&world.a.id, "webhooks"]).json(&json!({"on": true})),
        "clear_shop_feature" => to(&[&world.a.id, "webhooks"]),
        _ => return None,
    })
}
