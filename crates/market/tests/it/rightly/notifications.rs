//! Operations on notifications. What somebody is told of is an order of theirs, which is paid.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

pub fn is_of_notifications(operation: &str) -> bool {
    operation.contains("notification")
}

/// The latest that somebody is told, once they are; of an order that is paid for it, if there is none.
async fn latest(world: &World, list: &str, who: Who) -> String {
    let call = world.call(list, &[]);
    let first = async || {
        let found = world.send_as(who, &call).await.expect(200).json();
        found["items"][0]["id"].as_str().map(str::to_owned)
    };
    if let Some(id) = first().await {
        return id;
    }
    let (order, _) = world.order(Who::BuyerA).await;
    let pay: Value = json!({"method": "tok_visa"});
    let pay = world.call("pay_order", &[&order]).json(&pay);
    world.send_as(Who::BuyerA, &pay).await.expect(200);
    testkit::eventually("they are told", first).await
}

/// Buyer A's.
pub async fn notice_of(world: &World) -> String {
    latest(world, "list_notifications", Who::BuyerA).await
}

/// Shop A's.
pub async fn notice_of_a(world: &World) -> String {
    latest(world, "list_seller_notifications", Who::OwnerA).await
}

pub async fn call(world: &World, operation: &str) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "read_notification" => to(&[&notice_of(world).await]),
        "read_seller_notification" => to(&[&notice_of_a(world).await]),
        "read_notifications" | "read_seller_notifications" => {
            to(&[]).json(&json!({"through": notice_of(world).await}))
        }
        // They read.
        _ => to(&[]),
    }
}
