//! Operations on what operators say about searches.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

pub fn is_of_search(operation: &str) -> bool {
    operation.contains("_search_")
        || operation.contains("_promoted_")
        || operation == "promote_listing"
        || operation == "preview_search"
}

pub async fn call(world: &World, operation: &str, n: u32) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "make_search_synonym" => to(&[]).json(&synonym(n)),
        "end_search_synonym" => to(&[&synonym_of(world).await]).json(&json!({"note": "over"})),
        "make_search_rule" => to(&[]).json(&rule(n)),
        "end_search_rule" => to(&[&search_rule_of(world).await]).json(&json!({"note": "over"})),
        "tell_search_click" => to(&[]).json(&json!({
            "search": world.order, "product": world.a.product, "position": 1,
        })),
        "preview_search" => to(&[]).query("q=bowl"),
        "set_promoted_tariff" => to(&[]).json(&tariff()),
        "promote_listing" => {
            set_tariff(world).await;
            stop_all(world).await;
            to(&[]).json(&json!({"product": world.a.product, "days": 7}))
        }
        "stop_promoted_listing" => to(&[&promoted_of_a(world).await]),
        // They list.
        _ => to(&[]),
    }
}

fn synonym(n: u32) -> Value {
    json!({"words": [format!("couch{n}"), format!("sofa{n}")], "note": "as buyers say"})
}

/// A rule for words that nobody searches for.
fn rule(n: u32) -> Value {
    json!({
        "name": "Out of season", "when": {"q": format!("winter{n}"), "exact": true},
        "actions": [{"kind": "hide", "target": {"kind": "seller", "slug": "nobody"}}], "note": "agreed",
    })
}

fn tariff() -> Value {
    json!({"per_day": {"amount": 200, "currency": "EUR"}, "tax_bp": 2_100, "note": "agreed"})
}

async fn set_tariff(world: &World) {
    let set = world.call("set_promoted_tariff", &[]).json(&tariff());
    world.send_as(Who::Admin, &set).await.expect(201);
}

/// What shop A puts forward is so no more.
async fn stop_all(world: &World) {
    let list = world.call("list_promoted_listings", &[]);
    let listed = world.send_as(Who::OwnerA, &list).await.expect(200).json();
    for one in listed["items"].as_array().expect("items") {
        if one["stopped_at"].is_null() {
            let id = one["id"].as_str().expect("an id");
            let stop = world.call("stop_promoted_listing", &[id]);
            world.send_as(Who::OwnerA, &stop).await.expect(200);
        }
    }
}

/// A listing that shop A puts forward.
pub async fn promoted_of_a(world: &World) -> String {
    set_tariff(world).await;
    stop_all(world).await;
    let make = world
        .call("promote_listing", &[])
        .json(&json!({"product": world.a.product, "days": 7}));
    world.send_as(Who::OwnerA, &make).await.expect(201).at("/id")
}

pub async fn synonym_of(world: &World) -> String {
    let make = world
        .call("make_search_synonym", &[])
        .json(&synonym(world.fresh()));
    world.send_as(Who::Admin, &make).await.expect(201).at("/id")
}

pub async fn search_rule_of(world: &World) -> String {
    let make = world.call("make_search_rule", &[]).json(&rule(world.fresh()));
    world.send_as(Who::Admin, &make).await.expect(201).at("/id")
}
