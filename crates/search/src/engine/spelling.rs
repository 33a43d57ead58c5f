//! Words that were meant, for those that nothing has as they were written.
//!
//! A word that goes on as typed is taken for a beginning; one that is an edit or two away from a word that products have is
//! taken for that word (optimal string alignment: Damerau 1964). Candidates come from the words of titles and labels as they
//! are written, whose ending a stem no longer has, and from the stems of all text. Levenshtein automata (Schulz and Mihov
//! 2002) walk the dictionaries, so that only what is near is looked at.

use super::analysis::{analyzer, terms};
use super::columns::View;
use super::schema::Fields;
use super::vocabulary::is_number;
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

/// The terms nearest to a word that was written `written` and has the stem `stem`, commonest first. Words of titles and
/// labels come first, as they are what people ask for; other text is looked at where they have nothing near.
pub fn nearest(
    view: &View,
    fields: &Fields,
    written: &str,
    stem: &str,
    is_known: bool,
) -> tantivy::Result<Vec<Near>> {
    let letters = written.chars().count();
    // A number that is nearly right is another number.
    if letters < ONE_EDIT_LETTERS || is_number(written.as_bytes()) {
        return Ok(Vec::new());
    }
    let first = written.chars().next();
    // Two edits reach much of a dictionary; that the first letter is right, as it mostly is, keeps to one part of it. And
    // they are for words that nothing has: one that is there is not two slips away from what was meant.
    let attempts: [(&LevenshteinAutomatonBuilder, Option<char>); 2] =
        [(&ONE_EDIT, None), (&TWO_EDITS, first)];
    let attempts_max = if is_known || letters < TWO_EDITS_LETTERS {
        1
    } else {
        2
    };
    for (edits, first) in attempts.into_iter().take(attempts_max) {
        for (words, typed, are_stems) in [(&view.words, written, false), (&view.stems, stem, true)] {
            let mut candidates = words.accepted(&Edits(edits.build_dfa(typed)), first);
            // A stem that goes on where this one ends is another word's: its ending is the stem's matter.
            candidates.retain(|word| !are_stems || !word.starts_with(typed));
            let near = known(view, fields, stem, &candidates)?;
            if !near.is_empty() {
                return Ok(near);
            }
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
) -> tantivy::Result<Vec<Near>> {
    let letters = written.chars().count();
    if letters < ONE_EDIT_LETTERS || is_number(written.as_bytes()) {
        return Ok(Vec::new());
    }
    let first = written.chars().next();
    let mut attempts: Vec<(&LevenshteinAutomatonBuilder, Option<char>)> = vec![(&ONE_EDIT, None)];
    if !is_known && letters >= TWO_EDITS_LETTERS {
        attempts.push((&TWO_EDITS, first));
    }
    for (edits, first) in attempts {
        let found = view.words.accepted(&Edits(edits.build_dfa(written)), first);
        let mut near = Vec::with_capacity(found.len());
        for term in found.into_iter().filter(|term| term != written) {
            let having = Term::from_field_text(fields.words, &term);
            let having = view.searcher.doc_freq(&having)?;
            if having > 0 {
                near.push(Near { term, having });
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
