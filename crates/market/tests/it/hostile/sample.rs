//! Bodies as the description has them: every field there is, so that every field can be spoilt.

use crate::spec::Spec;
use serde_json::{Map, Value, json};

/// One value within a body: where it is, and what its schema says.
pub struct Node {
    pub pointer: String,
    pub schema: Value,
    /// The JSON types that it may have.
    pub types: Vec<String>,
}

/// `known`, with every field that it lacks.
pub fn filled(spec: &Spec, schema: &Value, known: Option<&Value>) -> Value {
    let schema = variant(spec, schema, known);
    if let Some(properties) = schema["properties"].as_object() {
        let mut object = known.and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, member) in properties {
            let value = filled(spec, member, object.get(name));
            object.insert(name.clone(), value);
        }
        return Value::Object(object);
    }
    match known {
        Some(Value::Array(items)) if !items.is_empty() => items
            .iter()
            .map(|item| filled(spec, &schema["items"], Some(item)))
            .collect(),
        Some(known) if !known.is_null() => known.clone(),
        _ => example(spec, schema),
    }
}

fn example(spec: &Spec, schema: &Value) -> Value {
    let given = [&schema["example"], &schema["examples"][0], &schema["enum"][0]];
    if let Some(given) = given.into_iter().find(|v| !v.is_null()) {
        return given.clone();
    }
    let kinds = types(spec, schema);
    let is = |kind: &str| kinds.iter().any(|k| k == kind);
    if is("string") {
        match schema["format"].as_str() {
            Some("uuid") => json!("01890000-0000-7000-8000-000000000001"),
            Some("date-time") => json!("2026-01-01T00:00:00Z"),
            _ => json!("text"),
        }
    } else if is("integer") || is("number") {
        schema["minimum"].as_i64().unwrap_or(1).max(1).into()
    } else if is("boolean") {
        json!(true)
    } else if is("array") {
        json!([filled(spec, &schema["items"], None)])
    } else if schema["additionalProperties"].is_object() {
        json!({"material": filled(spec, &schema["additionalProperties"], None)})
    } else {
        Value::Object(Map::new())
    }
}

/// The branch of a choice that `value` takes, or the first that is more than null.
fn variant<'a>(spec: &'a Spec, schema: &'a Value, value: Option<&Value>) -> &'a Value {
    let schema = spec.resolve(schema);
    let Some(branches) = schema["oneOf"].as_array() else {
        return schema;
    };
    let branches: Vec<&Value> = branches.iter().map(|b| spec.resolve(b)).collect();
    let tag = value.and_then(|v| v["kind"].as_str());
    let chosen = branches
        .iter()
        .find(|b| tag.is_some() && b["properties"]["kind"]["enum"][0].as_str() == tag)
        .or_else(|| branches.iter().find(|b| b["type"] != "null"));
    variant(spec, chosen.expect("a choice of something"), value)
}

pub fn types(spec: &Spec, schema: &Value) -> Vec<String> {
    let schema = spec.resolve(schema);
    if let Some(branches) = schema["oneOf"].as_array() {
        return branches.iter().flat_map(|b| types(spec, b)).collect();
    }
    match &schema["type"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(some) => some
            .iter()
            .filter_map(|t| t.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// Every value of a filled body.
pub fn nodes(spec: &Spec, schema: &Value, body: &Value) -> Vec<Node> {
    let mut found = Vec::new();
    walk(spec, schema, body, String::new(), &mut found);
    found
}

fn walk(spec: &Spec, schema: &Value, value: &Value, pointer: String, found: &mut Vec<Node>) {
    let inner = variant(spec, schema, Some(value));
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let of = inner["properties"]
                    .get(name)
                    .unwrap_or(&inner["additionalProperties"]);
                walk(spec, of, member, format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate().take(1) {
                walk(spec, &inner["items"], item, format!("{pointer}/{i}"), found);
            }
        }
        _ => {}
    }
    found.push(Node {
        pointer,
        types: types(spec, schema),
        schema: inner.clone(),
    });
}
