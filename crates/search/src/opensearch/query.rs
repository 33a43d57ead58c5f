//! A search as OpenSearch is asked it: words, filters, what operators say, and the order.

use crate::engine::analysis::{FOREIGN, analyzer, folder, foreign_stems, is_stop_word, terms};
use crate::engine::compounds::Read;
use crate::engine::document::term;
use crate::engine::filter::Filter;
use crate::engine::personal::{Likeness, likenesses};
use crate::engine::rules::Merchandising;
use crate::engine::{Ranking, Synonyms};
use contracts::search::taste::Taste;
use contracts::search::tuning::RuleTarget;
use contracts::search::{SearchQuery, Sort};
use kernel::{Timestamp, geo};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Words of a query that are looked at.
const WORDS_MAX: usize = 24;
/// Characters from which the last word is also taken as the beginning of one.
const PREFIX_CHARS_MIN: usize = 2;
/// What a completed word is worth beside the word itself, as in the embedded engine.
const PREFIX_WEIGHT: f32 = 0.4;
/// Letters from which one slip is looked through, and two.
const ONE_SLIP_FROM: usize = 4;
const TWO_SLIPS_FROM: usize = 8;
/// Words that a mistyped one may stand for.
const EXPANSIONS_MAX: u32 = 16;
/// Letters of two neighbours together from which they may be one word.
const JOINED_LETTERS_MIN: usize = 5;
/// How much of what the weaker fields say is added to what the strongest does.
const TIE: f32 = 0.4;
/// Shares of the words that a match has at least, one after the other until enough is found.
const SHARES: [f32; 5] = [0.75, 0.6, 0.45, 0.3, 0.0];

/// How generously a query is read; the same on all its pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Whether the last word may be a beginning, and unknown words mistyped.
    pub generous: bool,
    /// By word, whether nothing has it as it stands.
    pub unknown: Vec<bool>,
    /// Words that a match has at least; all if absent.
    pub must: Option<usize>,
}

/// The words of a query.
pub struct Words {
    words: Vec<Read>,
    required: Vec<bool>,
    /// The last word as it was typed, where it may go on.
    open: Option<String>,
}

