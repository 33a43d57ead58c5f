//! What a cell's value says, whether it came as text or as JSON.

use super::fields::Kind;
use super::numbers;
use contracts::catalog::{AttributeValue, ProductStatus};
use serde_json::Value;

/// The one text of a cell: of a list its first, of an object its name.
pub fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(values) => return values.iter().find_map(text),
        Value::Object(members) => {
            return ["name", "title", "value"]
                .iter()
                .find_map(|m| members.get(*m).and_then(text));
        }
        Value::Null => return None,
    };
    (!text.is_empty()).then_some(text)
}

pub fn list(value: &Value, separators: &[char]) -> Vec<String> {
    match value {
        Value::String(joined) => joined
            .split(separators)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect(),
        Value::Array(values) => values.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// Names from the root down: a list, or a text such as `Home > Kitchen > Bowls` (of several such, the first).
pub fn category_names(value: &Value) -> Vec<String> {
    let Value::String(joined) = value else {
        return list(value, &[]);
    };
    let joined = joined.replace("->", ">");
    let first = if joined.contains('>') {
        joined.split([',', '|', ';']).next().unwrap_or(&joined)
    } else {
        &joined
    };
    let separators: &[char] = if first.contains('>') { &['>'] } else { &['/', '|'] };
    list(&Value::String(first.to_owned()), separators)
}

/// Web addresses in a cell; what is none (a file's name) cannot be fetched and is left out.
pub fn addresses(value: &Value) -> Vec<String> {
    let candidates = match value {
        Value::String(joined) => joined
            .split(|c: char| c == ',' || c == '|' || c == ';' || c.is_whitespace())
            .map(str::to_owned)
            .collect(),
        other => list(other, &[]),
    };
    candidates
        .into_iter()
        .filter(|a| a.starts_with("https://") || a.starts_with("http://"))
        .collect()
}

pub fn attribute_value(kind: Kind, value: &Value) -> Option<AttributeValue> {
    match value {
        Value::Bool(truth) => Some(AttributeValue::Bool(*truth)),
        Value::Number(number) => number.as_f64().map(AttributeValue::Number),
        Value::String(text) => Some(attribute_of_text(kind, text.trim())),
        Value::Array(values) => {
            let texts: Vec<String> = values
                .iter()
                .filter(|v| !v.is_object())
                .filter_map(text)
                .collect();
            (!texts.is_empty()).then_some(AttributeValue::Many(texts))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn attribute_of_text(kind: Kind, text: &str) -> AttributeValue {
    let number = || numbers::plain_number(text).map(AttributeValue::Number);
    let truth = |accepted: fn(&str) -> Option<bool>| accepted(text).map(AttributeValue::Bool);
    let typed = match kind {
        Kind::Text => None,
        Kind::Number => number(),
        Kind::Bool => truth(yes_or_no),
        Kind::Any => number().or_else(|| truth(true_or_false)),
    };
    typed.unwrap_or_else(|| AttributeValue::Text(text.to_owned()))
}

fn true_or_false(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

pub fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "si" | "sí" => Some(true),
        "false" | "no" | "n" | "0" | "-1" => Some(false),
        _ => None,
    }
}

pub fn status_of(name: &str) -> Option<ProductStatus> {
    Some(match name.to_lowercase().as_str() {
        "active" | "activo" | "published" | "publish" | "enabled" | "true" | "1" => ProductStatus::Active,
        "draft" | "borrador" | "proposed" => ProductStatus::Draft,
        "inactive" | "inactivo" | "disabled" | "private" | "hidden" | "false" | "0" | "rejected" => {
            ProductStatus::Inactive
        }
        "archived" | "archivado" => ProductStatus::Archived,
        _ => return None,
    })
}
