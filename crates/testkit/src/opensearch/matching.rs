//! Which documents a query finds, and how well each answers it.

use super::documents::{Document, Index};
use super::{Refusal, only, single};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::HashMap;

/// A query over an index as of its last refresh.
pub struct Matcher<'a> {
    pub index: &'a Index,
    /// Documents that have a token, by field and token.
    having: RefCell<HashMap<(String, String), f64>>,
    lengths: RefCell<HashMap<String, f64>>,
}

/// The score of a match.
type Verdict = Result<Option<f64>, Refusal>;

const MILLIS_PER_DAY: f64 = 86_400_000.0;

impl<'a> Matcher<'a> {
    pub fn new(index: &'a Index) -> Self {
        Self {
            index,
            having: RefCell::default(),
            lengths: RefCell::default(),
        }
    }

    pub fn field(&self, name: &str) -> Result<&'a Value, Refusal> {
        let field = self.index.fields.get(name);
        field.ok_or_else(|| Refusal::unknown(format!("there is no field [{name}]")))
    }

    pub fn matches(&self, query: &Value, document: &Document) -> Result<bool, Refusal> {
        Ok(self.score(query, document)?.is_some())
    }

    pub fn score(&self, query: &Value, document: &Document) -> Verdict {
        let (kind, body) = single(query, "query")?;
        match kind {
            "match_all" => only(body, &[], kind).map(|()| Some(1.0)),
            "bool" => self.bool(body, document),
            "term" => self.term(body, document),
            "terms" => self.terms(body, document),
            "range" => self.range(body, document),
            "prefix" => self.tokens(body, document, &["value", "boost"], |token, about| {
                token.starts_with(about["value"].as_str().unwrap_or_default())
            }),
            "fuzzy" => {
                let known = [
                    "value",
                    "fuzziness",
                    "max_expansions",
                    "prefix_length",
                    "transpositions",
                    "boost",
                ];
                self.tokens(body, document, &known, |token, about| {
                    let edits = about["fuzziness"].as_u64().unwrap_or_default() as usize;
                    distance(token, about["value"].as_str().unwrap_or_default()) <= edits
                })
            }
            "match_phrase" => self.phrase(body, document),
            "dis_max" => self.dis_max(body, document),
            "constant_score" => {
                only(body, &["filter"], kind)?;
                Ok(self.matches(&body["filter"], document)?.then_some(1.0))
            }
            "function_score" => self.function_score(body, document),
            other => Err(Refusal::unknown(format!("unknown query [{other}]"))),
        }
    }

    fn bool(&self, body: &Value, document: &Document) -> Verdict {
        only(
            body,
            &["must", "should", "filter", "must_not", "minimum_should_match"],
            "bool",
        )?;
        let list = |key: &str| body[key].as_array().map(Vec::as_slice).unwrap_or_default();
        for (key, value) in body.as_object().into_iter().flatten() {
            if key != "minimum_should_match" && !value.is_array() {
                return Err(Refusal::unknown(format!(
                    "[bool] this server takes lists, not [{key}] alone"
                )));
            }
        }
        let mut sum = 0.0;
        for query in list("must") {
            match self.score(query, document)? {
                Some(score) => sum += score,
                None => return Ok(None),
            }
        }
        for query in list("filter") {
            if !self.matches(query, document)? {
                return Ok(None);
            }
        }
        for query in list("must_not") {
            if self.matches(query, document)? {
                return Ok(None);
            }
        }
        let mut met = 0;
        for query in list("should") {
            if let Some(score) = self.score(query, document)? {
                sum += score;
                met += 1;
            }
        }
        let alone = list("must").is_empty() && list("filter").is_empty() && !list("should").is_empty();
        let wanted = body["minimum_should_match"].as_u64().unwrap_or(u64::from(alone));
        Ok((met >= wanted).then_some(sum))
    }

    fn term(&self, body: &Value, document: &Document) -> Verdict {
        let (name, about) = single(body, "term")?;
        let (value, boost) = match about {
            Value::Object(_) => {
                only(about, &["value", "boost"], "term")?;
                (&about["value"], about["boost"].as_f64().unwrap_or(1.0))
            }
            value => (value, 1.0),
        };
        if self.field(name)?["type"] != "text" {
            let has = document
                .values
                .get(name)
                .is_some_and(|values| values.contains(value));
            return Ok(has.then_some(boost));
        }
        let token = value.as_str().unwrap_or_default();
        Ok(self.bm25(name, token, document).map(|score| score * boost))
    }

    /// Robertson's formula as Lucene has it.
    fn bm25(&self, name: &str, token: &str, document: &Document) -> Option<f64> {
        let tokens = document.values.get(name)?;
        let frequency = tokens.iter().filter(|own| *own == token).count() as f64;
        if frequency == 0.0 {
            return None;
        }
        let all = self.index.visible.len() as f64;
        let key = (name.to_owned(), token.to_owned());
        let having = *self.having.borrow_mut().entry(key).or_insert_with(|| {
            let has = |document: &&std::sync::Arc<Document>| {
                document
                    .values
                    .get(name)
                    .is_some_and(|own| own.iter().any(|own| own == token))
            };
            self.index.visible.iter().filter(has).count() as f64
        });
        let mean = *self
            .lengths
            .borrow_mut()
            .entry(name.to_owned())
            .or_insert_with(|| {
                let lengths = self
                    .index
                    .visible
                    .iter()
                    .filter_map(|document| document.values.get(name));
                (lengths.map(Vec::len).sum::<usize>() as f64 / all.max(1.0)).max(1.0)
            });
        let field = &self.index.fields[name];
        let similarity = &self.index.similarity[field["similarity"].as_str().unwrap_or_default()];
        let k1 = similarity["k1"].as_f64().unwrap_or(1.2);
        let b = if field["norms"] == false {
            0.0
        } else {
            similarity["b"].as_f64().unwrap_or(0.75)
        };
        let idf = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
        let norm = k1 * (1.0 - b + b * tokens.len() as f64 / mean);
        Some(idf * frequency * (k1 + 1.0) / (frequency + norm))
    }

    fn terms(&self, body: &Value, document: &Document) -> Verdict {
        let (name, wanted) = single(body, "terms")?;
        self.field(name)?;
        let wanted = wanted
            .as_array()
            .ok_or_else(|| Refusal::unknown("[terms] query requires a list"))?;
        if wanted.len() > 65_536 {
            return Err(Refusal::new(
                400,
                "illegal_argument_exception",
                "too many terms: [65536] at most",
            ));
        }
        let own = document.values.get(name);
        let has = own.is_some_and(|own| own.iter().any(|value| wanted.contains(value)));
        Ok(has.then_some(1.0))
    }

    fn range(&self, body: &Value, document: &Document) -> Verdict {
        let (name, ends) = single(body, "range")?;
        only(ends, &["gte", "lte"], "range")?;
        self.field(name)?;
        let within = |value: &Value| {
            let number = value.as_f64().unwrap_or(f64::NAN);
            ends["gte"].as_f64().is_none_or(|least| number >= least)
                && ends["lte"].as_f64().is_none_or(|most| number <= most)
        };
        let own = document.values.get(name);
        Ok(own.is_some_and(|own| own.iter().any(within)).then_some(1.0))
    }

    fn tokens(
        &self,
        body: &Value,
        document: &Document,
        known: &[&str],
        fits: impl Fn(&str, &Value) -> bool,
    ) -> Verdict {
        let (name, about) = single(body, "query")?;
        only(about, known, "query")?;
        self.field(name)?;
        let own = document.values.get(name).map(Vec::as_slice).unwrap_or_default();
        let has = own
            .iter()
            .filter_map(Value::as_str)
            .any(|token| fits(token, about));
        Ok(has.then(|| about["boost"].as_f64().unwrap_or(1.0)))
    }

    fn phrase(&self, body: &Value, document: &Document) -> Verdict {
        let (name, about) = single(body, "match_phrase")?;
        only(about, &["query", "boost"], "match_phrase")?;
        if self.field(name)?["type"] != "text" {
            return Err(Refusal::unknown("a phrase is of text"));
        }
        let words: Vec<&str> = about["query"]
            .as_str()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let own = document.values.get(name).map(Vec::as_slice).unwrap_or_default();
        let stands = own
            .windows(words.len().max(1))
            .any(|window| window.iter().zip(&words).all(|(a, b)| a == b));
        if !stands {
            return Ok(None);
        }
        let each = words.iter().filter_map(|word| self.bm25(name, word, document));
        Ok(Some(each.sum::<f64>() * about["boost"].as_f64().unwrap_or(1.0)))
    }

    fn dis_max(&self, body: &Value, document: &Document) -> Verdict {
        only(body, &["queries", "tie_breaker"], "dis_max")?;
        let mut scores = Vec::new();
        for query in body["queries"].as_array().into_iter().flatten() {
            scores.extend(self.score(query, document)?);
        }
        let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let tie = body["tie_breaker"].as_f64().unwrap_or(0.0);
        let others = scores.iter().sum::<f64>() - best;
        Ok((!scores.is_empty()).then_some(best + tie * others))
    }

    fn function_score(&self, body: &Value, document: &Document) -> Verdict {
        only(
            body,
            &["query", "functions", "score_mode", "boost_mode"],
            "function_score",
        )?;
        let Some(score) = self.score(&body["query"], document)? else {
            return Ok(None);
        };
        if body["boost_mode"] != "multiply" {
            return Err(Refusal::unknown("boost_mode is multiply here"));
        }
        let mut factors = Vec::new();
        for function in body["functions"].as_array().into_iter().flatten() {
            only(
                function,
                &["filter", "weight", "field_value_factor", "exp"],
                "function",
            )?;
            if let Some(filter) = function.get("filter")
                && !self.matches(filter, document)?
            {
                continue;
            }
            let mut factor = function["weight"].as_f64().unwrap_or(1.0);
            if let Some(about) = function.get("field_value_factor") {
                only(about, &["field", "missing"], "field_value_factor")?;
                let own = self.number(about["field"].as_str().unwrap_or_default(), document)?;
                factor *= own.or(about["missing"].as_f64()).unwrap_or(1.0);
            }
            if let Some(about) = function.get("exp") {
                factor *= self.decay(about, document)?;
            }
            factors.push(factor);
        }
        let together = match body["score_mode"].as_str() {
            _ if factors.is_empty() => 1.0,
            Some("multiply") => factors.iter().product(),
            Some("sum") => factors.iter().sum(),
            other => return Err(Refusal::unknown(format!("score_mode {other:?}"))),
        };
        Ok(Some(score * together))
    }

    pub fn number(&self, name: &str, document: &Document) -> Result<Option<f64>, Refusal> {
        self.field(name)?;
        Ok(document.values.get(name).and_then(|own| own.first()?.as_f64()))
    }

    fn decay(&self, body: &Value, document: &Document) -> Result<f64, Refusal> {
        let (name, about) = single(body, "exp")?;
        only(about, &["origin", "scale", "decay"], "exp")?;
        let scale = about["scale"].as_str().and_then(|scale| scale.strip_suffix('d'));
        let days = scale.and_then(|days| days.parse::<f64>().ok());
        let days = days.ok_or_else(|| Refusal::unknown("a scale of days, such as 30d"))?;
        let (Some(own), Some(origin)) = (self.number(name, document)?, about["origin"].as_f64()) else {
            return Ok(1.0);
        };
        let decay = about["decay"].as_f64().unwrap_or(0.5);
        Ok(decay.powf((own - origin).abs() / (days * MILLIS_PER_DAY)))
    }

    /// What was perhaps meant by the words that nothing has.
    pub fn suggest(&self, body: &Value) -> Result<Value, Refusal> {
        only(body, &["text", "term"], "suggest")?;
        let about = &body["term"];
        let known = [
            "field",
            "size",
            "suggest_mode",
            "prefix_length",
            "min_word_length",
            "max_edits",
            "sort",
        ];
        only(about, &known, "term suggester")?;
        let name = about["field"].as_str().unwrap_or_default();
        self.field(name)?;
        let mut frequency: HashMap<&str, usize> = HashMap::new();
        for document in &self.index.visible {
            let mut own: Vec<&str> = document
                .values
                .get(name)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            own.sort_unstable();
            own.dedup();
            own.iter()
                .for_each(|token| *frequency.entry(token).or_default() += 1);
        }
        let edits = about["max_edits"].as_u64().unwrap_or(2) as usize;
        let least = about["min_word_length"].as_u64().unwrap_or(4) as usize;
        let each = body["text"]
            .as_str()
            .unwrap_or_default()
            .split_whitespace()
            .map(|token| {
                let mut near: Vec<(usize, std::cmp::Reverse<usize>, &str)> = Vec::new();
                if token.chars().count() >= least && !frequency.contains_key(token) {
                    for (word, often) in &frequency {
                        let away = distance(token, word);
                        if away <= edits {
                            near.push((away, std::cmp::Reverse(*often), word));
                        }
                    }
                }
                near.sort_unstable();
                near.truncate(about["size"].as_u64().unwrap_or(5) as usize);
                let options = near.iter().map(|(away, often, word)| {
                    let score = 1.0 - *away as f64 / token.chars().count() as f64;
                    json!({"text": word, "score": score, "freq": often.0})
                });
                let options: Vec<Value> = options.collect();
                json!({"text": token, "offset": 0, "length": token.len(), "options": options})
            });
        Ok(Value::Array(each.collect()))
    }
}

/// Edits, swapped neighbours counting as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