impl Words {
    #[must_use]
    pub fn read(query: &SearchQuery, synonyms: &Synonyms) -> Self {
        let mut written = terms(&mut folder(), &query.q);
        written.truncate(WORDS_MAX);
        let mut analyzer = analyzer();
        let mut stem = |word: &str| {
            terms(&mut analyzer, word)
                .pop()
                .unwrap_or_else(|| word.to_owned())
        };
        let mut words: Vec<Read> = Vec::new();
        for (n, word) in written.iter().enumerate() {
            let mut stems = vec![stem(word)];
            // Two neighbours also stand for the word they make together.
            let pairs = [n.checked_sub(1).map(|before| (before, n)), Some((n, n + 1))];
            for (left, right) in pairs.into_iter().flatten() {
                let Some(right) = written.get(right) else { continue };
                let joined = format!("{}{right}", written[left]);
                if joined.len() >= JOINED_LETTERS_MIN && !joined.bytes().all(|b| b.is_ascii_digit()) {
                    stems.push(stem(&joined));
                }
            }
            stems.extend(foreign_stems(word));
            if words.iter().all(|known| known.stems[0] != stems[0]) {
                words.push(Read::of(word.clone(), stems));
            }
        }
        let open = query
            .q
            .ends_with(char::is_alphanumeric)
            .then(|| written.last().cloned())
            .flatten()
            .filter(|word| word.chars().count() >= PREFIX_CHARS_MIN);
        let mut words = synonyms.apply(words, query.language);
        words.truncate(WORDS_MAX);
        let only_stops = words.iter().all(|word| is_stop_word(&word.written));
        Self {
            required: words
                .iter()
                .map(|word| only_stops || !is_stop_word(&word.written))
                .collect(),
            words,
            open,
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// As they were written, each with the words it stands for.
    pub fn shown(&self) -> impl Iterator<Item = (&str, Vec<String>)> {
        self.words.iter().map(|word| {
            let all = word.stems.iter().chain(&word.synonyms);
            let plain = all.map(|stem| stem.trim_start_matches(FOREIGN).to_owned());
            (word.written.as_str(), plain.collect())
        })
    }

    #[must_use]
    pub fn strict(&self) -> Level {
        Level {
            generous: false,
            unknown: vec![false; self.words.len()],
            must: None,
        }
    }

    /// Ever more generous readings.
    #[must_use]
    pub fn levels(&self, unknown: &[bool]) -> Vec<Level> {
        let all = self.required.iter().filter(|required| **required).count();
        let shares = SHARES.iter().map(|share| (all as f32 * share).ceil() as usize);
        let mut musts: Vec<usize> = [all, all.saturating_sub(1)].into_iter().chain(shares).collect();
        musts.iter_mut().for_each(|must| *must = (*must).max(1));
        musts.sort_unstable_by(|a, b| b.cmp(a));
        musts.dedup();
        let level = |must| Level {
            generous: true,
            unknown: unknown.to_vec(),
            must: Some(must),
        };
        musts.into_iter().map(level).collect()
    }

    /// Whether a level from a cursor fits these words.
    #[must_use]
    pub fn fits(&self, level: &Level) -> bool {
        level.unknown.len() == self.words.len()
    }

    /// One query per word that finds whatever has it as it stands.
    pub fn known(&self) -> impl Iterator<Item = Value> {
        self.words.iter().map(|word| {
            let all: Vec<&String> = word.stems.iter().chain(&word.synonyms).collect();
            json!({"terms": {"all": all}})
        })
    }

    /// Words that are taken for others.
    pub fn unknown<'a>(&'a self, level: &'a Level) -> impl Iterator<Item = &'a str> {
        let words = self.words.iter().zip(&level.unknown).zip(&self.required);
        words
            .filter(|((_, unknown), required)| **unknown && **required)
            .map(|((word, _), _)| word.written.as_str())
    }

    #[must_use]
    pub fn query(&self, level: &Level) -> Value {
        let ranking = Ranking::default();
        let clauses: Vec<Value> = (0..self.words.len())
            .map(|n| self.clause(n, level, &ranking))
            .collect();
        let of = |wanted: bool| -> Vec<Value> {
            let all = clauses.iter().zip(&self.required);
            all.filter(|(_, required)| **required == wanted)
                .map(|(clause, _)| clause.clone())
                .collect()
        };
        let required = of(true);
        let must = level.must.unwrap_or(required.len()).min(required.len());
        let mut also = of(false);
        for pair in self.words.windows(2) {
            let stems = format!("{} {}", pair[0].stems[0], pair[1].stems[0]);
            also.push(json!({"match_phrase": {"title": {"query": stems, "boost": ranking.neighbours}}}));
        }
        json!({"bool": {
            "must": [{"bool": {"should": required, "minimum_should_match": must}}],
            "should": also,
        }})
    }

    fn clause(&self, n: usize, level: &Level, ranking: &Ranking) -> Value {
        let word = &self.words[n];
        let own = word.stems.iter().map(|stem| (stem, 1.0));
        let all = own.chain(word.synonyms.iter().map(|stem| (stem, ranking.synonym)));
        let fields = ["title", "label", "text"]
            .into_iter()
            .zip(ranking.field_weights());
        let mut found: Vec<Value> = Vec::new();
        for (stem, weight) in all {
            for (field, of_field) in fields.clone() {
                let boost = weight * of_field * word.share;
                found.push(json!({"term": {field: {"value": stem, "boost": boost}}}));
            }
        }
        if level.generous {
            if self.open.as_ref().is_some_and(|open| *open == word.written) {
                found.push(json!({"prefix": {"words": {"value": word.written, "boost": PREFIX_WEIGHT}}}));
            }
            if level.unknown.get(n) == Some(&true) {
                found.extend(mistyped(&word.written, ranking.near_weight));
            }
        }
        let head = json!({"term": {"head": {"value": word.stems[0], "boost": ranking.head * word.share}}});
        let as_written = ranking.as_written * word.share;
        let as_written = json!({"term": {"words": {"value": word.written, "boost": as_written}}});
        json!({"bool": {
            "must": [{"dis_max": {"queries": found, "tie_breaker": TIE}}],
            "should": [head, as_written],
        }})
    }
}

/// Words near to it; a number that is nearly right is another number.
fn mistyped(word: &str, boost: f32) -> Option<Value> {
    let letters = word.chars().count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let edits = match letters {
        _ if digits * 2 > letters => return None,
        ..ONE_SLIP_FROM => return None,
        ONE_SLIP_FROM..TWO_SLIPS_FROM => 1,
        _ => 2,
    };
    Some(json!({"fuzzy": {"words": {
        "value": word, "fuzziness": edits, "max_expansions": EXPANSIONS_MAX, "prefix_length": 0,
        "transpositions": true, "boost": boost,
    }}}))
}

/// Values of attributes that lie within the range that is asked for, by key.
pub type Within = BTreeMap<String, Vec<String>>;

#[must_use]
pub fn filter(filter: &Filter, within: &Within) -> Value {
    match filter {
        Filter::Category(path) => json!({"term": {"category_path": path}}),
        Filter::Seller(slugs) => json!({"terms": {"seller_slug": slugs}}),
        Filter::Region(codes) => json!({"terms": {"region_code": codes}}),
        Filter::Price(min, max, _) => json!({"range": {"amount": {"gte": min, "lte": max}}}),
        Filter::Rating(least) => json!({"range": {"rating": {"gte": least}}}),
        Filter::Near(from, km) => {
            let regions = geo::countries().iter().flat_map(|c| geo::subdivisions_of(c.code));
            let near = regions.filter(|to| geo::distance_km(from, to.code).is_some_and(|far| far <= *km));
            json!({"terms": {"region_code": near.map(|to| to.code).collect::<Vec<_>>()}})
        }
        Filter::InStock => json!({"term": {"in_stock": true}}),
        Filter::Wins => json!({"term": {"wins": true}}),
        Filter::Attribute { key, values, .. } => {
            let within = within.get(key).into_iter().flatten();
            let pairs: Vec<String> = values
                .iter()
                .chain(within)
                .map(|value| term(key, value))
                .collect();
            json!({"terms": {"pair": pairs}})
        }
    }
}

/// All filters that are to be kept.
#[must_use]
pub fn filters(
    query: &SearchQuery,
    all: &[Filter],
    within: &Within,
    is_kept: impl Fn(&Filter) -> bool,
) -> Vec<Value> {
    let kept = || all.iter().filter(|one| is_kept(one));
    let mut list: Vec<Value> = kept().map(|one| filter(one, within)).collect();
    let is_priced = kept().any(|one| matches!(one, Filter::Price(..)));
    if let (true, Some(currency)) = (is_priced, query.currency) {
        list.push(json!({"term": {"currency": currency.code()}}));
    }
    list
}

#[must_use]
pub fn target(target: &RuleTarget) -> Value {
    match target {
        RuleTarget::Product { product } => json!({"term": {"product": product.0.to_string()}}),
        RuleTarget::Seller { slug } => json!({"term": {"seller_slug": slug}}),
        RuleTarget::Category { path } => json!({"term": {"category_path": path}}),
        RuleTarget::Attribute { key, value } => json!({"term": {"pair": term(key, value)}}),
    }
}

/// Everything that is found before filters: products that the words find or that are pinned, and nobody hides.
#[must_use]
pub fn universe(words: &Words, level: &Level, made: &Merchandising, pins: &[String]) -> Value {
    let mut must = Vec::new();
    if !words.is_empty() {
        let found = words.query(level);
        must.push(if pins.is_empty() {
            found
        } else {
            json!({"bool": {"should": [found, {"terms": {"product": pins}}], "minimum_should_match": 1}})
        });
    }
    let hidden: Vec<Value> = made.hidden.iter().map(|(one, _)| target(one)).collect();
    json!({"bool": {
        "must": must,
        "filter": [{"term": {"kind": "product"}}],
        "must_not": hidden,
    }})
}

/// The universe with everything that is not of the words in its scores, as far as it decides the order.
#[must_use]
pub fn scored(
    universe: &Value,
    words: &Words,
    made: &Merchandising,
    taste: Option<&Taste>,
    as_of: Timestamp,
) -> Value {
    let ranking = Ranking::default();
    let mut factors: Vec<Value> = made
        .weights
        .iter()
        .map(|weight| json!({"filter": target(&weight.target), "weight": weight.factor}))
        .collect();
    if words.is_empty() {
        // Without words nothing counts but what operators say.
        return json!({"function_score": {
            "query": {"constant_score": {"filter": universe}},
            "functions": factors, "score_mode": "multiply", "boost_mode": "multiply",
        }});
    }
    factors.push(json!({"filter": {"term": {"in_stock": false}}, "weight": ranking.out_of_stock}));
    factors.push(json!({"field_value_factor": {"field": "lift", "missing": 1.0}}));
    let standing = json!({"function_score": {
        "query": universe, "functions": factors, "score_mode": "multiply", "boost_mode": "multiply",
    }});
    let half_days = format!("{}d", ranking.freshness_half_days);
    let fresh = json!({"created": {"origin": as_of.timestamp_millis(), "scale": half_days, "decay": 0.5}});
    let fresh = json!({"function_score": {
        "query": standing,
        "functions": [{"weight": 1.0}, {"exp": fresh, "weight": ranking.freshness_share}],
        "score_mode": "sum", "boost_mode": "multiply",
    }});
    match taste {
        Some(taste) => liked(&fresh, taste, ranking.personal_share),
        None => fresh,
    }
}

/// A query with what whoever asks likes in its scores, as in the embedded engine.
fn liked(query: &Value, taste: &Taste, share: f32) -> Value {
    let likenesses = likenesses(taste).map(|(likeness, worth)| {
        let filter = match likeness {
            Likeness::Of(one) => target(&one),
            Likeness::Priced(band) => json!({"bool": {"filter": [
                {"range": {"amount": {"gte": band.min, "lte": band.max}}},
                {"term": {"currency": band.currency.code()}},
            ]}}),
        };
        json!({"filter": filter, "weight": share * worth})
    });
    let functions: Vec<Value> = std::iter::once(json!({"weight": 1.0}))
        .chain(likenesses)
        .collect();
    json!({"function_score": {
        "query": query, "functions": functions, "score_mode": "sum", "boost_mode": "multiply",
    }})
}

#[must_use]
pub fn order(query: &SearchQuery, words: &Words) -> Value {
    let last = json!({"product": {"order": "desc"}});
    let best = json!({"_score": {"order": "desc"}});
    let newest = json!({"created": {"order": "desc"}});
    let price = |order: &str| {
        let field = match query.currency {
            Some(currency) => format!("price.{}", currency.code()),
            None => "amount".to_owned(),
        };
        json!([{field: {"order": order, "missing": "_last"}}, last])
    };
    match query.sort {
        Sort::Relevance if !words.is_empty() => json!([best, last]),
        // Without words nothing is more relevant than anything else, save to operators: what is new comes first.
        Sort::Relevance => json!([best, newest, last]),
        Sort::Newest => json!([newest, last]),
        Sort::PriceAsc => price("asc"),
        Sort::PriceDesc => price("desc"),
        Sort::Distance => {
            let from = query.near.as_deref().and_then(geo::coordinates);
            let then = if words.is_empty() { newest } else { best };
            match from {
                Some((latitude, longitude)) => {
                    let place = json!({"lat": latitude, "lon": longitude});
                    json!([{"_geo_distance": {"place": place, "order": "asc", "unit": "km"}}, then, last])
                }
                None => json!([then, last]),
            }
        }
    }
}

/// A text as a regular expression that means nothing but it.
#[must_use]
pub fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
