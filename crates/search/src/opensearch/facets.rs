//! Exact counts beside the results.
//!
//! A facet counts what passes every *other* facet's filter. The keys of attributes are counted first, then the values of
//! those that matter, then, where values are quantities, the parts of their range: each is one question to one shard, whose
//! counts are exact.

use super::query::{self, Within, literal};
use super::{Cluster, Trouble};
use crate::engine::document::{SEPARATOR, term};
use crate::engine::filter::{Filter, folds_without};
use crate::engine::quantity::Quantity;
use crate::engine::ranges::Spread;
use crate::engine::shown::{self, Chosen, Named, STARS, WorthShowing};
use contracts::search::{Facet, SearchQuery};
use futures::future::try_join_all;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// Categories, shops and places that are counted.
const TERMS_MAX: usize = 10_000;
/// Keys that are looked at to find the ones worth showing.
const KEYS_SEEN_MAX: usize = 24;
/// Values of a key that are counted.
const VALUES_MAX: usize = 10_000;
/// Keys whose values one question counts: OpenSearch refuses an answer with more than 65,535 buckets in all.
const KEYS_AT_ONCE: usize = 6;

/// What is counted for.
pub struct Counting<'a> {
    pub query: &'a SearchQuery,
    pub filters: &'a [Filter],
    pub within: &'a Within,
}

