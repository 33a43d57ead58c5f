//! Gift cards and store credit, which are the operator's to give.

use super::Reach;
use crate::rightly::gift_card;
use crate::world::World;
use serde_json::json;

const REFUSED: &[u16] = &[403];

/// With a seller's token.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    let card = gift_card(world).await.id;
    let reach = |operation: &'static str, parts: &[&str]| Reach {
        operation,
        call: world
            .call(operation, parts)
            .header("idempotency-key", "theft")
            .json(&json!({"reason": "rivalry"})),
        statuses: REFUSED,
    };
    vec![
        reach("list_gift_cards", &[]),
        reach("get_gift_card", &[&card]),
        reach("disable_gift_card", &[&card]),
        reach("enable_gift_card", &[&card]),
        reach("issue_gift_card", &[]),
        reach("grant_store_credit", &[]),
    ]
}
