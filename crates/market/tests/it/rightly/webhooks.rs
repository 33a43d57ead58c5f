//! Where a shop's programs are told. A shop has only so many: of those before only the newest is kept.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::json;

/// An operation of this room, called by somebody who means well; none of another.
pub async fn call(world: &World, operation: &str) -> Option<Call> {
    let to = |parts: &[&str]| world.call(operation, parts);
    Some(match operation {
        "list_webhooks" => to(&[]),
        "make_webhook" => {
            forget(world).await;
            to(&[]).json(&json!({"url": "https://example.com/hook", "events": ["order.confirmed"]}))
        }
        "get_webhook"
        | "rotate_webhook_secret"
        | "test_webhook"
        | "delete_webhook"
        | "list_webhook_deliveries" => to(&[&webhook_of_a(world).await]),
        "change_webhook" => to(&[&webhook_of_a(world).await]).json(&json!({"description": "Warehouse"})),
        "replay_webhooks" => {
            to(&[&webhook_of_a(world).await]).json(&json!({"since": kernel::Clock::now(&*world.clock)}))
        }
        "retry_webhook_delivery" => {
            let id = webhook_of_a(world).await;
            let test = world.call("test_webhook", &[&id]);
            let message = world.send_as(Who::OwnerA, &test).await.expect(202).at("/message");
            to(&[&id, &message])
        }
        _ => return None,
    })
}

async fn forget(world: &World) {
    sqlx::query("delete from webhooks.endpoint")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
}

/// An endpoint of shop A's, which leads nowhere.
pub async fn webhook_of_a(world: &World) -> String {
    forget(world).await;
    let make = world.call("make_webhook", &[]);
    let make = make.json(&json!({"url": "https://stoa.invalid/hook", "events": ["payout.paid"]}));
    world
        .send_as(Who::OwnerA, &make)
        .await
        .expect(201)
        .at("/endpoint/id")
}
