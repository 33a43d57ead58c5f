//! Answering searches.

use super::facets::Counting;
use super::query::{self, Level, Within, Words};
use super::{Cluster, Trouble};
use crate::engine::Ranking;
use crate::engine::cursor::{self, BadCursor};
use crate::engine::filter::{Filter, filters_of};
use crate::engine::promoted::{WORTH, places, turn, with_pins};
use crate::engine::rules::{Merchandising, Pin};
use crate::error::Error;
use crate::port::{Ask, Index, SEARCH_TIME_MAX};
use contracts::search::taste::Taste;
use contracts::search::tuning::{Explained, Hidden, ReadWord, RuleTarget, ScoreFactor, SearchPreview};
use contracts::search::{Relaxed, SearchHit, SearchPage, SearchQuery, Sort, Suggestions};
use futures::future::BoxFuture;
use kernel::{Cursor, SearchRuleId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Documents per page when the query does not say.
const PAGE_DEFAULT: usize = 24;
/// Freshness is told by the hour, so that all pages of a search agree on it.
const HOUR_S: i64 = 3_600;
/// Hidden products that a preview tells of.
const HIDDEN_TOLD_MAX: usize = 12;
/// Of what shops pay for, as many are looked at to tell whose turn it is in a list without words.
const OFFERED_READ_MAX: usize = 100;
/// What a page reads of a document.
pub(super) const READ: [&str; 5] = ["card", "product", "seller_slug", "category_path", "pair"];

/// Where the next page goes on.
#[derive(Serialize, Deserialize)]
struct Place {
    /// The sort values of the last product; none where a page was full of pinned ones.
    after: Vec<Value>,
    level: Level,
    as_of: i64,
    #[serde(default)]
    pinned: Vec<String>,
    #[serde(default)]
    taste: Option<Taste>,
}

/// What stands at one place of a page, and why if not by its rank.
struct Placed<'f> {
    pin: Option<Pin>,
    is_promoted: bool,
    hit: &'f Value,
}

/// A search as it is read: the same on all its pages.
struct Asked<'a> {
    query: &'a SearchQuery,
    words: Words,
    filters: Vec<Filter>,
    within: Within,
    made: Merchandising,
    pins: Vec<Pin>,
    /// Of this page's and of earlier pages' pins.
    pinned: Vec<String>,
    taste: Option<Taste>,
    /// What shops pay for, and how many of them the page may have at their places.
    offered: Vec<String>,
    seats: usize,
    after: Option<Place>,
    as_of: Timestamp,
    size: usize,
}

/// What was found, before it is shown.
struct Found {
    level: Level,
    hits: Vec<Value>,
    pinned: Vec<(Pin, Value)>,
    promoted: Vec<Value>,
    total: u64,
    matched: u64,
    meant: Option<String>,
    counted: Value,
}

impl Cluster {
    /// A search of the index in use. One that was swapped away this moment is looked for again.
    pub(super) async fn search_index(&self, asked: &Value) -> Result<Value, Trouble> {
        let path = format!("/{}/_search", self.alias());
        let started = Instant::now();
        let found = match self.post(&path, asked).await {
            Err(trouble) if trouble.is(404) => self.post(&path, asked).await,
            found => found,
        }?;
        metrics::histogram!("search_opensearch_seconds").record(started.elapsed().as_secs_f64());
        if found["timed_out"] == true || found["_shards"]["failed"].as_u64().unwrap_or_default() > 0 {
            // Part of an answer is none.
            return Err(Trouble::Busy(503));
        }
        Ok(found)
    }