impl Counting<'_> {
    /// `aggs` over what passes all filters save those of a facet.
    fn beside(&self, facet: &str, aggs: &Value) -> Value {
        let is_other = |filter: &Filter| !filter.is_chosen_in(facet);
        let others = query::filters(self.query, self.filters, self.within, is_other);
        json!({"filter": {"bool": {"filter": others}}, "aggs": aggs})
    }

    /// What passes all filters, and what would without each of them.
    #[must_use]
    pub fn totals(&self) -> Map<String, Value> {
        let all = query::filters(self.query, self.filters, self.within, |_| true);
        let mut aggs = Map::new();
        aggs.insert("passing".to_owned(), json!({"filter": {"bool": {"filter": all}}}));
        for (n, own) in self.filters.iter().enumerate() {
            let mut others = query::filters(self.query, self.filters, self.within, |one| one != own);
            if folds_without(self.filters, own) {
                others.push(query::filter(&Filter::Wins, self.within));
            }
            aggs.insert(
                format!("without_{n}"),
                json!({"filter": {"bool": {"filter": others}}}),
            );
        }
        aggs
    }

    /// All facets but the values of attributes.
    #[must_use]
    pub fn fixed(&self) -> Map<String, Value> {
        let terms = |field: &str| json!({"v": {"terms": {"field": field, "size": TERMS_MAX}}});
        let stars = STARS.iter().map(|stars| {
            let at_least = json!({"range": {"rating": {"gte": u32::from(*stars) * 100}}});
            (stars.to_string(), at_least)
        });
        let stars: Map<String, Value> = stars.collect();
        let ends = json!({"min": {"min": {"field": "amount"}}, "max": {"max": {"field": "amount"}}});
        let priced = match self.query.currency {
            Some(currency) => json!({"term": {"currency": currency.code()}}),
            None => json!({"match_all": {}}),
        };
        let keys = json!({"v": {"terms": {"field": "attr_key", "size": KEYS_SEEN_MAX}}});
        let aggs = [
            ("category", terms("category")),
            ("seller", terms("seller")),
            ("region", terms("region")),
            ("price", json!({"v": {"filter": priced, "aggs": ends}})),
            ("rating", json!({"v": {"filters": {"filters": stars}}})),
            (
                "availability",
                json!({"v": {"filter": {"term": {"in_stock": true}}}}),
            ),
            ("keys", keys),
        ];
        let named = aggs.into_iter();
        named
            .map(|(facet, aggs)| (facet.to_owned(), self.beside(facet, &aggs)))
            .collect()
    }

    /// The facets of an answer to [`Self::fixed`], and those of attributes, for which `cluster` is asked once or twice more.
    pub async fn facets(
        &self,
        cluster: &Cluster,
        universe: &Value,
        counted: &Value,
        total: u64,
    ) -> Result<Vec<Facet>, Trouble> {
        let mut facets = Vec::new();
        facets.extend(shown::category(values(&counted["category"]["v"]), self.filters));
        facets.extend(shown::seller(values(&counted["seller"]["v"]), self.filters));
        facets.extend(shown::region(values(&counted["region"]["v"]), self.filters));
        let price = &counted["price"]["v"];
        let end = |name: &str| price[name]["value"].as_f64().map(|end| end as i64);
        facets.extend(end("min").zip(end("max")).map(shown::price));
        let rated = STARS.map(|stars| {
            let bucket = &counted["rating"]["v"]["buckets"][stars.to_string().as_str()];
            bucket["doc_count"].as_u64().unwrap_or_default()
        });
        facets.extend(shown::rating(rated, self.filters));
        let in_stock = counted["availability"]["v"]["doc_count"]
            .as_u64()
            .unwrap_or_default();
        facets.push(shown::availability(in_stock, self.filters));
        let attributes = self
            .attributes(cluster, universe, &counted["keys"]["v"], total)
            .await?;
        facets.extend(attributes);
        Ok(facets)
    }

    async fn attributes(
        &self,
        cluster: &Cluster,
        universe: &Value,
        counted: &Value,
        total: u64,
    ) -> Result<Vec<Facet>, Trouble> {
        let filtered: HashMap<&str, Chosen<'_>> = self
            .filters
            .iter()
            .filter_map(|filter| match filter {
                Filter::Attribute { key, values, range } => {
                    let values = values.iter().cloned().collect();
                    let range = range.as_ref();
                    Some((key.as_str(), Chosen { values, range }))
                }
                _ => None,
            })
            .collect();
        let mut keys: Vec<String> = filtered.keys().map(|key| (*key).to_owned()).collect();
        let common = buckets(counted).map(|(key, _)| key.to_owned());
        keys.extend(common.filter(|key| !filtered.contains_key(key.as_str())));
        let lists = self.lists(cluster, universe, &keys).await?;
        let mut spreads: BTreeMap<&str, Spread> = BTreeMap::new();
        for (key, list) in &lists {
            let quantities: Vec<_> = list
                .iter()
                .filter_map(|(count, value)| Some((*count, Quantity::read(value)?)))
                .collect();
            let sum = list.iter().map(|(count, _)| *count).sum();
            let range = filtered.get(key.as_str()).and_then(|chosen| chosen.range);
            spreads.extend(Spread::of(&quantities, sum, range).map(|spread| (key.as_str(), spread)));
        }
        self.count_parts(cluster, universe, &lists, &mut spreads).await?;
        let mut showing = WorthShowing::beside(filtered.len());
        for (key, list) in &lists {
            let chosen = filtered.get(key.as_str());
            let tells_nothing = list.len() == 1 && list[0].0 >= total;
            if list.is_empty() || (chosen.is_none() && tells_nothing) {
                continue;
            }
            let list = list
                .iter()
                .map(|(count, value)| (*count, value.as_str()))
                .collect();
            showing.offer(shown::Counted {
                key,
                values: list,
                chosen,
                spread: spreads.remove(key.as_str()),
            });
        }
        Ok(showing.into_facets(|value| value))
    }

    /// By key, its values with their counts.
    async fn lists(
        &self,
        cluster: &Cluster,
        universe: &Value,
        keys: &[String],
    ) -> Result<Vec<(String, Vec<(u64, String)>)>, Trouble> {
        let parts = keys.chunks(KEYS_AT_ONCE).map(async |keys| {
            let aggs: Map<String, Value> = (0..)
                .zip(keys)
                .map(|(n, key): (usize, _)| {
                    let aggs = json!({"v": values_of(key)});
                    (n.to_string(), self.beside(&format!("attr.{key}"), &aggs))
                })
                .collect();
            let found = cluster.aggregate(universe, &aggs).await?;
            let list = |(n, key): (usize, &String)| {
                let counted = &found[n.to_string().as_str()]["v"];
                let pairs =
                    buckets(counted).filter_map(|(pair, count)| Some((count, pair.split_once(SEPARATOR)?.1)));
                let list = pairs.map(|(count, value)| (count, value.to_owned())).collect();
                (key.clone(), list)
            };
            Ok::<Vec<_>, Trouble>(keys.iter().enumerate().map(list).collect())
        });
        Ok(try_join_all(parts).await?.concat())
    }

    /// Counts each product once in each part that it has a quantity of.
    async fn count_parts(
        &self,
        cluster: &Cluster,
        universe: &Value,
        lists: &[(String, Vec<(u64, String)>)],
        spreads: &mut BTreeMap<&str, Spread>,
    ) -> Result<(), Trouble> {
        let mut aggs = Map::new();
        for (key, list) in lists {
            let Some(spread) = spreads
                .get(key.as_str())
                .filter(|spread| !spread.parts.is_empty())
            else {
                continue;
            };
            let mut parts: Vec<Vec<String>> = vec![Vec::new(); spread.parts.len()];
            for (_, value) in list {
                let part = Quantity::read(value).and_then(|quantity| spread.part_of(&quantity));
                if let Some(part) = part {
                    parts[part].push(term(key, value));
                }
            }
            let filters: Map<String, Value> = (0..)
                .zip(parts)
                .map(|(n, pairs): (usize, _)| (n.to_string(), json!({"terms": {"pair": pairs}})))
                .collect();
            let part = json!({"v": {"filters": {"filters": filters}}});
            aggs.insert(key.clone(), self.beside(&format!("attr.{key}"), &part));
        }
        if aggs.is_empty() {
            return Ok(());
        }
        // What a key is called need not be what an aggregation may be called.
        let keys: Vec<String> = aggs.keys().cloned().collect();
        let numbered = (0..)
            .zip(aggs)
            .map(|(n, (_, agg)): (usize, _)| (n.to_string(), agg));
        let found = cluster.aggregate(universe, &numbered.collect()).await?;
        for (n, key) in keys.iter().enumerate() {
            let Some(spread) = spreads.get_mut(key.as_str()) else {
                continue;
            };
            let buckets = &found[n.to_string().as_str()]["v"]["buckets"];
            for (part, counted) in spread.parts.iter_mut().enumerate() {
                let bucket = &buckets[part.to_string().as_str()];
                counted.count = bucket["doc_count"].as_u64().unwrap_or_default();
            }
        }
        Ok(())
    }
}

