//! Reaching for accounts: a seller is no administrator.

use super::Reach;
use crate::world::{Who, World};
use serde_json::{Value, json};

/// With a seller's token, of buyer A's account.
pub fn of_seller(world: &World) -> Vec<Reach> {
    let user = world.users[&Who::BuyerA].to_string();
    let reach = |operation: &'static str, body: Option<Value>| {
        let call = world.call(operation, &[&user]);
        Reach {
            operation,
            call: match body {
                Some(body) => call.json(&body),
                None => call,
            },
            statuses: &[403],
        }
    };
    vec![
        reach("set_person_role", Some(json!({"role": "admin"}))),
        reach("take_person_role", None),
        reach("end_person_sessions", None),
        reach("remove_person_second_factor", Some(json!({"reason": "rivalry"}))),
    ]
}