    async fn ask_for<'a>(&self, ask: &'a Ask) -> Result<Asked<'a>, Error> {
        let query = &ask.query;
        let filters = filters_of(query);
        let made = ask.tuning.rules.applying(query, ask.now);
        let after = match &query.after {
            Some(cursor) => Some(cursor::read_body::<Place>(query, cursor)?),
            None => None,
        };
        let words = Words::read(query, &ask.tuning.synonyms);
        let size = match query.limit {
            0 => PAGE_DEFAULT,
            limit => usize::from(limit.min(kernel::limits::PAGE_SIZE_MAX)),
        };
        let is_ours = query.sort == Sort::Relevance && after.is_none();
        let pins: Vec<Pin> = made.pins.iter().copied().filter(|_| is_ours).take(size).collect();
        let pinned = match &after {
            Some(place) => place.pinned.clone(),
            None => pins.iter().map(|pin| pin.product.0.to_string()).collect(),
        };
        if after.as_ref().is_some_and(|place| !words.fits(&place.level)) {
            return Err(BadCursor::Unreadable.into());
        }
        let taste = match &after {
            Some(place) => place.taste.clone().filter(Taste::is_sound),
            None => query.taste.clone(),
        };
        let is_put_forward = query.promoted && is_ours && query.sellers.is_empty();
        let promoted = &ask.tuning.promoted;
        let offered: Vec<String> = promoted
            .running(ask.now)
            .filter(|_| is_put_forward)
            .map(|product| product.0.to_string())
            .collect();
        let seats = if offered.is_empty() {
            0
        } else {
            places(size - pins.len())
        };
        let hour = |seconds: i64| Timestamp::from_timestamp(seconds / HOUR_S * HOUR_S, 0).unwrap_or(ask.now);
        Ok(Asked {
            as_of: hour(after.as_ref().map_or(ask.now.timestamp(), |place| place.as_of)),
            within: self.within(&filters).await?,
            query,
            words,
            filters,
            made,
            pins,
            pinned,
            taste,
            seats,
            offered,
            after,
            size,
        })
    }

    /// How generously the words must be read for enough to be found.
    async fn level(&self, asked: &Asked<'_>) -> Result<(Level, u64), Error> {
        let ranking = Ranking::default();
        let enough = ranking.enough as u64;
        let strict = asked.words.strict();
        let count = |query: &Value| json!({"filter": query});
        let mut aggs: Map<String, Value> = Map::new();
        aggs.insert("strict".to_owned(), count(&asked.words.query(&strict)));
        for (n, known) in asked.words.known().enumerate() {
            aggs.insert(format!("known_{n}"), count(&known));
        }
        let products = json!({"term": {"kind": "product"}});
        let found = self.aggregate(&products, &aggs).await?;
        let counted = |name: &str| found[name]["doc_count"].as_u64().unwrap_or_default();
        if counted("strict") >= enough {
            return Ok((strict, counted("strict")));
        }
        let unknown: Vec<bool> = (0..strict.unknown.len())
            .map(|n| counted(&format!("known_{n}")) == 0)
            .collect();
        let levels = asked.words.levels(&unknown);
        let aggs = (0..).zip(&levels);
        let aggs = aggs.map(|(n, level): (usize, _)| (n.to_string(), count(&asked.words.query(level))));
        let found = self.aggregate(&products, &aggs.collect()).await?;
        let counted = |n: usize| {
            found[n.to_string().as_str()]["doc_count"]
                .as_u64()
                .unwrap_or_default()
        };
        // As in the embedded engine: any word at all is enough only where nothing else is found.
        let last = levels.len().saturating_sub(1);
        let chosen = (0..last)
            .find(|&n| counted(n) >= enough)
            .or_else(|| (0..last).rev().find(|&n| counted(n) > 0))
            .unwrap_or(last);
        let level = levels.into_iter().nth(chosen).unwrap_or(strict);
        Ok((level, counted(chosen)))
    }

    async fn find(&self, asked: &Asked<'_>) -> Result<Found, Error> {
        let (level, matched) = match &asked.after {
            Some(place) => (place.level.clone(), 0),
            None if asked.words.is_empty() => (asked.words.strict(), 0),
            None => self.level(asked).await?,
        };
        let counting = asked.counting();
        let mut aggs = counting.totals();
        if asked.query.facets {
            aggs.extend(counting.fixed());
        }
        let universe = asked.universe(&level);
        let filters = query::filters(asked.query, &asked.filters, &asked.within, |_| true);
        let mut search = json!({
            // One more than the page has tells whether there is another.
            "size": asked.size + 1 + asked.seats,
            "_source": READ,
            "track_total_hits": false,
            "track_scores": true,
            "query": query::scored(&universe, &asked.words, &asked.made, asked.taste.as_ref(), asked.as_of),
            "post_filter": {"bool": {
                "filter": filters, "must_not": [{"terms": {"product": asked.pinned}}],
            }},
            "sort": query::order(asked.query, &asked.words),
            "aggs": aggs,
        });
        if let Some(place) = asked.after.as_ref().filter(|place| !place.after.is_empty()) {
            search["search_after"] = json!(place.after);
        }
        let mistyped: Vec<&str> = asked.words.unknown(&level).collect();
        if asked.after.is_none() && !mistyped.is_empty() {
            search["suggest"] = json!({"meant": {
                "text": mistyped.join(" "),
                "term": {"field": "words", "size": 1, "suggest_mode": "missing", "prefix_length": 0,
                         "min_word_length": 4, "max_edits": 2, "sort": "score"},
            }});
        }
        let mut answer = self.search_index(&search).await?;
        let meant = meant(asked.query, &answer["suggest"]["meant"]);
        let counted = answer["aggregations"].take();
        let mut hits = match answer["hits"]["hits"].take() {
            Value::Array(hits) => hits,
            _ => Vec::new(),
        };
        let promoted = self.put_forward(asked, &search["query"], &hits).await?;
        hits.retain(|hit| promoted.iter().all(|shown| shown["_id"] != hit["_id"]));
        hits.truncate(asked.size + 1);
        Ok(Found {
            promoted,
            total: counted["passing"]["doc_count"].as_u64().unwrap_or_default(),
            pinned: self.pinned(asked).await?,
            level,
            hits,
            matched,
            meant,
            counted,
        })
    }

    /// The best of what shops pay for, as far as they are not much worse answers than the best there is.
    async fn put_forward(
        &self,
        asked: &Asked<'_>,
        scored: &Value,
        hits: &[Value],
    ) -> Result<Vec<Value>, Error> {
        if asked.seats == 0 {
            return Ok(Vec::new());
        }
        let mut filters = query::filters(asked.query, &asked.filters, &asked.within, |_| true);
        let as_of = asked.as_of.timestamp();
        let turn_of = |id: &str| id.parse::<uuid::Uuid>().ok().map(|id| turn(id.as_u128(), as_of));
        let mut offered: Vec<&String> = asked.offered.iter().collect();
        if asked.words.is_empty() {
            // Whose turn it is, before any of them is read: of thousands, all come by it.
            offered.sort_by_cached_key(|id| std::cmp::Reverse(turn_of(id)));
            offered.truncate(OFFERED_READ_MAX);
        }
        filters.push(json!({"terms": {"product": offered}}));
        let search = json!({
            "size": if asked.words.is_empty() { OFFERED_READ_MAX } else { asked.seats },
            "_source": READ, "track_total_hits": false, "track_scores": true,
            "query": {"bool": {
                "must": [scored], "filter": filters, "must_not": [{"terms": {"product": asked.pinned}}],
            }},
            "sort": query::order(asked.query, &asked.words),
        });
        let mut found = self.search_index(&search).await?;
        let Value::Array(mut found) = found["hits"]["hits"].take() else {
            return Ok(Vec::new());
        };
        if asked.words.is_empty() {
            found.sort_by_cached_key(|hit| std::cmp::Reverse(hit["_id"].as_str().and_then(turn_of)));
        } else if let Some(best) = hits.first().and_then(|hit| hit["_score"].as_f64()) {
            found.retain(|hit| {
                hit["_score"]
                    .as_f64()
                    .is_some_and(|score| score >= best * f64::from(WORTH))
            });
        }
        found.truncate(asked.seats);
        Ok(found)
    }

    /// Those of the pins that pass the filters.
    async fn pinned(&self, asked: &Asked<'_>) -> Result<Vec<(Pin, Value)>, Error> {
        if asked.pins.is_empty() {
            return Ok(Vec::new());
        }
        let mut filters = query::filters(asked.query, &asked.filters, &asked.within, |_| true);
        filters.push(json!({"terms": {"product": asked.pinned}}));
        let hidden: Vec<Value> = asked
            .made
            .hidden
            .iter()
            .map(|(one, _)| query::target(one))
            .collect();
        let search = json!({
            "size": asked.pins.len(), "_source": READ, "track_total_hits": false,
            "query": {"bool": {"filter": filters, "must_not": hidden}},
        });
        let mut found = self.search_index(&search).await?;
        let Value::Array(hits) = found["hits"]["hits"].take() else {
            return Ok(Vec::new());
        };
        let of = |pin: &Pin| {
            let id = pin.product.0.to_string();
            let hit = hits.iter().find(|hit| hit["_id"] == id.as_str())?;
            Some((*pin, hit.clone()))
        };
        Ok(asked.pins.iter().filter_map(of).collect())
    }

    async fn page(&self, ask: Ask) -> Result<SearchPage, Error> {
        let asked = self.ask_for(&ask).await?;
        let found = self.find(&asked).await?;
        let facets = if asked.query.facets {
            let universe = asked.universe(&found.level);
            let counting = asked.counting();
            counting
                .facets(self, &universe, &found.counted, found.total)
                .await?
        } else {
            Vec::new()
        };
        let is_doubtful = found.matched < Ranking::default().enough as u64;
        let next = asked
            .next(&found)
            .map_err(|error| Trouble::Odd(error.to_string()))?;
        Ok(SearchPage {
            next,
            approximate: asked.words.unknown(&found.level).next().is_some() && found.matched > 0,
            did_you_mean: found.meant.clone().filter(|_| is_doubtful && found.matched > 0),
            relaxed: if found.total == 0 {
                asked.relaxed(&found)
            } else {
                Vec::new()
            },
            hits: asked
                .places(&found)
                .into_iter()
                .map(|placed| asked.card_of(&placed))
                .collect::<Result<_, _>>()?,
            total: found.total,
            facets,
            search: None,
        })
    }

    async fn explained(&self, ask: Ask) -> Result<SearchPreview, Error> {
        let asked = self.ask_for(&ask).await?;
        let found = self.find(&asked).await?;
        let hits = asked.places(&found).into_iter().map(|placed| {
            let hit = placed.hit;
            let score = hit["_score"].as_f64().unwrap_or_default();
            let rules = asked
                .made
                .weights
                .iter()
                .filter(|weight| has(hit, &weight.target));
            Ok(Explained {
                hit: asked.card_of(&placed)?,
                pinned_by: placed.pin.map(|pin| pin.rule),
                weighed_by: rules.map(|weight| weight.rule).collect(),
                score,
                // Of what it is made OpenSearch keeps to itself.
                factors: vec![ScoreFactor {
                    name: "opensearch".to_owned(),
                    value: score,
                }],
            })
        });
        let words = asked.words.shown().map(|(written, terms)| ReadWord {
            written: written.to_owned(),
            terms,
        });
        Ok(SearchPreview {
            hits: hits.collect::<Result<_, Trouble>>()?,
            total: found.total,
            rules: asked.made.rules.clone(),
            words: words.collect(),
            hidden: self.hidden(&asked, &found.level).await?,
        })
    }

    /// Some of what rules hide.
    async fn hidden(&self, asked: &Asked<'_>, level: &Level) -> Result<Vec<Hidden>, Error> {
        if asked.made.hidden.is_empty() {
            return Ok(Vec::new());
        }
        let targets: Vec<Value> = asked
            .made
            .hidden
            .iter()
            .map(|(one, _)| query::target(one))
            .collect();
        let found = query::universe(&asked.words, level, &Merchandising::default(), &[]);
        let search = json!({
            "size": HIDDEN_TOLD_MAX, "_source": READ, "track_total_hits": false,
            "query": {"bool": {"filter": [found, {"bool": {"should": targets, "minimum_should_match": 1}}]}},
        });
        let found = self.search_index(&search).await?;
        let hits = found["hits"]["hits"].as_array().cloned().unwrap_or_default();
        let hidden = hits.iter().filter_map(|hit| {
            let (_, rule): &(RuleTarget, SearchRuleId) =
                asked.made.hidden.iter().find(|(target, _)| has(hit, target))?;
            Some(asked.card(hit).map(|hit| Hidden { hit, rule: *rule }))
        });
        Ok(hidden.collect::<Result<_, Trouble>>()?)
    }
}

