//! `_search` and `_count`.

use super::aggregate::aggregations;
use super::documents::{Document, Store};
use super::matching::Matcher;
use super::{Refusal, only, single};
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::sync::Arc;

/// Hits that may be asked for, as OpenSearch has it by default.
const WINDOW_MAX: u64 = 10_000;
const EARTH_RADIUS_KM: f64 = 6_371.008_8;
const KNOWN: [&str; 11] = [
    "size",
    "_source",
    "track_total_hits",
    "track_scores",
    "query",
    "post_filter",
    "sort",
    "search_after",
    "aggs",
    "suggest",
    "from",
];

pub fn count(store: &Store, name: &str, body: &Value) -> Result<Value, Refusal> {
    only(body, &["query"], "count")?;
    let (_, index) = store.index(name)?;
    let found = found(&Matcher::new(index), &body["query"])?;
    Ok(json!({"count": found.len(), "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0}}))
}

fn found(matcher: &Matcher<'_>, query: &Value) -> Result<Vec<(f64, Arc<Document>)>, Refusal> {
    let mut found = Vec::new();
    for document in &matcher.index.visible {
        if let Some(score) = matcher.score(query, document)? {
            found.push((score, Arc::clone(document)));
        }
    }
    Ok(found)
}

pub fn search(store: &Store, name: &str, body: &Value) -> Result<Value, Refusal> {
    only(body, &KNOWN, "search")?;
    let size = body["size"].as_u64().unwrap_or(10);
    if size > WINDOW_MAX {
        let reason = format!("Result window is too large: [{size}]");
        return Err(Refusal::new(400, "illegal_argument_exception", reason));
    }
    let (name, index) = store.index(name)?;
    let matcher = Matcher::new(index);
    let all = found(&matcher, body.get("query").unwrap_or(&json!({"match_all": {}})))?;
    let mut answer = json!({
        "took": 1, "timed_out": false, "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
    });
    if let Some(aggs) = body.get("aggs") {
        let documents: Vec<Arc<Document>> = all.iter().map(|(_, document)| Arc::clone(document)).collect();
        answer["aggregations"] = aggregations(&matcher, aggs, &documents)?;
    }
    let mut kept = Vec::new();
    for (score, document) in all {
        let passes = match body.get("post_filter") {
            Some(filter) => matcher.matches(filter, &document)?,
            None => true,
        };
        if passes {
            kept.push((score, document));
        }
    }
    let total = kept.len();
    let order = body["sort"]
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![json!({"_score": {"order": "desc"}})]);
    let mut placed = Vec::new();
    for (score, document) in kept {
        let values = order
            .iter()
            .map(|by| sort_value(&matcher, by, score, &document))
            .collect::<Result<Vec<_>, _>>()?;
        placed.push((values, score, document));
    }
    let falls = order.iter().map(falls).collect::<Result<Vec<bool>, _>>()?;
    placed.sort_by(|a, b| compare(&a.0, &b.0, &falls));
    if let Some(after) = body.get("search_after") {
        let after = after.as_array().filter(|after| after.len() == order.len());
        let after = after.ok_or_else(|| Refusal::unknown("search_after has as many values as sort"))?;
        placed.retain(|(values, ..)| compare(values, after, &falls) == Ordering::Greater);
    }
    let hits: Vec<Value> = placed
        .iter()
        .take(size as usize)
        .map(|(values, score, document)| {
            json!({
                "_index": name, "_id": document.id, "_score": score, "sort": values,
                "_source": source(&document.source, &body["_source"]),
            })
        })
        .collect();
    answer["hits"] = json!({"hits": hits});
    if body["track_total_hits"] != false {
        answer["hits"]["total"] = json!({"value": total, "relation": "eq"});
    }
    let mut suggested = Map::new();
    for (name, body) in body["suggest"].as_object().into_iter().flatten() {
        suggested.insert(name.clone(), matcher.suggest(body)?);
    }
    if !suggested.is_empty() {
        answer["suggest"] = Value::Object(suggested);
    }
    Ok(answer)
}

fn source(source: &Value, wanted: &Value) -> Value {
    match wanted {
        Value::Bool(false) => Value::Null,
        Value::Array(names) => {
            let members = source.as_object().into_iter().flatten();
            let kept = members.filter(|(name, _)| names.contains(&json!(name)));
            Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        _ => source.clone(),
    }
}

fn falls(by: &Value) -> Result<bool, Refusal> {
    let (_, about) = single(by, "sort")?;
    let order = about.as_str().or(about["order"].as_str());
    match order {
        Some("asc") => Ok(false),
        Some("desc") => Ok(true),
        other => Err(Refusal::unknown(format!("sort order {other:?}"))),
    }
}

fn sort_value(matcher: &Matcher<'_>, by: &Value, score: f64, document: &Document) -> Result<Value, Refusal> {
    let (name, about) = single(by, "sort")?;
    match name {
        "_score" => Ok(json!(score)),
        "_geo_distance" => {
            only(about, &["place", "order", "unit"], name)?;
            let place = document.values.get("place").and_then(|own| own.first());
            Ok(place.map_or_else(
                || json!("Infinity"),
                |place| json!(kilometres(place, &about["place"])),
            ))
        }
        _ => {
            if about.is_object() {
                only(about, &["order", "missing"], name)?;
            }
            let kind = &matcher.field(name)?["type"];
            let own = document.values.get(name).and_then(|own| own.first()).cloned();
            match kind.as_str() {
                Some("keyword") => Ok(own.unwrap_or(Value::Null)),
                Some("long" | "integer" | "date") if falls(by)? => Ok(own.unwrap_or(json!(i64::MIN))),
                Some("long" | "integer" | "date") => Ok(own.unwrap_or(json!(i64::MAX))),
                _ => Err(Refusal::new(
                    400,
                    "illegal_argument_exception",
                    format!("[{name}] does not sort"),
                )),
            }
        }
    }
}

fn compare(a: &[Value], b: &[Value], falls: &[bool]) -> Ordering {
    for ((a, b), falls) in a.iter().zip(b).zip(falls) {
        let number = |value: &Value| match value.as_str() {
            Some("Infinity") => Some(f64::INFINITY),
            _ => value.as_f64(),
        };
        let order = match (a.as_i64(), b.as_i64(), number(a), number(b)) {
            (Some(a), Some(b), ..) => a.cmp(&b),
            (_, _, Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.as_str().cmp(&b.as_str()),
        };
        let order = if *falls { order.reverse() } else { order };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn kilometres(a: &Value, b: &Value) -> f64 {
    let radians = |place: &Value, key: &str| place[key].as_f64().unwrap_or_default().to_radians();
    let (lat_a, lat_b) = (radians(a, "lat"), radians(b, "lat"));
    let (lat, lon) = (lat_b - lat_a, radians(b, "lon") - radians(a, "lon"));
    let h = (lat / 2.0).sin().powi(2) + lat_a.cos() * lat_b.cos() * (lon / 2.0).sin().powi(2);
    2.0 * EARTH_RADIUS_KM * h.sqrt().asin()
}
