//! What a query's words ask for, worked out once against the index as it is.
//!
//! The plan travels in the cursor: later pages weigh words by the same statistics, so that a product's score does
//! not drift from page to page while others are added.

use super::analysis::{folder, is_stop_word, terms};
use super::columns::View;
use super::compounds;
use super::matching::{Matched, count_matches, reach};
use super::ranking::Ranking;
use super::schema::{Fields, TEXT_FIELDS};
use super::spelling::{Near, NearWords, completions, nearest};
use super::synonyms::Synonyms;
use contracts::Language;
use serde::{Deserialize, Serialize};
use std::time::Instant;
use tantivy::Term;

/// Words of a query that are looked at.
pub const WORDS_MAX: usize = 24;
/// Terms that one word may stand for.
pub const VARIANTS_MAX: usize = 16;
/// Characters from which the last word is also taken as the beginning of one.
const PREFIX_CHARS_MIN: usize = 2;
/// What all words of a query weigh together, so that sums fit into 16 bits.
const WEIGHT_SUM: f32 = 32_000.0;
/// Shares of what a query tells that a match has at least, one after the other until enough is found.
const SHARES: [f32; 5] = [0.75, 0.6, 0.45, 0.3, 0.0];
/// What a completed word is worth beside the word itself.
const PREFIX_WEIGHT: f32 = 0.4;

/// One word of the query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Terms that satisfy it, the word's own first, with what each is worth.
    pub terms: Vec<(String, f32)>,
    /// As it was written, without stemming: what has it so is worth a little more.
    #[serde(default)]
    pub written: Vec<(String, f32)>,
    /// How much it tells: the rarer, the more.
    pub idf: f32,
    /// Stop words are scored but need not be found.
    pub required: bool,
    /// How much having it says of a match, in whole numbers that add up exactly.
    #[serde(default)]
    pub weight: u16,
    /// How much of a word it is, where a phrase became more words than it had.
    #[serde(default = "whole")]
    pub share: f32,
}

fn whole() -> f32 {
    1.0
}

/// How a query is read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    pub ranking: &'a Ranking,
    pub synonyms: &'a Synonyms,
    /// Of the words, where it is known.
    pub language: Option<Language>,
}