impl Cluster {
    /// Counts over what a query finds.
    pub(super) async fn aggregate(&self, query: &Value, aggs: &Map<String, Value>) -> Result<Value, Trouble> {
        let asked = json!({"size": 0, "track_total_hits": false, "query": query, "aggs": aggs});
        Ok(self.search_index(&asked).await?["aggregations"].take())
    }

    /// The values of attributes of which quantities are wanted, as far as they lie within.
    pub(super) async fn within(&self, filters: &[Filter]) -> Result<Within, Trouble> {
        let ranges: Vec<_> = filters
            .iter()
            .filter_map(|filter| match filter {
                Filter::Attribute {
                    key,
                    range: Some(range),
                    ..
                } => Some((key, range)),
                _ => None,
            })
            .collect();
        if ranges.is_empty() {
            return Ok(Within::new());
        }
        let parts = ranges.chunks(KEYS_AT_ONCE).map(async |ranges| {
            let aggs: Map<String, Value> = (0..)
                .zip(ranges)
                .map(|(n, (key, _)): (usize, _)| (n.to_string(), values_of(key)))
                .collect();
            let found = self.aggregate(&json!({"match_all": {}}), &aggs).await?;
            let within = ranges.iter().enumerate().map(|(n, (key, range))| {
                let counted = &found[n.to_string().as_str()];
                let values = buckets(counted).filter_map(|(pair, _)| pair.split_once(SEPARATOR));
                let fits = values.filter(|(_, value)| Quantity::read(value).is_some_and(|q| range.has(&q)));
                ((*key).clone(), fits.map(|(_, value)| value.to_owned()).collect())
            });
            Ok::<Vec<_>, Trouble>(within.collect())
        });
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }
}

fn values_of(key: &str) -> Value {
    let include = format!("{}{SEPARATOR}.*", literal(key));
    json!({"terms": {"field": "pair", "include": include, "size": VALUES_MAX}})
}

pub(super) fn buckets(counted: &Value) -> impl Iterator<Item = (&str, u64)> {
    let buckets = counted["buckets"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    buckets
        .iter()
        .filter_map(|bucket| Some((bucket["key"].as_str()?, bucket["doc_count"].as_u64()?)))
}

/// A value that was renamed has two labels for a while; the commoner one is shown.
fn values(counted: &Value) -> Vec<Named<'_>> {
    let mut values: HashMap<&str, (u64, u64, &str)> = HashMap::new();
    for (pair, count) in buckets(counted) {
        let (value, label) = pair.split_once(SEPARATOR).unwrap_or((pair, pair));
        let known = values.entry(value).or_default();
        known.0 += count;
        if count > known.1 {
            (known.1, known.2) = (count, label);
        }
    }
    let named = values.into_iter();
    named
        .map(|(value, (count, _, label))| Named { value, label, count })
        .collect()
}
