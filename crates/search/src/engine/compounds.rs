//! Compounds: what one writes as one word and another as two.
//!
//! Two neighbours of a query also stand for the word they make together (`doll house`, `dollhouse`), and a word that
//! hardly anything has also for two that stand side by side in titles (`bookshelf`, `book shelf`).

use super::analysis::{analyzer, foreign_stems, terms};
use super::columns::View;
use super::schema::Fields;
use tantivy::Term;
use tantivy::query::{EnableScoring, PhraseQuery, Query};

/// Letters that each part of a compound has.
const PART_LETTERS_MIN: usize = 3;
/// Letters of a pair that is tried as one word.
const JOINED_LETTERS_MIN: usize = 5;

/// A word of a query, and the stems that satisfy it, its own first.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub written: String,
    pub stems: Vec<String>,
    /// Stems of other words that mean the same.
    pub synonyms: Vec<String>,
    /// How much of a word it is: a phrase may become more words than it has, which together tell no more.
    pub share: f32,
}

impl Read {
    #[must_use]
    pub fn of(written: String, stems: Vec<String>) -> Self {
        Self {
            written,
            stems,
            synonyms: Vec::new(),
            share: 1.0,
        }
    }
}

/// The words of a query, folded, each once.
pub fn read(
    written: &[String],
    view: &View,
    fields: &Fields,
    with_compounds: bool,
) -> tantivy::Result<Vec<Read>> {
    let mut analyzer = analyzer();
    let mut stem = |word: &str| {
        terms(&mut analyzer, word)
            .pop()
            .unwrap_or_else(|| word.to_owned())
    };
    let mut words: Vec<Read> = Vec::new();
    let mut add = |read: Read| match words.iter_mut().find(|known| known.stems[0] == read.stems[0]) {
        Some(known) => {
            let others = read.stems.into_iter().filter(|s| !known.stems.contains(s));
            let others: Vec<String> = others.collect();
            known.stems.extend(others);
        }
        None => words.push(read),
    };
    let foreign = |word: &str| match view.has_foreign {
        true => foreign_stems(word),
        false => Vec::new(),
    };
    for (n, word) in written.iter().enumerate() {
        let own = stem(word);
        if !with_compounds {
            add(Read::of(word.clone(), [vec![own], foreign(word)].concat()));
            continue;
        }
        if let Some((left, right)) = parts(word, &own, view, fields, &mut stem)? {
            for part in [left, right] {
                let stems = vec![stem(&part), own.clone()];
                add(Read::of(part, stems));
            }
            continue;
        }
        let mut stems = vec![own];
        let neighbours = [n.checked_sub(1).map(|before| (before, n)), Some((n, n + 1))];
        for (left, right) in neighbours.into_iter().flatten() {
            if let Some(right) = written.get(right) {
                let joined = format!("{}{right}", written[left]);
                if joined.len() >= JOINED_LETTERS_MIN
                    && !joined.bytes().all(|b| b.is_ascii_digit())
                    && view
                        .searcher
                        .doc_freq(&Term::from_field_text(fields.words, &joined))?
                        > 0
                {
                    stems.push(stem(&joined));
                }
            }
        }
        stems.extend(foreign(word));
        add(Read::of(word.clone(), stems));
    }
    Ok(words)
}

/// The two words that `word` is made of, if more titles have them side by side than have it.
fn parts(
    word: &str,
    own: &str,
    view: &View,
    fields: &Fields,
    stem: &mut impl FnMut(&str) -> String,
) -> tantivy::Result<Option<(String, String)>> {
    let letters = word.chars().count();
    if letters < 2 * PART_LETTERS_MIN || !word.chars().all(char::is_alphabetic) {
        return Ok(None);
    }
    let mut best = (
        view.searcher.doc_freq(&Term::from_field_text(fields.all, own))?,
        None,
    );
    for (at, _) in word
        .char_indices()
        .skip(PART_LETTERS_MIN)
        .take(letters + 1 - 2 * PART_LETTERS_MIN)
    {
        let (left, right) = word.split_at(at);
        let is_word = |part: &str| {
            let term = Term::from_field_text(fields.words, part);
            Ok::<_, tantivy::TantivyError>(view.searcher.doc_freq(&term)? > best.0)
        };
        if !is_word(left)? || !is_word(right)? {
            continue;
        }
        let phrase = PhraseQuery::new(vec![
            Term::from_field_text(fields.title, &stem(left)),
            Term::from_field_text(fields.title, &stem(right)),
        ]);
        let weight = phrase.weight(EnableScoring::disabled_from_searcher(&view.searcher))?;
        let mut having = 0;
        for reader in view.searcher.segment_readers() {
            having += u64::from(weight.count(reader)?);
        }
        if having > best.0 {
            best = (having, Some((left.to_owned(), right.to_owned())));
        }
    }
    Ok(best.1)
}
