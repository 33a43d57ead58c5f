//! Reaching for what only the marketplace's staff say about searches.

use super::{OWN, Reach};
use crate::rightly::{promoted_of_a, search_rule_of, synonym_of};
use crate::world::World;
use serde_json::{Value, json};

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
    let with = |operation: &'static str, body: Value, statuses: &'static [u16]| Reach {
        operation,
        call: world.call(operation, &[]).json(&body),
        statuses,
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
        list("list_promoted_tariffs"),
        with(
            "set_promoted_tariff",
            json!({"per_day": {"amount": 0, "currency": "EUR"}, "tax_bp": 0, "note": "rivalry"}),
            &[403],
        ),
        // Another shop's product is none of one's own.
        with(
            "promote_listing",
            json!({"product": world.a.product, "days": 7}),
            &[400],
        ),
        Reach {
            operation: "stop_promoted_listing",
            call: world.call("stop_promoted_listing", &[&promoted_of_a(world).await]),
            statuses: &[404],
        },
        Reach {
            operation: "list_promoted_listings",
            call: world.call("list_promoted_listings", &[]),
            statuses: OWN,
        },
    ]
}
