//! What a query's words ask for, worked out once against the index as it is.
//!
//! The plan travels in the cursor: later pages weigh words by the same statistics, so that a product's score does
//! not drift from page to page while others are added.

use super::analysis::{analyzer, folder, is_stop_word, terms};
use super::columns::View;
use super::matching::count_matches;
use super::schema::{Fields, TEXT_FIELDS};
use serde::{Deserialize, Serialize};
use std::time::Instant;
use tantivy::Term;
use tantivy::tokenizer::TokenStream;

/// Words of a query that are looked at.
pub const WORDS_MAX: usize = 24;
/// Terms that one word may stand for.
pub const VARIANTS_MAX: usize = 16;
/// Characters from which the last word is also taken as the beginning of one.
const PREFIX_CHARS_MIN: usize = 2;
/// Matches below which the query is read more generously.
const ENOUGH_MATCHES: u64 = 12;
/// What a completed word is worth beside the word itself.
const PREFIX_WEIGHT: f32 = 0.4;
/// What a word that was meant is worth beside one that was written.
const NEAR_WEIGHT: f32 = 0.8;
/// Terms that a word nobody has is taken for, and terms of a segment's dictionary looked at to find them.
const NEAR_TERMS_MAX: usize = 4;
const NEAR_TERMS_SEEN_MAX: usize = 100_000;
/// Terms of the dictionary that are looked at to complete a word.
const PREFIX_TERMS_SEEN_MAX: usize = 2_000;

/// One word of the query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Terms that satisfy it, the word's own first, with what each is worth.
    pub terms: Vec<(String, f32)>,
    /// How much it tells: the rarer, the more.
    pub idf: f32,
    /// Stop words are scored but need not be found.
    pub required: bool,
}

/// A query's words with the statistics to weigh them by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub words: Vec<Word>,
    /// How many of the required words a match has at least.
    pub must: usize,
    /// Mean length of each text field.
    pub mean_lengths: [f32; TEXT_FIELDS],
    /// Whether a word was taken for others, because nothing has it as it was written.
    #[serde(default)]
    pub corrected: bool,
}

