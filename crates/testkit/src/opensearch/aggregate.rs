//! Counts over what a query finds.

use super::documents::Document;
use super::matching::Matcher;
use super::{Refusal, only};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Buckets of one answer, as OpenSearch has it by default.
const BUCKETS_MAX: usize = 65_535;

/// The counts of one search. OpenSearch refuses an answer with too many buckets; here it is refused to ask for as many, so that
/// few documents show it.
pub fn aggregations(matcher: &Matcher<'_>, aggs: &Value, found: &[Arc<Document>]) -> Result<Value, Refusal> {
    if asked(aggs) > BUCKETS_MAX {
        let reason =
            format!("Trying to create too many buckets. Must be less than or equal to: [{BUCKETS_MAX}]");
        return Err(Refusal::new(503, "too_many_buckets_exception", reason));
    }
    aggregate(matcher, aggs, found)
}

/// Buckets of all aggregations together, at most.
fn asked(aggs: &Value) -> usize {
    let each = aggs.as_object().into_iter().flatten().map(|(_, agg)| {
        let terms = &agg["terms"];
        let own = terms["size"]
            .as_u64()
            .unwrap_or(if terms.is_null() { 0 } else { 10 });
        let own = usize::try_from(own).unwrap_or(usize::MAX);
        let filters = agg["filters"]["filters"].as_object().map_or(0, Map::len);
        own.saturating_add(filters).saturating_add(asked(&agg["aggs"]))
    });
    each.fold(0, usize::saturating_add)
}

fn aggregate(matcher: &Matcher<'_>, aggs: &Value, found: &[Arc<Document>]) -> Result<Value, Refusal> {
    let mut answer = Map::new();
    for (name, agg) in aggs.as_object().into_iter().flatten() {
        if name.contains(['[', ']', '>']) {
            let reason = format!("Invalid aggregation name [{name}]");
            return Err(Refusal::new(400, "aggregation_initialization_exception", reason));
        }
        answer.insert(name.clone(), one(matcher, agg, found)?);
    }
    Ok(Value::Object(answer))
}

fn one(matcher: &Matcher<'_>, agg: &Value, found: &[Arc<Document>]) -> Result<Value, Refusal> {
    let members = agg.as_object().into_iter().flatten();
    let mut kinds = members.filter(|(key, _)| *key != "aggs");
    let (Some((kind, body)), None) = (kinds.next(), kinds.next()) else {
        return Err(Refusal::unknown("an aggregation has one type"));
    };
    let within = |query: &Value| -> Result<Vec<Arc<Document>>, Refusal> {
        let mut kept = Vec::new();
        for document in found {
            if matcher.matches(query, document)? {
                kept.push(Arc::clone(document));
            }
        }
        Ok(kept)
    };
    let bucket = |documents: &[Arc<Document>]| -> Result<Value, Refusal> {
        let mut bucket = match agg.get("aggs") {
            Some(aggs) => aggregate(matcher, aggs, documents)?,
            None => json!({}),
        };
        bucket["doc_count"] = json!(documents.len());
        Ok(bucket)
    };
    match kind.as_str() {
        "filter" => bucket(&within(body)?),
        "global" => {
            only(body, &[], kind)?;
            bucket(&matcher.index.visible)
        }
        "filters" => {
            only(body, &["filters"], kind)?;
            let mut buckets = Map::new();
            for (name, query) in body["filters"].as_object().into_iter().flatten() {
                buckets.insert(name.clone(), bucket(&within(query)?)?);
            }
            Ok(json!({"buckets": buckets}))
        }
        "min" | "max" => {
            only(body, &["field"], kind)?;
            let name = body["field"].as_str().unwrap_or_default();
            let mut end: Option<f64> = None;
            for document in found {
                let own = matcher.number(name, document)?;
                end = match (end, own) {
                    (Some(end), Some(own)) if kind == "min" => Some(end.min(own)),
                    (Some(end), Some(own)) => Some(end.max(own)),
                    (end, own) => end.or(own),
                };
            }
            Ok(json!({"value": end}))
        }
        "terms" => terms(matcher, body, found),
        other => Err(Refusal::unknown(format!("Unknown aggregation type [{other}]"))),
    }
}

fn terms(matcher: &Matcher<'_>, body: &Value, found: &[Arc<Document>]) -> Result<Value, Refusal> {
    only(body, &["field", "size", "include"], "terms")?;
    let name = body["field"].as_str().unwrap_or_default();
    if matcher.field(name)?["type"] != "keyword" {
        let reason = format!("Text fields are not optimised for aggregations: [{name}]");
        return Err(Refusal::new(400, "illegal_argument_exception", reason));
    }
    let pattern = body["include"].as_str().map(Pattern::read).transpose()?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for document in found {
        let mut own: Vec<&str> = document
            .values
            .get(name)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        own.sort_unstable();
        own.dedup();
        for value in own {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts
        .into_iter()
        .filter(|(value, _)| pattern.as_ref().is_none_or(|pattern| pattern.fits(value)))
        .collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let size = body["size"].as_u64().unwrap_or(10) as usize;
    let others: usize = counts.iter().skip(size).map(|(_, count)| count).sum();
    let buckets = counts.iter().take(size);
    let buckets: Vec<Value> = buckets
        .map(|(key, count)| json!({"key": key, "doc_count": count}))
        .collect();
    Ok(json!({"doc_count_error_upper_bound": 0, "sum_other_doc_count": others, "buckets": buckets}))
}

/// The part of Lucene's regular expressions that is used: characters, `.`, `.*`, and a group that may be left out.
struct Pattern(Vec<Part>);

enum Part {
    Character(char),
    Any,
    Anything,
    Maybe(Vec<Part>),
}

impl Pattern {
    fn read(text: &str) -> Result<Self, Refusal> {
        let mut characters = text.chars().peekable();
        let mut parts = Vec::new();
        let mut outer: Option<Vec<Part>> = None;
        while let Some(c) = characters.next() {
            match c {
                '\\' => parts.extend(characters.next().map(Part::Character)),
                '.' if characters.next_if_eq(&'*').is_some() => parts.push(Part::Anything),
                '.' => parts.push(Part::Any),
                '(' if outer.is_none() => outer = Some(std::mem::take(&mut parts)),
                ')' if characters.next_if_eq(&'?').is_some() => {
                    let before = outer
                        .take()
                        .ok_or_else(|| Refusal::unknown("unbalanced parentheses"))?;
                    let group = std::mem::replace(&mut parts, before);
                    parts.push(Part::Maybe(group));
                }
                // What means something in Lucene means nothing here, so it must not come unescaped.
                c if "?+*|{}[]()\"#@&<>~^$".contains(c) => {
                    return Err(Refusal::unknown(format!("`{c}` in a regular expression")));
                }
                c => parts.push(Part::Character(c)),
            }
        }
        Ok(Self(parts))
    }

    fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let parts: Vec<&Part> = self.0.iter().collect();
        fits(&parts, &text)
    }
}

fn fits(parts: &[&Part], text: &[char]) -> bool {
    let Some((part, rest)) = parts.split_first() else {
        return text.is_empty();
    };
    match part {
        Part::Character(c) => text.first() == Some(c) && fits(rest, &text[1..]),
        Part::Any => !text.is_empty() && fits(rest, &text[1..]),
        Part::Anything => (0..=text.len()).any(|n| fits(rest, &text[n..])),
        Part::Maybe(group) => {
            let with: Vec<&Part> = group.iter().chain(rest.iter().copied()).collect();
            fits(rest, text) || fits(&with, text)
        }
    }
}
