//! Reaching for where another shop's programs are told.

use super::{GONE, Reach};
use crate::rightly::webhook_of_a;
use crate::world::World;
use kernel::Clock;
use serde_json::json;

pub async fn of_seller(world: &World) -> Vec<Reach> {
    let id = webhook_of_a(world).await;
    let reach = |operation: &'static str| Reach {
        operation,
        call: world.call(operation, &[&id]),
        statuses: GONE,
    };
    let mut change = reach("change_webhook");
    change.call = change.call.json(&json!({"url": "https://rival.example/hook"}));
    let mut replay = reach("replay_webhooks");
    replay.call = replay.call.json(&json!({"since": world.clock.now()}));
    vec![
        change,
        replay,
        reach("get_webhook"),
        reach("delete_webhook"),
        reach("rotate_webhook_secret"),
        reach("test_webhook"),
        reach("list_webhook_deliveries"),
        Reach {
            operation: "retry_webhook_delivery",
            call: world.call("retry_webhook_delivery", &[&id, &world.order]),
            statuses: GONE,
        },
    ]
}