impl Plan {
    /// Whether it restricts anything: a query without words lists all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a plan from a cursor stays within what we would have made.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.words.len() <= WORDS_MAX
            && self.must <= self.words.len()
            && self.mean_lengths.iter().all(|l| l.is_finite() && *l > 0.0)
            && self.words.iter().all(|word| {
                word.idf.is_finite()
                    && !word.terms.is_empty()
                    && word.terms.len() <= VARIANTS_MAX
                    && word.terms.iter().all(|(_, weight)| weight.is_finite())
            })
    }

    /// Reads `text` as strictly as there is something to find: all words, then the last one as a beginning, then
    /// fewer words, down to half of them; below that only where nothing else is found.
    pub fn new(text: &str, view: &View, fields: &Fields, deadline: Instant) -> tantivy::Result<Self> {
        let exact = Self::exact(text, view, fields)?;
        if exact.is_empty() {
            return Ok(exact);
        }
        let count = |plan: &Self| count_matches(view, fields, plan, ENOUGH_MATCHES, deadline);
        if count(&exact)? >= ENOUGH_MATCHES {
            return Ok(exact);
        }
        let mut plan = exact.completed(text, view, fields)?.corrected(view, fields)?;
        let all = plan.must;
        loop {
            let found = count(&plan)?;
            let enough = if plan.must * 2 > all + 1 {
                ENOUGH_MATCHES
            } else {
                1
            };
            if found >= enough || plan.must <= 1 {
                return Ok(plan);
            }
            plan.must -= 1;
        }
    }

    /// All words, the last one as a beginning: for suggestions while someone types.
    pub fn as_typed(text: &str, view: &View, fields: &Fields) -> tantivy::Result<Self> {
        Self::exact(text, view, fields)?.completed(text, view, fields)
    }

    /// Every word as it stands.
    fn exact(text: &str, view: &View, fields: &Fields) -> tantivy::Result<Self> {
        let mut stems = Vec::new();
        let mut analyzer = analyzer();
        let mut stream = analyzer.token_stream(text);
        while stream.advance() && stems.len() < WORDS_MAX {
            let token = stream.token();
            let word = (token.text.clone(), &text[token.offset_from..token.offset_to]);
            if stems.iter().all(|(stem, _)| *stem != word.0) {
                stems.push(word);
            }
        }
        let mut folder = folder();
        let stops: Vec<bool> = stems
            .iter()
            .map(|(_, word)| terms(&mut folder, word).first().is_some_and(|w| is_stop_word(w)))
            .collect();
        let only_stops = stops.iter().all(|&stop| stop);
        let mut words = Vec::with_capacity(stems.len());
        for ((stem, _), stop) in stems.into_iter().zip(stops) {
            let idf = idf(view, fields, std::iter::once(stem.as_str()))?;
            words.push(Word {
                terms: vec![(stem, 1.0)],
                idf,
                required: !stop || only_stops,
            });
        }
        Ok(Self {
            must: words.iter().filter(|w| w.required).count(),
            words,
            mean_lengths: mean_lengths(view, fields)?,
            corrected: false,
        })
    }

    /// With the last word as the beginning of longer ones, unless the text goes on after it.
    fn completed(&self, text: &str, view: &View, fields: &Fields) -> tantivy::Result<Self> {
        let mut plan = self.clone();
        let open = text.ends_with(char::is_alphanumeric);
        let typed = terms(&mut folder(), text).pop();
        let (true, Some(typed), Some(last)) = (open, typed, plan.words.last_mut()) else {
            return Ok(plan);
        };
        if typed.chars().count() < PREFIX_CHARS_MIN {
            return Ok(plan);
        }
        for term in completions(view, fields, &typed)? {
            if last.terms.len() < VARIANTS_MAX && last.terms.iter().all(|(known, _)| *known != term) {
                last.terms.push((term, PREFIX_WEIGHT));
            }
        }
        last.idf = idf(view, fields, last.terms.iter().map(|(term, _)| term.as_str()))?;
        Ok(plan)
    }
}

impl Plan {
    /// With words that nothing has taken for the nearest that something has.
    fn corrected(mut self, view: &View, fields: &Fields) -> tantivy::Result<Self> {
        for word in self.words.iter_mut().filter(|word| word.required) {
            let mut having = 0;
            for (term, _) in &word.terms {
                having += view.searcher.doc_freq(&Term::from_field_text(fields.all, term))?;
            }
            let Some((written, _)) = word.terms.first().filter(|_| having == 0) else {
                continue;
            };
            let near = nearest(view, fields, written)?;
            if near.is_empty() {
                continue;
            }
            word.idf = idf(view, fields, near.iter().map(|(term, _)| term.as_str()))?;
            word.terms = near;
            self.corrected = true;
        }
        Ok(self)
    }
}

/// The terms nearest to one that nothing has, commonest first: one edit away from four letters on, two from eight.
/// The first letter is taken to be right, as it mostly is; it keeps the search to one part of the dictionary. A term that
/// goes on where the word ends is another word, not a slip: completing is for the word that is still being typed.
fn nearest(view: &View, fields: &Fields, written: &str) -> tantivy::Result<Vec<(String, f32)>> {
    let letters: Vec<char> = written.chars().collect();
    let edits_max = match letters.len() {
        0..4 => return Ok(Vec::new()),
        4..8 => 1,
        _ => 2,
    };
    let first: String = letters.iter().take(1).collect();
    let mut found: std::collections::HashMap<String, (usize, u64)> = std::collections::HashMap::new();
    for reader in view.searcher.segment_readers() {
        let inverted = reader.inverted_index(fields.all)?;
        let mut stream = inverted.terms().range().ge(&first).into_stream()?;
        let mut seen = 0;
        while stream.advance() && seen < NEAR_TERMS_SEEN_MAX && stream.key().starts_with(first.as_bytes()) {
            seen += 1;
            let Ok(term) = std::str::from_utf8(stream.key()) else {
                continue;
            };
            if term.starts_with(written) {
                continue;
            }
            if let Some(edits) = edits_between(&letters, term, edits_max) {
                let entry = found.entry(term.to_owned()).or_insert((edits, 0));
                entry.1 += u64::from(stream.value().doc_freq);
            }
        }
    }
    let least = found.values().map(|(edits, _)| *edits).min().unwrap_or(0);
    let mut near: Vec<_> = found
        .into_iter()
        .filter(|(_, (edits, _))| *edits == least)
        .collect();
    near.sort_unstable_by(|a, b| b.1.1.cmp(&a.1.1).then_with(|| a.0.cmp(&b.0)));
    near.truncate(NEAR_TERMS_MAX);
    Ok(near.into_iter().map(|(term, _)| (term, NEAR_WEIGHT)).collect())
}

