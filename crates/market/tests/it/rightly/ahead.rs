//! Changes of products at a time to come.

use crate::spec::Call;
use crate::world::{Who, World};
use kernel::Clock;
use serde_json::json;
use std::time::Duration;

/// An operation of this room, called by somebody who means well; none of another.
pub async fn call(world: &World, operation: &str) -> Option<Call> {
    let product = &world.a.product;
    Some(match operation {
        "schedule_change" => asked(world),
        "list_scheduled_changes" => world.call(operation, &[product]),
        "cancel_scheduled_change" => world.call(operation, &[product, &scheduled_by_a(world).await]),
        _ => return None,
    })
}

fn asked(world: &World) -> Call {
    let at = world.clock.now() + Duration::from_secs(86_400);
    let brand = format!("Brand {}", world.fresh());
    world
        .call("schedule_change", &[&world.a.product])
        .json(&json!({"at": at, "change": {"brand": brand}}))
}

/// A change of shop A's that waits.
pub async fn scheduled_by_a(world: &World) -> String {
    world
        .send_as(Who::OwnerA, &asked(world))
        .await
        .expect(201)
        .at("/id")
}
