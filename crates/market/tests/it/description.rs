//! What the API says of itself.

use crate::spec::Spec;
use serde_json::Value;

fn described() -> Value {
    serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap()
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = described();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100);
    let lost: Vec<&&str> = found
        .iter()
        .filter(|at| document.pointer(at.trim_start_matches('#')).is_none())
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// Schemas of one name are taken for one schema: two endpoints' `Request` would describe each other's body.
#[test]
fn no_schema_has_a_name_that_every_endpoint_could_give() {
    let document = described();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in [
        "Request",
        "Response",
        "Body",
        "Row",
        "Line",
        "Item",
        "Params",
        "Parameters",
    ] {
        assert!(
            !schemas.contains_key(name),
            "name it after its endpoint with `#[schema(as = ...)]`: {name}"
        );
    }
}

#[test]
fn every_operation_says_how_it_refuses() {
    let spec = Spec::of(described());
    for operation in spec.operations.values() {
        let name = &operation.name;
        let says = |status: u16| operation.statuses.contains(&status);
        assert!(says(429), "{name} is rate-limited");
        if operation.needs_token {
            assert!(says(401), "{name} needs a token");
        }
        if ["/v1/seller/", "/v1/admin/"]
            .iter()
            .any(|part| operation.path.starts_with(part))
        {
            assert!(says(403), "{name} is not for everybody");
        }
        if operation.json.is_some() {
            assert!(says(400) && says(413), "{name} takes JSON");
        }
        let by_id = operation.path.rsplit('/').any(|segment| segment.starts_with('{'));
        if by_id {
            assert!(says(404), "{name} may not find it");
        }
    }
}