impl Asked<'_> {
    fn counting(&self) -> Counting<'_> {
        Counting {
            query: self.query,
            filters: &self.filters,
            within: &self.within,
        }
    }

    fn universe(&self, level: &Level) -> Value {
        query::universe(&self.words, level, &self.made, &self.pinned)
    }

    fn card_of(&self, placed: &Placed<'_>) -> Result<SearchHit, Trouble> {
        Ok(SearchHit {
            promoted: placed.is_promoted,
            ..self.card(placed.hit)?
        })
    }

    fn card(&self, hit: &Value) -> Result<SearchHit, Trouble> {
        let mut card: SearchHit = serde_json::from_value(hit["_source"]["card"].clone())
            .map_err(|error| Trouble::Odd(format!("a card: {error}")))?;
        if let (Some(from), Some(region)) = (&self.query.near, &card.region) {
            card.distance_km = kernel::geo::distance_km(from, region);
        }
        Ok(card)
    }

    /// How many of the page are not pinned.
    fn free(&self, found: &Found) -> usize {
        self.size
            .saturating_sub(found.pinned.len() + found.promoted.len())
    }

    fn next(&self, found: &Found) -> serde_json::Result<Option<Cursor>> {
        let free = self.free(found);
        if found.hits.len() <= free {
            return Ok(None);
        }
        let last = free.checked_sub(1).and_then(|last| found.hits.get(last));
        let after = last.and_then(|last| last["sort"].as_array().cloned());
        let promoted = found
            .promoted
            .iter()
            .filter_map(|hit| hit["_id"].as_str().map(str::to_owned));
        let place = Place {
            after: after.unwrap_or_default(),
            level: found.level.clone(),
            as_of: self.as_of.timestamp(),
            pinned: self.pinned.iter().cloned().chain(promoted).collect(),
            taste: self.taste.clone(),
        };
        cursor::write_body(self.query, &place).map(Some)
    }

    /// The page: what has a place of its own there, as far as there are others before it.
    fn places<'f>(&self, found: &'f Found) -> Vec<Placed<'f>> {
        let by_rank = |hit| Placed {
            pin: None,
            is_promoted: false,
            hit,
        };
        let mut places: Vec<Placed<'f>> = found.hits.iter().take(self.free(found)).map(by_rank).collect();
        let pins = found.pinned.iter().map(|(pin, hit)| {
            let placed = Placed {
                pin: Some(*pin),
                ..by_rank(hit)
            };
            (pin.position, placed)
        });
        let promoted = found.promoted.iter().map(|hit| Placed {
            is_promoted: true,
            ..by_rank(hit)
        });
        for (position, placed) in with_pins(pins.collect(), promoted.collect()) {
            let at = usize::from(position).saturating_sub(1).min(places.len());
            places.insert(at, placed);
        }
        places
    }

    fn relaxed(&self, found: &Found) -> Vec<Relaxed> {
        let told = self.filters.iter().enumerate();
        let told = told.filter(|(_, filter)| **filter != Filter::Wins);
        let without = told.map(|(n, filter)| Relaxed {
            facet: filter.facet(),
            count: found.counted[format!("without_{n}").as_str()]["doc_count"]
                .as_u64()
                .unwrap_or_default(),
        });
        let mut relaxed: Vec<Relaxed> = without.filter(|way| way.count > 0).collect();
        relaxed.sort_by_key(|way| std::cmp::Reverse(way.count));
        relaxed
    }
}

