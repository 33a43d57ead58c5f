//! Operations on gift cards and store credit.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

const OPERATIONS: [&str; 9] = [
    "gift_card_balance",
    "get_store_credit",
    "list_store_credit_movements",
    "list_gift_cards",
    "issue_gift_card",
    "get_gift_card",
    "disable_gift_card",
    "enable_gift_card",
    "grant_store_credit",
];

pub fn is_of_cards(operation: &str) -> bool {
    OPERATIONS.contains(&operation)
}

pub async fn call(world: &World, operation: &str, n: u32) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "gift_card_balance" => to(&[]).json(&json!({"code": gift_card(world).await.code})),
        "issue_gift_card" => to(&[])
            .header("idempotency-key", format!("card-{n}"))
            .json(&new_card(1_000)),
        "get_gift_card" => to(&[&gift_card(world).await.id]),
        "disable_gift_card" | "enable_gift_card" => {
            to(&[&gift_card(world).await.id]).json(&json!({"reason": "a test"}))
        }
        "grant_store_credit" => to(&[])
            .header("idempotency-key", format!("grant-{n}"))
            .json(&grant(world)),
        // They read what is the caller's own.
        _ => to(&[]),
    }
}

fn new_card(amount: i64) -> Value {
    json!({"amount": {"amount": amount, "currency": "EUR"}, "funding": "sold", "note": "a test"})
}

fn grant(world: &World) -> Value {
    let user = world.users[&Who::BuyerA];
    json!({"user": user, "amount": {"amount": 100, "currency": "EUR"}, "reason": "a test"})
}

pub struct Card {
    pub id: String,
    pub code: String,
}

/// A gift card of 10.00 that was issued for it.
pub async fn gift_card(world: &World) -> Card {
    let issue = world
        .call("issue_gift_card", &[])
        .header("idempotency-key", format!("card-{}", world.fresh()))
        .json(&new_card(1_000));
    let issued = world.send_as(Who::Admin, &issue).await.expect(201);
    Card {
        id: issued.at("/card/id"),
        code: issued.at("/code"),
    }
}
