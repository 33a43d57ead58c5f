//! What someone may be about to type.

use super::answer::{READ, has};
use super::facets::buckets;
use super::index::NAMED;
use super::query::{literal, target};
use super::{Cluster, Trouble};
use crate::engine::analysis::{analyzer, folder, is_stop_word, terms};
use crate::engine::document::SEPARATOR;
use crate::error::Error;
use crate::port::Ask;
use contracts::search::{SearchHit, Suggestion, Suggestions};
use serde_json::{Value, json};

/// Endings and names that are looked at.
const TRIED_MAX: usize = 64;

impl Cluster {
    pub(super) async fn suggestions(&self, ask: Ask, limit: usize) -> Result<Suggestions, Error> {
        let rules = &ask.tuning.rules;
        let text = ask.query.q;
        let typed = terms(&mut folder(), &text);
        let Some((last, whole)) = typed.split_last() else {
            return Ok(Suggestions::default());
        };
        let mut analyzer = analyzer();
        let before: Vec<Value> = whole
            .iter()
            .flat_map(|word| terms(&mut analyzer, word))
            .map(|stem| json!({"term": {"all": {"value": stem}}}))
            .collect();
        let stem = terms(&mut analyzer, last).pop().unwrap_or_else(|| last.clone());
        let begun = json!({"bool": {
            "should": [
                {"term": {"title": {"value": stem, "boost": 3.0}}},
                {"term": {"label": {"value": stem, "boost": 1.5}}},
                {"term": {"text": {"value": stem}}},
                {"prefix": {"words": {"value": last}}},
            ],
            "minimum_should_match": 1,
        }});
        let must: Vec<Value> = before.iter().cloned().chain([begun]).collect();
        // An item is suggested once.
        let of_items = [
            json!({"term": {"kind": "product"}}),
            json!({"term": {"wins": true}}),
        ];
        let is_open = text.ends_with(char::is_alphanumeric);
        let ended = json!({
            "filter": {"bool": {"filter": before}},
            "aggs": {"v": {"terms": {
                "field": "word", "size": TRIED_MAX, "include": format!("{}.*", literal(last)),
            }}},
        });
        let named = |field: &str| {
            let include = format!("(.* )?{}.*{NAMED}.*", literal(last));
            json!({"terms": {"field": field, "size": TRIED_MAX, "include": include}})
        };
        let all = json!({"global": {}, "aggs": {
            "ended": ended, "categories": named("category_named"), "sellers": named("seller_named"),
        }});
        let hidden = rules.hiding(&text, &[], ask.now).hidden;
        let hidden: Vec<Value> = hidden.iter().map(|(one, _)| target(one)).collect();
        let search = json!({
            // Some may be hidden from what the words become, which is only known then.
            "size": limit * 2, "_source": READ, "track_total_hits": false,
            "query": {"bool": {"must": must, "filter": of_items, "must_not": hidden}},
            "aggs": {"all": all},
        });
        let found = self.search_index(&search).await?;
        let hits = found["hits"]["hits"].as_array().cloned().unwrap_or_default();
        let counted = &found["aggregations"]["all"];
        let start = text
            .trim_end_matches(char::is_alphanumeric)
            .trim_start()
            .to_lowercase();
        let endings = buckets(&counted["ended"]["v"]).map(|(word, _)| word);
        let endings = endings.filter(|word| is_open && !is_stop_word(word)).take(limit);
        let queries: Vec<String> = endings.map(|word| format!("{start}{word}")).collect();
        let made = rules.hiding(&text, &queries, ask.now);
        let is_shown = |hit: &&Value| !made.hidden.iter().any(|(target, _)| has(hit, target));
        let cards = hits.iter().filter(is_shown).take(limit).map(|hit| {
            serde_json::from_value::<SearchHit>(hit["_source"]["card"].clone())
                .map_err(|error| Trouble::Odd(format!("a card: {error}")))
        });
        Ok(Suggestions {
            queries,
            products: cards.collect::<Result<_, _>>()?,
            categories: names(&counted["categories"], whole, limit, |path| {
                made.hides_category(path)
            }),
            sellers: names(&counted["sellers"], whole, limit, |slug| made.hides_seller(slug)),
        })
    }
}

/// Labels that have the other words as well, the shortest first.
fn names(
    counted: &Value,
    whole: &[String],
    limit: usize,
    is_hidden: impl Fn(&str) -> bool,
) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = buckets(counted)
        .filter_map(|(named, _)| {
            let (words, pair) = named.split_once(NAMED)?;
            let (value, label) = pair.split_once(SEPARATOR)?;
            let has_word = |word: &String| words.split(' ').any(|own| own == word);
            (whole.iter().all(has_word) && !is_hidden(value)).then(|| Suggestion {
                value: value.to_owned(),
                label: label.to_owned(),
            })
        })
        .collect();
    found.sort_by(|a, b| (a.label.len(), &a.label, &a.value).cmp(&(b.label.len(), &b.label, &b.value)));
    found.dedup_by(|a, b| a.value == b.value);
    found.truncate(limit);
    found
}