/// Whether a rule's target is this product.
/// Whether a rule's target is what was found, or what it is of.
pub(super) fn has(hit: &Value, target: &RuleTarget) -> bool {
    let source = &hit["_source"];
    let holds = |field: &str, wanted: &str| match &source[field] {
        Value::Array(list) => list.iter().any(|value| value == wanted),
        value => value == wanted,
    };
    match target {
        RuleTarget::Product { product } => holds("product", &product.0.to_string()),
        RuleTarget::Seller { slug } => holds("seller_slug", slug),
        RuleTarget::Category { path } => holds("category_path", path),
        RuleTarget::Attribute { key, value } => holds("pair", &crate::engine::document::term(key, value)),
    }
}

/// The query with its unknown words as they were perhaps meant.
fn meant(query: &SearchQuery, suggested: &Value) -> Option<String> {
    let mut text = query.q.to_lowercase();
    let mut any = false;
    for entry in suggested.as_array()? {
        let (Some(word), Some(option)) = (entry["text"].as_str(), entry["options"][0]["text"].as_str())
        else {
            continue;
        };
        let replaced: Vec<&str> = text
            .split(' ')
            .map(|one| if one == word { option } else { one })
            .collect();
        let replaced = replaced.join(" ");
        any |= replaced != text;
        text = replaced;
    }
    any.then_some(text)
}

/// Gives up when it takes too long: whoever searches has gone by then.
fn in_time<'a, T: Send + 'a>(
    work: impl Future<Output = Result<T, Error>> + Send + 'a,
) -> BoxFuture<'a, Result<T, Error>> {
    Box::pin(async move {
        tokio::time::timeout(SEARCH_TIME_MAX, work)
            .await
            .unwrap_or(Err(Error::Busy))
    })
}

impl Index for Cluster {
    fn documents(&self) -> u64 {
        self.0.documents.load(Ordering::Relaxed)
    }

    fn search(&self, ask: Ask) -> BoxFuture<'_, Result<SearchPage, Error>> {
        in_time(self.page(ask))
    }

    fn preview(&self, ask: Ask) -> BoxFuture<'_, Result<SearchPreview, Error>> {
        in_time(self.explained(ask))
    }

    fn suggest(&self, ask: Ask, limit: usize) -> BoxFuture<'_, Result<Suggestions, Error>> {
        in_time(self.suggestions(ask, limit))
    }
}