/// Letters to insert, delete, replace or swap with their neighbour to turn one word into the other, if no more than
/// `max` (optimal string alignment).
fn edits_between(one: &[char], other: &str, max: usize) -> Option<usize> {
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > max {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        if row.iter().all(|edits| *edits > max) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|edits| *edits <= max)
}

/// The most frequent terms that begin with `typed`.
fn completions(view: &View, fields: &Fields, typed: &str) -> tantivy::Result<Vec<String>> {
    let mut found: std::collections::HashMap<String, u64> = std::collections::HashMap::new();
    for reader in view.searcher.segment_readers() {
        let inverted = reader.inverted_index(fields.all)?;
        let mut stream = inverted.terms().range().ge(typed).into_stream()?;
        let mut seen = 0;
        while stream.advance() && seen < PREFIX_TERMS_SEEN_MAX {
            if !stream.key().starts_with(typed.as_bytes()) {
                break;
            }
            seen += 1;
            if let Ok(term) = std::str::from_utf8(stream.key()) {
                *found.entry(term.to_owned()).or_default() += u64::from(stream.value().doc_freq);
            }
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(found
        .into_iter()
        .map(|(term, _)| term)
        .take(VARIANTS_MAX)
        .collect())
}

/// Robertson and Spärck Jones's inverse document frequency, in the variant that is never negative.
fn idf<'a>(view: &View, fields: &Fields, terms: impl Iterator<Item = &'a str>) -> tantivy::Result<f32> {
    let documents = documents(view);
    let mut having = 0;
    for term in terms {
        having += view.searcher.doc_freq(&Term::from_field_text(fields.all, term))?;
    }
    let having = having.min(documents) as f32;
    Ok((1.0 + (documents as f32 - having + 0.5) / (having + 0.5)).ln())
}

/// Deleted ones included, as in the document frequencies.
fn documents(view: &View) -> u64 {
    view.searcher
        .segment_readers()
        .iter()
        .map(|r| u64::from(r.max_doc()))
        .sum()
}

fn mean_lengths(view: &View, fields: &Fields) -> tantivy::Result<[f32; TEXT_FIELDS]> {
    let documents = documents(view).max(1) as f32;
    let mut lengths = [1.0; TEXT_FIELDS];
    for (length, field) in lengths.iter_mut().zip(fields.text_fields()) {
        let mut words = 0;
        for reader in view.searcher.segment_readers() {
            words += reader.inverted_index(field)?.total_num_tokens();
        }
        *length = (words as f32 / documents).max(1.0);
    }
    Ok(lengths)
}

#[cfg(test)]
mod tests {
    use super::edits_between;

    #[test]
    fn edits_are_counted_as_people_mistype() {
        let edits = |one: &str, other: &str| edits_between(&one.chars().collect::<Vec<_>>(), other, 2);
        assert_eq!(edits("bowll", "bowl"), Some(1));
        assert_eq!(
            edits("cermaic", "ceramic"),
            Some(1),
            "two letters that swapped places are one slip"
        );
        assert_eq!(edits("azulejo", "azulejo"), Some(0));
        assert_eq!(edits("lamp", "candle"), None);
    }
}
