//! Gift cards and store credit, which are the operator's to give.

use super::Reach;
use crate::rightly::gift_card;
use crate::world::World;
use serde_json::json;

const REFUSED: &[u16] = &[403];

/// With a seller's token.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    let card = gift_card(world).await.id;
    let reads: [(&'static str, &[&str]); 2] = [("list_gift_cards", &[]), ("get_gift_card", &[&card])];
    let writes: [(&'static str, &[&str]); 4] = [
        ("disable_gift_card", &[&card]),
        ("enable_gift_card", &[&card]),
        ("issue_gift_card", &[]),
        ("grant_store_credit", &[]),
    ];
    let read = reads.map(|(operation, parts)| Reach {
        operation,
        call: world.call(operation, parts),
        statuses: REFUSED,
    });
    let write = writes.map(|(operation, parts)| Reach {
        operation,
        call: world
            .call(operation, parts)
            .header("idempotency-key", "theft")
            .json(&json!({"reason": "rivalry"})),
        statuses: REFUSED,
    });
    read.into_iter().chain(write).collect()
}
