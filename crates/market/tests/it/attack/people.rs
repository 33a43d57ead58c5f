//! Reaching for accounts: a seller is no administrator.

use super::Reach;
use crate::rightly::{invited_operator, secret_of_invited};
use crate::world::{Who, World};
use serde_json::{Value, json};

/// With a buyer's token, of an invitation that was mailed to somebody else.
pub async fn of_buyer(world: &World) -> Vec<Reach> {
    let accept = world.call("accept_operator_invitation", &[]);
    let token = secret_of_invited(world).await;
    vec![Reach {
        operation: "accept_operator_invitation",
        call: accept.json(&json!({"token": token})),
        statuses: &[403],
    }]
}

/// With a seller's token, of buyer A's account, and of the back office.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    let invited = invited_operator(world).await;
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
        Reach {
            operation: "list_operator_invitations",
            call: world.call("list_operator_invitations", &[]),
            statuses: &[403],
        },
        Reach {
            operation: "invite_operator",
            call: world
                .call("invite_operator", &[])
                .json(&json!({"email": Who::OwnerB.email(), "role": "admin"})),
            statuses: &[403],
        },
        Reach {
            operation: "withdraw_operator_invitation",
            call: world.call("withdraw_operator_invitation", &[&invited]),
            statuses: &[403],
        },
    ]
}
