//! Words that were meant, for those that nothing has as they were written.
//!
//! A word that goes on as typed is taken for a beginning; one that is an edit or two away from a word that products have is
//! taken for that word (optimal string alignment: Damerau 1964). Candidates come from the words of titles and labels as they
//! are written, whose ending a stem no longer has, and from the stems of all text. Levenshtein automata (Schulz and Mihov
//! 2002) walk the dictionaries, so that only what is near is looked at.

use super::analysis::{analyzer, terms};
use super::columns::View;
use super::schema::Fields;
use super::vocabulary::{Vocabulary, is_number};
use levenshtein_automata::{DFA, LevenshteinAutomatonBuilder, SINK_STATE};
use std::collections::HashMap;
use std::sync::LazyLock;
use tantivy::Term;
use tantivy::schema::Field;
use tantivy_fst::Automaton;

/// Letters from which a word may be one edit away from what was meant, and two.
const ONE_EDIT_LETTERS: usize = 4;
const TWO_EDITS_LETTERS: usize = 8;
/// Terms that a word is taken for.
const NEAR_TERMS_MAX: usize = 4;
/// Terms of the dictionary that are looked at to complete a word.
const PREFIX_TERMS_SEEN_MAX: usize = 2_000;

/// Making a builder takes milliseconds, making an automaton of it microseconds.
static ONE_EDIT: LazyLock<LevenshteinAutomatonBuilder> =
    LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
static TWO_EDITS: LazyLock<LevenshteinAutomatonBuilder> =
    LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));

/// A term that was perhaps meant, and how many products have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    pub term: String,
    pub having: u64,
}

/// A look for words that are so many edits away.
struct Attempt {
    edits: &'static LazyLock<LevenshteinAutomatonBuilder>,
    /// The letter that all begin with.
    first: Option<char>,
}

impl Attempt {
    fn accepted(&self, words: &Vocabulary, typed: &str) -> Vec<String> {
        words.accepted(&Edits(self.edits.build_dfa(typed)), self.first)
    }
}

/// The looks for what was meant by `written`, one after the other until something is near.
fn attempts(written: &str, is_known: bool) -> impl Iterator<Item = Attempt> {
    let letters = written.chars().count();
    // Two edits reach much of a dictionary; that the first letter is right, as it mostly is, keeps to one part of it. And
    // they are for words that nothing has: one that is there is not two slips away from what was meant.
    let count = if letters < ONE_EDIT_LETTERS || is_number(written.as_bytes()) {
        // A number that is nearly right is another number.
        0
    } else if is_known || letters < TWO_EDITS_LETTERS {
        1
    } else {
        2
    };
    let attempts = [(&ONE_EDIT, None), (&TWO_EDITS, written.chars().next())];
    let attempts = attempts.into_iter().take(count);
    attempts.map(|(edits, first)| Attempt { edits, first })
}

/// Words of titles and labels that are near to those of one search. How it is read and what is offered in its place ask for
/// the same, and the dictionary is walked once.
#[derive(Default)]
pub struct NearWords(HashMap<(String, Option<char>), Vec<String>>);

impl NearWords {
    fn of(&mut self, view: &View, written: &str, attempt: &Attempt) -> &[String] {
        // Only where two edits may lie between is the first letter given.
        let asked = (written.to_owned(), attempt.first);
        let found = self.0.entry(asked);
        found.or_insert_with(|| attempt.accepted(&view.words, written))
    }
}

/// The terms nearest to a word that was written `written` and has the stem `stem`, commonest first. Words of titles and
/// labels come first, as they are what people ask for; other text is looked at where they have nothing near.
pub fn nearest(
    view: &View,
    fields: &Fields,
    written: &str,
    stem: &str,
    is_known: bool,
    words: &mut NearWords,
) -> tantivy::Result<Vec<Near>> {
    for attempt in attempts(written, is_known) {
        let near = known(view, fields, stem, words.of(view, written, &attempt))?;
        if !near.is_empty() {
            return Ok(near);
        }
        let mut stems = attempt.accepted(&view.stems, stem);
        // A stem that goes on where this one ends is another word's: its ending is the stem's matter.
        stems.retain(|word| !word.starts_with(stem));
        let near = known(view, fields, stem, &stems)?;
        if !near.is_empty() {
            return Ok(near);
        }
    }
    Ok(Vec::new())
}

/// The words of titles and labels nearest to `written`, as they are written, commonest first.
pub fn written_near(
    view: &View,
    fields: &Fields,
    written: &str,
    is_known: bool,
    words: &mut NearWords,
) -> tantivy::Result<Vec<Near>> {
    for attempt in attempts(written, is_known) {
        let found = words.of(view, written, &attempt);
        let mut near = Vec::with_capacity(found.len());
        for term in found.iter().filter(|term| *term != written) {
            let having = Term::from_field_text(fields.words, term);
            let having = view.searcher.doc_freq(&having)?;
            if having > 0 {
                near.push(Near {
                    term: term.clone(),
                    having,
                });
            }
        }
        if !near.is_empty() {
            near.sort_unstable_by(|a, b| b.having.cmp(&a.having).then_with(|| a.term.cmp(&b.term)));
            return Ok(near);
        }
    }
    Ok(Vec::new())
}

/// The stems of `candidates` that products have, other than `stem` itself.
fn known(view: &View, fields: &Fields, stem: &str, candidates: &[String]) -> tantivy::Result<Vec<Near>> {
    let mut analyzer = analyzer();
    let mut found: Vec<String> = candidates
        .iter()
        .flat_map(|word| terms(&mut analyzer, word))
        .collect();
    found.sort_unstable();
    found.dedup();
    let mut near = Vec::with_capacity(found.len());
    for term in found.into_iter().filter(|term| term != stem) {
        let having = view
            .searcher
            .doc_freq(&Term::from_field_text(fields.all, &term))?;
        if having > 0 {
            near.push(Near { term, having });
        }
    }
    near.sort_unstable_by(|a, b| b.having.cmp(&a.having).then_with(|| a.term.cmp(&b.term)));
    near.truncate(NEAR_TERMS_MAX);
    Ok(near)
}

/// Accepts what is within some edits of a word.
struct Edits(DFA);

impl Automaton for Edits {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), levenshtein_automata::Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}

/// The most frequent terms of any text that begin with `typed`.
pub fn completions(view: &View, fields: &Fields, typed: &str, count: usize) -> tantivy::Result<Vec<String>> {
    beginning(view, fields.all, typed, count)
}

/// The most frequent terms of a field that begin with `typed`.
pub fn beginning(view: &View, field: Field, typed: &str, count: usize) -> tantivy::Result<Vec<String>> {
    let mut found: HashMap<String, u64> = HashMap::new();
    for reader in view.searcher.segment_readers() {
        let inverted = reader.inverted_index(field)?;
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
    Ok(found.into_iter().map(|(term, _)| term).take(count).collect())
}
