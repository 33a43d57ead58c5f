//! Messages: what others write to each other, and what moderators alone read.

use super::{GONE, Reach};
use crate::rightly::talk_of_a;
use crate::world::World;
use kernel::Clock as _;
use serde_json::json;

/// Operations that name nothing of anybody's, and why.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    ("list_messages", "reads the threads of the token"),
    ("count_messages", "counts what the token has not read"),
    (
        "list_seller_messages",
        "reads the threads of the shop of the token",
    ),
    (
        "count_seller_messages",
        "counts what the shop of the token has not read",
    ),
    ("shop_response_time", "is the same for everybody"),
];

/// With a seller's token, of shop B's.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    let talk = talk_of_a(world).await;
    let reach = |operation: &'static str, statuses: &'static [u16]| Reach {
        operation,
        call: world.call(operation, &[&talk.id]),
        statuses,
    };
    let json = |reach: Reach, body: serde_json::Value| Reach {
        call: reach.call.json(&body),
        ..reach
    };
    let quote = json!({"price": {"amount": 1, "currency": "EUR"}, "lead_days": 1, "valid_until": world.clock.now().date_naive()});
    vec![
        reach("get_seller_message_thread", GONE),
        json(reach("send_seller_message", GONE), json!({"text": "Rivalry"})),
        json(
            reach("read_seller_messages", GONE),
            json!({"through": talk.message}),
        ),
        json(
            reach("archive_seller_message_thread", GONE),
            json!({"archived": true}),
        ),
        json(
            reach("report_seller_message_thread", GONE),
            json!({"reason": "fraud"}),
        ),
        json(reach("quote_seller_message", GONE), quote),
        reach("get_reported_message_thread", &[403]),
        json(
            reach("decide_on_message_thread", &[403]),
            json!({"kind": "close", "reason": "Rivalry"}),
        ),
    ]
}

/// With buyer B's token.
pub async fn of_buyer(world: &World) -> Vec<Reach> {
    let talk = talk_of_a(world).await;
    let reach = |operation: &'static str, parts: &[&str]| Reach {
        operation,
        call: world.call(operation, parts),
        statuses: GONE,
    };
    let json = |reach: Reach, body: serde_json::Value| Reach {
        call: reach.call.json(&body),
        ..reach
    };
    let id: &[&str] = &[&talk.id];
    let of_order = json!({"shop": world.a.id, "order": world.order, "text": "Where is it?"});
    vec![
        reach("get_message_thread", id),
        json(reach("send_message", id), json!({"text": "Mine."})),
        json(reach("read_messages", id), json!({"through": talk.message})),
        json(reach("archive_message_thread", id), json!({"archived": true})),
        json(reach("report_message_thread", id), json!({"reason": "other"})),
        json(
            reach("answer_message_quote", &[&talk.id, &talk.message]),
            json!({"accept": true}),
        ),
        json(reach("start_message_thread", &[]), of_order),
    ]
}
