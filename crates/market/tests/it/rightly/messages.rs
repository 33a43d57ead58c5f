//! Operations on messages. A buyer begins few threads a day: what is there is used again.

use crate::spec::Call;
use crate::world::{Who, World};
use kernel::Clock as _;
use serde_json::{Value, json};

pub fn is_of_messages(operation: &str) -> bool {
    operation.contains("message") || operation == "shop_response_time"
}

/// A custom order that buyer A asks shop A for, and its first message.
pub struct Talk {
    pub id: String,
    pub message: String,
}

fn begun(world: &World, text: &str) -> Value {
    json!({"shop": world.a.id, "product": world.a.product, "custom": {}, "text": text, "language": "en"})
}

/// The thread of buyer A's with shop A, reported by the buyer.
pub async fn talk_of_a(world: &World) -> Talk {
    let send = async |call: Call| world.send_as(Who::BuyerA, &call).await;
    let list = send(world.call("list_messages", &[])).await.expect(200);
    let known = list.json()["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find_map(|thread| {
            let is_of_a = thread["shop"] == world.a.id.as_str() && thread["kind"] == "custom";
            is_of_a.then(|| thread["id"].as_str().unwrap().to_owned())
        });
    let id = match known {
        Some(id) => id,
        None => {
            let start = world
                .call("start_message_thread", &[])
                .json(&begun(world, "Would you make it wider?"));
            send(start).await.expect(201).at("/thread/id")
        }
    };
    let report = world
        .call("report_message_thread", &[&id])
        .json(&json!({"reason": "other", "note": "A test."}));
    send(report).await.expect(204);
    let whole = send(world.call("get_message_thread", &[&id])).await.expect(200);
    Talk {
        message: whole.at("/messages/0/id"),
        id,
    }
}

/// What shop A quotes for it, unanswered.
async fn quoted(world: &World) -> Talk {
    let talk = talk_of_a(world).await;
    let quote = world
        .call("quote_seller_message", &[&talk.id])
        .json(&quote(world));
    let message = world.send_as(Who::OwnerA, &quote).await.expect(201).at("/id");
    Talk { message, ..talk }
}

fn quote(world: &World) -> Value {
    let until = world.clock.now().date_naive() + chrono::Days::new(7);
    json!({"price": {"amount": 12_900, "currency": "EUR"}, "lead_days": 21, "valid_until": until})
}

pub async fn call(world: &World, operation: &str) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "start_message_thread" => to(&[]).json(&begun(world, "Is it dishwasher-safe?")),
        "shop_response_time" => to(&[&world.a.slug]),
        "list_messages"
        | "count_messages"
        | "list_seller_messages"
        | "count_seller_messages"
        | "list_reported_message_threads" => to(&[]),
        "answer_message_quote" => {
            let quoted = quoted(world).await;
            to(&[&quoted.id, &quoted.message]).json(&json!({"accept": true}))
        }
        _ => {
            let talk = talk_of_a(world).await;
            let call = to(&[&talk.id]);
            match operation {
                "send_message" | "send_seller_message" => call.json(&json!({"text": "Thank you."})),
                "read_messages" | "read_seller_messages" => call.json(&json!({"through": talk.message})),
                "archive_message_thread" | "archive_seller_message_thread" => {
                    call.json(&json!({"archived": false}))
                }
                "report_message_thread" | "report_seller_message_thread" => {
                    call.json(&json!({"reason": "fraud"}))
                }
                "quote_seller_message" => call.json(&quote(world)),
                "decide_on_message_thread" => {
                    call.json(&json!({"kind": "dismiss", "reason": "All is well."}))
                }
                // They read.
                _ => call,
            }
        }
    }
}
