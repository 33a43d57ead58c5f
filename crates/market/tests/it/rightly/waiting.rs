//! What waits before buyers see it.

use crate::spec::Call;
use crate::world::{Who, World, product};
use serde_json::{Value, json};

/// An operation of this room, called by somebody who means well; none of another.
pub async fn call(world: &World, operation: &str, n: u32) -> Option<Call> {
    let to = |parts: &[&str]| world.call(operation, parts);
    Some(match operation {
        "list_moderation" | "get_moderation_rules" => to(&[]),
        "put_moderation_rules" => put_rules(world, &format!("forbidden{n}")).await,
        "put_shop_trust" => to(&[&world.a.id]).json(&json!({"trusted": true})),
        "approve_moderation" => {
            let (id, version) = waiting(world).await;
            to(&[&id]).json(&json!({"version": version}))
        }
        "reject_moderation" => {
            let (id, version) = waiting(world).await;
            to(&[&id]).json(&json!({"version": version, "reason": "Say who made it."}))
        }
        _ => return None,
    })
}

/// Changes the rules as they are at present.
async fn put_rules(world: &World, word: &str) -> Call {
    let seen = world.call("get_moderation_rules", &[]);
    let seen = world.send_as(Who::Admin, &seen).await.expect(200);
    world
        .call("put_moderation_rules", &[])
        .header("if-match", seen.headers["etag"].as_bytes())
        .json(&rules(word))
}

fn rules(word: &str) -> Value {
    json!({"hold_new_shops": false, "approved_min": 5, "price_percent": null, "words": [word]})
}

/// A product of shop A's that waits, and its version.
async fn waiting(world: &World) -> (String, i64) {
    let word = format!("forbidden{}", world.fresh());
    let call = put_rules(world, &word).await;
    let _ = world.send_as(Who::Admin, &call).await.expect(200);
    let mut flagged = product(&word);
    flagged["title"] = json!(word);
    flagged["status"] = json!("active");
    let call = world.call("create_product", &[]).json(&flagged);
    let _ = world.send_as(Who::OwnerA, &call).await.expect(201);
    let mut after = String::new();
    loop {
        let call = world
            .call("list_moderation", &[])
            .query(&format!("limit=100{after}"));
        let page = world.send_as(Who::Admin, &call).await.expect(200).json();
        let found = page["items"]
            .as_array()
            .and_then(|items| items.iter().find(|item| item["title"] == word.as_str()));
        if let Some(item) = found {
            let id = item["id"].as_str().unwrap_or_default().to_owned();
            return (id, item["version"].as_i64().unwrap_or_default());
        }
        after = format!("&after={}", page["next"].as_str().expect("it waits"));
    }
}
