//! Operations on what operators say about searches.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

pub fn is_of_search(operation: &str) -> bool {
    operation.contains("_search_") || operation == "preview_search"
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
