//! Words that mean the same, applied while a query is read.
//!
//! A phrase and what stands for it are alternatives, each of one or several words. `tv` for `television set` is found where
//! products have `tv`, or `television` and `set`: that is `(tv or television) and (tv or set)`, so that a plan, which wants
//! each of its words, needs no other form.

use super::analysis::{analyzer, terms};
use super::compounds::Read;
use contracts::Language;
use std::collections::HashMap;

/// Words that a phrase and its alternatives may become in a plan.
const CLAUSES_MAX: usize = 8;

/// Words that mean the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynonymSet {
    /// Searches in which it holds; in all if absent.
    pub language: Option<Language>,
    pub words: Vec<String>,
    /// Where it is empty, `words` stand for each other.
    pub also: Vec<String>,
}

/// A phrase, as stems, and what stands for it.
#[derive(Debug)]
struct Entry {
    language: Option<Language>,
    phrase: Vec<String>,
    others: Vec<Vec<String>>,
}

/// All of them, ready to be looked up by a phrase's first stem.
#[derive(Debug, Default)]
pub struct Synonyms(HashMap<String, Vec<Entry>>);

impl Synonyms {
    #[must_use]
    pub fn new(sets: &[SynonymSet]) -> Self {
        let mut analyzer = analyzer();
        let mut by_first: HashMap<String, Vec<Entry>> = HashMap::new();
        for set in sets {
            let mut stems = |words: &[String]| -> Vec<Vec<String>> {
                let each = words.iter().map(|word| terms(&mut analyzer, word));
                each.filter(|stems| !stems.is_empty()).collect()
            };
            let (words, also) = (stems(&set.words), stems(&set.also));
            for phrase in &words {
                let others = if also.is_empty() { &words } else { &also };
                let others: Vec<Vec<String>> =
                    others.iter().filter(|other| *other != phrase).cloned().collect();
                if let (Some(first), false) = (phrase.first(), others.is_empty()) {
                    by_first.entry(first.clone()).or_default().push(Entry {
                        language: set.language,
                        phrase: phrase.clone(),
                        others,
                    });
                }
            }
        }
        Self(by_first)
    }

    /// The words of a query with what stands for them. Longer phrases go first; a word is part of one phrase only.
    #[must_use]
    pub fn apply(&self, words: Vec<Read>, language: Option<Language>) -> Vec<Read> {
        if self.0.is_empty() {
            return words;
        }
        let mut read = Vec::with_capacity(words.len());
        let mut at = 0;
        while at < words.len() {
            let (length, others) = self.longest(&words[at..], language);
            if length == 0 {
                read.push(words[at].clone());
                at += 1;
            } else {
                read.extend(clauses(&words[at..at + length], &others));
                at += length;
            }
        }
        read
    }

    /// The longest phrase that `words` begin with, by its length, and all that stands for it.
    fn longest(&self, words: &[Read], language: Option<Language>) -> (usize, Vec<&[String]>) {
        let entries = words.first().and_then(|word| self.0.get(&word.stems[0]));
        let (mut length, mut others) = (0, Vec::new());
        for entry in entries.into_iter().flatten() {
            let holds = entry.language.is_none() || language.is_none() || entry.language == language;
            let is_there = entry.phrase.len() <= words.len()
                && entry
                    .phrase
                    .iter()
                    .zip(words)
                    .all(|(stem, word)| *stem == word.stems[0]);
            if !holds || !is_there || entry.phrase.len() < length {
                continue;
            }
            if entry.phrase.len() > length {
                (length, others) = (entry.phrase.len(), Vec::new());
            }
            for other in &entry.others {
                if !others.contains(&other.as_slice()) {
                    others.push(other.as_slice());
                }
            }
        }
        (length, others)
    }
}

/// A phrase or one of `others`, as words of which each is wanted: one of every alternative's words in each of them.
fn clauses(phrase: &[Read], others: &[&[String]]) -> Vec<Read> {
    let mut clauses: Vec<Read> = phrase.to_vec();
    let mut by_length = others.to_vec();
    // Single words make no more clauses, and long phrases many.
    by_length.sort_by_key(|other| other.len());
    for other in by_length {
        if clauses.len() * other.len() > CLAUSES_MAX {
            break;
        }
        clauses = clauses
            .iter()
            .flat_map(|clause| {
                other.iter().map(|stem| {
                    let mut clause = clause.clone();
                    if !clause.stems.contains(stem) && !clause.synonyms.contains(stem) {
                        clause.synonyms.push(stem.clone());
                    }
                    clause
                })
            })
            .collect();
    }
    let share = phrase.len() as f32 / clauses.len() as f32;
    for clause in &mut clauses {
        clause.share *= share;
    }
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> Read {
        Read::of(word.to_owned(), terms(&mut analyzer(), word))
    }

    fn set(words: &[&str], also: &[&str]) -> SynonymSet {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        SynonymSet {
            language: None,
            words: owned(words),
            also: owned(also),
        }
    }

    /// The words as `own|synonym`, joined.
    fn shown(synonyms: &Synonyms, q: &str, language: Option<Language>) -> String {
        let words = q.split(' ').map(read).collect();
        let applied = synonyms.apply(words, language);
        let each = applied.iter().map(|word| {
            let terms: Vec<&str> = word
                .stems
                .iter()
                .chain(&word.synonyms)
                .map(String::as_str)
                .collect();
            terms.join("|")
        });
        each.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_stand_for_each_other_or_one_way() {
        let synonyms = Synonyms::new(&[set(&["couch", "sofa"], &[]), set(&["poodle"], &["dog", "pet"])]);
        assert_eq!(shown(&synonyms, "red couch", None), "red couch|sofa");
        assert_eq!(shown(&synonyms, "sofas", None), "sofa|couch");
        assert_eq!(shown(&synonyms, "poodle bed", None), "poodl|dog|pet bed");
        assert_eq!(shown(&synonyms, "dog bed", None), "dog bed");
    }

    #[test]
    fn phrases_are_wanted_whole() {
        let synonyms = Synonyms::new(&[set(&["tv", "television set"], &[]), set(&["set"], &["kit"])]);
        assert_eq!(shown(&synonyms, "tv stand", None), "tv|televis tv|set stand");
        // The longer phrase goes before a word of it.
        assert_eq!(shown(&synonyms, "television set", None), "televis|tv set|tv");
        assert_eq!(shown(&synonyms, "tool set", None), "tool set|kit");
        let words = synonyms.apply(vec![read("tv")], None);
        assert!(words.iter().all(|word| (word.share - 0.5).abs() < 1e-6));
    }

    #[test]
    fn a_language_keeps_its_words() {
        let mut spanish = set(&["ordenador", "computadora"], &[]);
        spanish.language = Some(Language::Es);
        let synonyms = Synonyms::new(&[spanish]);
        assert!(shown(&synonyms, "ordenador", Some(Language::Es)).contains('|'));
        assert!(shown(&synonyms, "ordenador", None).contains('|'));
        assert!(!shown(&synonyms, "ordenador", Some(Language::En)).contains('|'));
    }
}
