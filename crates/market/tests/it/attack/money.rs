//! Refunds and payouts of shop A's, reached for by shop B.

use super::Reach;
use crate::world::World;
use serde_json::{Value, json};

pub fn of_seller(world: &World) -> Vec<Reach> {
    let a = &world.a;
    let reach = |operation: &'static str, parts: &[&str], body: Option<Value>| {
        let call = world.call(operation, parts);
        Reach {
            operation,
            call: match body {
                Some(body) => call.json(&body),
                None => call,
            },
            statuses: &[403],
        }
    };
    let skip = json!({"answer": "refunded", "reference": "r", "note": "rivalry"});
    let back = json!({"reason": "rivalry", "reference": "r"});
    vec![
        reach("retry_refund", &[&world.order, &a.sale], None),
        reach("skip_refund", &[&world.order, &a.sale], Some(skip)),
        reach(
            "explain_settlement_break",
            &[],
            Some(json!({"break": "l:sandbox:x:charge", "note": "rivalry"})),
        ),
        reach("return_payout", &[&a.payout], Some(back)),
    ]
}
