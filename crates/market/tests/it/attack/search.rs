//! Reaching for what only the marketplace's staff say about searches.

use super::Reach;
use crate::rightly::{search_rule_of, synonym_of};
use crate::world::World;
use serde_json::json;

pub async fn of_seller(world: &World) -> Vec<Reach> {
    let reach = |operation: &'static str, parts: &[&str]| Reach {
        operation,
        call: world.call(operation, parts).json(&json!({"note": "rivalry"})),
        statuses: &[403],
    };
    let list = |operation: &'static str| Reach {
        operation,
        call: world.call(operation, &[]),
        statuses: &[403],
    };
    vec![
        list("list_search_synonyms"),
        list("list_search_rules"),
        list("preview_search"),
        list("get_search_report"),
        reach("make_search_synonym", &[]),
        reach("end_search_synonym", &[&synonym_of(world).await]),
        reach("make_search_rule", &[]),
        reach("end_search_rule", &[&search_rule_of(world).await]),
    ]
}
