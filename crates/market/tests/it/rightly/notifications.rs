//! Operations on notifications. What somebody is told of is an order of theirs, which is paid.

use crate::spec::Call;
use crate::world::{Who, World};
use kernel::Clock as _;
use serde_json::{Value, json};

pub fn is_of_notifications(operation: &str) -> bool {
    operation.contains("notification")
        || operation == "unsubscribe_mails"
        || operation.contains("dead_letter")
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

/// Shop A's, of what everybody there reads of: analysts are told least.
pub async fn notice_of_a(world: &World) -> String {
    latest(world, "list_seller_notifications", Who::AnalystA).await
}

/// The words for a paid order, in English.
const OF: [&str; 2] = ["order_confirmed", "en"];

fn words() -> Value {
    json!({"title": "Your order {order} is paid", "text": "It was {amount}."})
}

async fn version(world: &World) -> Vec<u8> {
    let get = world.call("get_notification_template", &OF);
    let seen = world.send_as(Who::Admin, &get).await.expect(200);
    seen.headers["etag"].as_bytes().to_owned()
}

/// Work that failed in every attempt.
pub async fn failed_job(world: &World, queue: &str) -> String {
    let id = kernel::JobId::new(world.clock.now());
    sqlx::query(
        "insert into store.job (id, queue, payload, state, run_at, attempts, attempts_max, error)
         values ($1, $3, '{}', 'dead', $2, 1, 1, 'nobody does it')",
    )
    .bind(id)
    .bind(world.clock.now())
    .bind(queue)
    .execute(&mut world.db.owner().await)
    .await
    .expect("a job is written");
    format!("job:{id}")
}

fn device(world: &World) -> Value {
    let token = kernel::uuid_at(world.clock.now()).to_string();
    json!({"platform": "android", "token": token, "name": "A telephone"})
}

/// A device that somebody has registered.
pub async fn device_of(world: &World, who: Who) -> String {
    let register = world
        .call("register_notification_device", &[])
        .json(&device(world));
    let added = world.send_as(who, &register).await.expect(201).json();
    added["id"].as_str().expect("an id").to_owned()
}

pub async fn call(world: &World, operation: &str) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "read_notification" => to(&[&notice_of(world).await]),
        "read_seller_notification" => to(&[&notice_of_a(world).await]),
        "read_notifications" | "read_seller_notifications" => {
            to(&[]).json(&json!({"through": notice_of(world).await}))
        }
        "put_notification_settings" => to(&[]).json(&json!({
            "topics": [{"topic": "deliveries", "in_app": true, "email": false}],
            "time_zone": "Europe/Madrid",
            "quiet": {"from": "22:00", "until": "07:00"},
        })),
        // Each number gets five codes a day.
        "put_notification_phone" => {
            let number = kernel::uuid_at(world.clock.now()).as_u128() % 1_000_000_000;
            to(&[]).json(&json!({"number": format!("+34{number:09}")}))
        }
        "verify_notification_phone" => to(&[]).json(&json!({"code": "000000"})),
        "register_notification_device" => to(&[]).json(&device(world)),
        "delete_notification_device" => to(&[&device_of(world, Who::BuyerA).await]),
        "retry_dead_letter" | "dismiss_dead_letter" => to(&[&failed_job(world, "a test").await]),
        "unsubscribe_mails" => to(&["a-guess"]),
        "put_notification_template" => to(&OF).header("if-match", version(world).await).json(&words()),
        "preview_notification_template" => to(&OF).json(&words()),
        "restore_notification_template" => to(&OF)
            .header("if-match", version(world).await)
            .json(&json!({"version": 0})),
        "get_notification_template" => to(&OF),
        // They read.
        _ => to(&[]),
    }
}
