//! Reviews: what others wrote, what moderators alone decide, and the replies of another shop.

use super::{GONE, Reach};
use crate::rightly::review_of_a;
use crate::world::World;
use serde_json::json;

/// Operations that name nothing of anybody's, and why.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    (
        "list_seller_reviews",
        "reads what everybody may read of the shop of the token",
    ),
    ("list_own_reviews", "reads the reviews of the token"),
    ("product_reviews", "is the same for everybody"),
    ("shop_reviews", "is the same for everybody"),
    (
        "vote_for_review",
        "names what everybody reads; the vote is the token's",
    ),
    (
        "take_review_vote_back",
        "names what everybody reads; the vote is the token's",
    ),
    (
        "report_review",
        "names what everybody reads; the report is the token's",
    ),
];

/// With a seller's token, of shop B's.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    let review = review_of_a(world).await.id;
    let reach = |operation: &'static str, parts: &[&str], statuses: &'static [u16]| Reach {
        operation,
        call: world
            .call(operation, parts)
            .json(&json!({"text": "Rivalry", "version": 1, "reason": "rivalry"})),
        statuses,
    };
    let reply = Reach {
        call: world
            .call("reply_to_review", &[&review])
            .json(&json!({"text": "Rivalry"})),
        ..reach("reply_to_review", &[&review], GONE)
    };
    vec![
        reply,
        reach("approve_review", &[&review], &[403]),
        reach("reject_review", &[&review], &[403]),
        reach("edit_review", &[&review], &[403]),
        reach("delete_review", &[&review], &[403]),
    ]
}

/// With buyer B's token.
pub async fn of_buyer(world: &World) -> Vec<Reach> {
    let review = review_of_a(world).await;
    let reach = |operation: &'static str, parts: &[&str], statuses: &'static [u16]| Reach {
        operation,
        call: world.call(operation, parts),
        statuses,
    };
    let steal =
        json!({"order": review.order, "product": world.a.product, "says": {"stars": 1, "text": "Mine."}});
    vec![
        reach("get_own_review", &[&review.id], GONE),
        Reach {
            call: world
                .call("edit_review", &[&review.id])
                .json(&json!({"stars": 1})),
            ..reach("edit_review", &[&review.id], GONE)
        },
        reach("delete_review", &[&review.id], GONE),
        reach("order_reviews", &[&review.order], GONE),
        Reach {
            call: world.call("write_review", &[]).json(&steal),
            ..reach("write_review", &[], &[409])
        },
    ]
}