/// A query's words with the statistics to weigh them by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub words: Vec<Word>,
    /// How much the required words that a match has tell at least, by their [`Word::weight`].
    pub must: u32,
    /// Mean length of each text field.
    pub mean_lengths: [f32; TEXT_FIELDS],
    /// Whether a word was taken for others, because nothing has it as it was written.
    #[serde(default)]
    pub corrected: bool,
    /// The hour, in seconds of Unix time, at which things are as fresh as they are on all pages.
    #[serde(default)]
    pub as_of: i64,
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
            && self.mean_lengths.iter().all(|l| l.is_finite() && *l > 0.0)
            && self.words.iter().all(|word| {
                word.idf.is_finite()
                    && word.share.is_finite()
                    && !word.terms.is_empty()
                    && word.terms.len() <= VARIANTS_MAX
                    && word.written.len() <= 1
                    && word.terms.iter().all(|(_, weight)| weight.is_finite())
            })
    }

    /// Reads `text` as strictly as there is something to find: all words as they stand; then the last one as a beginning,
    /// and misspelt ones as what was meant; then fewer words, and any word only where nothing else is found. What matches is
    /// given where that was found on the way.
    pub fn new(
        text: &str,
        view: &View,
        fields: &Fields,
        reading: Reading<'_>,
        near: &mut NearWords,
        deadline: Instant,
    ) -> tantivy::Result<(Self, Option<Matched>)> {
        let ranking = reading.ranking;
        let exact = Self::exact(text, view, fields, reading)?;
        if exact.is_empty() {
            return Ok((exact, None));
        }
        let enough = ranking.enough as u64;
        let count = |plan: &Self| count_matches(view, fields, plan, enough, deadline);
        if count(&exact)? >= enough {
            return Ok((exact, None));
        }
        let mut plan = exact
            .completed(text, view, fields)?
            .corrected(view, fields, ranking, near)?;
        let all = plan.must;
        // All but the word that tells the least, then less and less. What tells most is asked for longest: a brand
        // nobody else has says more than two words that everything has.
        let least = plan.required().map(|word| word.weight).min().unwrap_or(0);
        let without_least = all.saturating_sub(u32::from(least));
        let shares = SHARES.iter().map(|share| (all as f32 * share) as u32);
        let mut levels: Vec<u32> = [all, without_least].into_iter().chain(shares).collect();
        // Each level asks for no more than the one before, and the last for anything at all.
        levels.sort_unstable_by(|a, b| b.cmp(a));
        levels.iter_mut().for_each(|level| *level = (*level).max(1));
        let (must, matched) = reach(view, fields, &plan, &levels, enough, deadline)?;
        plan.must = must;
        Ok((plan, Some(matched)))
    }

    fn required(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(|word| word.required)
    }

    /// Weighs the words anew, half by how much each tells, half all alike: a brand that few have tells much, and so do
    /// three plain words. All of them are asked for.
    fn weigh(&mut self) {
        let idf: f32 = self.required().map(|word| word.idf).sum();
        let count = self.required().count().max(1) as f32;
        for word in &mut self.words {
            let share = (word.idf / idf.max(f32::MIN_POSITIVE) + 1.0 / count) / 2.0;
            word.weight = if word.required {
                (share * WEIGHT_SUM).max(1.0) as u16
            } else {
                0
            };
        }
        self.must = self.told();
    }

    /// What all required words tell together.
    #[must_use]
    pub fn told(&self) -> u32 {
        self.required().map(|word| u32::from(word.weight)).sum()
    }

    /// All words, the last one as a beginning: for suggestions while someone types.
    pub fn as_typed(text: &str, view: &View, fields: &Fields) -> tantivy::Result<Self> {
        Self::strict(text, view, fields, &Ranking::default())?.completed(text, view, fields)
    }

    /// All words as they stand, and no other reading.
    pub fn strict(text: &str, view: &View, fields: &Fields, ranking: &Ranking) -> tantivy::Result<Self> {
        let plain = Reading {
            ranking,
            synonyms: &Synonyms::default(),
            language: None,
        };
        Self::exact(text, view, fields, plain)
    }

    /// Every word as it stands, or as others write it, or what means the same.
    fn exact(text: &str, view: &View, fields: &Fields, reading: Reading<'_>) -> tantivy::Result<Self> {
        let ranking = reading.ranking;
        let mut written = terms(&mut folder(), text);
        written.truncate(WORDS_MAX);
        let stems = compounds::read(&written, view, fields, ranking.compounds > 0.0)?;
        let mut stems = reading.synonyms.apply(stems, reading.language);
        stems.truncate(WORDS_MAX);
        let stops: Vec<bool> = stems.iter().map(|word| is_stop_word(&word.written)).collect();
        let only_stops = stops.iter().all(|&stop| stop);
        let mut words = Vec::with_capacity(stems.len());
        for (word, stop) in stems.into_iter().zip(stops) {
            let alike = word.stems.iter().chain(&word.synonyms).map(String::as_str);
            let idf = word.share * idf(view, fields, alike)?;
            let own = word.stems.into_iter().map(|stem| (stem, 1.0));
            let others = word.synonyms.into_iter().map(|stem| (stem, ranking.synonym));
            words.push(Word {
                terms: own.chain(others).take(VARIANTS_MAX).collect(),
                written: vec![(word.written, 1.0)],
                idf,
                required: !stop || only_stops,
                weight: 0,
                share: word.share,
            });
        }
        let mut plan = Self {
            must: 0,
            words,
            mean_lengths: mean_lengths(view, fields)?,
            corrected: false,
            as_of: 0,
        };
        plan.weigh();
        Ok(plan)
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
        for term in completions(view, fields, &typed, VARIANTS_MAX)? {
            if last.terms.len() < VARIANTS_MAX && last.terms.iter().all(|(known, _)| *known != term) {
                last.terms.push((term, PREFIX_WEIGHT));
            }
        }
        last.idf = last.share * idf(view, fields, last.terms.iter().map(|(term, _)| term.as_str()))?;
        plan.weigh();
        Ok(plan)
    }

    /// With words that nothing has taken for the nearest that something has, and words that hardly anything has also for
    /// near ones that are far commoner.
    fn corrected(
        mut self,
        view: &View,
        fields: &Fields,
        ranking: &Ranking,
        words: &mut NearWords,
    ) -> tantivy::Result<Self> {
        let all = documents(view) as f32;
        for word in self.words.iter_mut().filter(|word| word.required) {
            let mut having = 0;
            for (term, _) in &word.terms {
                having += view.searcher.doc_freq(&Term::from_field_text(fields.all, term))?;
            }
            // Nothing can be so much commoner.
            if having as f32 * ranking.commoner > all {
                continue;
            }
            let (Some((stem, _)), Some((written, _))) = (word.terms.first(), word.written.first()) else {
                continue;
            };
            let mut near = nearest(view, fields, written, stem, having > 0, words)?;
            near.retain(|near| near.having as f32 >= ranking.commoner * having as f32);
            let Some(most) = near.first().map(|near| near.having) else {
                continue;
            };
            if having == 0 {
                word.terms.clear();
                self.corrected = true;
            }
            let weight = |near: &Near| {
                ranking.near_weight * (near.having as f32 / most as f32).powf(ranking.rarer_near)
            };
            for near in near {
                let weight = weight(&near);
                if word.terms.len() < VARIANTS_MAX && word.terms.iter().all(|(known, _)| *known != near.term)
                {
                    word.terms.push((near.term, weight));
                }
            }
            word.idf = word.share * idf(view, fields, word.terms.iter().map(|(term, _)| term.as_str()))?;
        }
        self.forget_unknown(view, fields)?;
        self.weigh();
        Ok(self)
    }

    /// A word that nothing has and that is near to none need not be found, where there are others.
    fn forget_unknown(&mut self, view: &View, fields: &Fields) -> tantivy::Result<()> {
        let mut is_known = Vec::with_capacity(self.words.len());
        for word in &self.words {
            let mut having = 0;
            for (term, _) in &word.terms {
                having += view.searcher.doc_freq(&Term::from_field_text(fields.all, term))?;
            }
            is_known.push(having > 0);
        }
        let words = self.words.iter().zip(&is_known);
        if words.clone().any(|(word, known)| word.required && *known) {
            for (word, known) in self.words.iter_mut().zip(is_known) {
                word.required &= known;
            }
        }
        Ok(())
    }
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
