//! The columns of each segment, opened once, and the numbers under which all segments know a facet's terms.
//!
//! Within a segment a term is an ordinal of that segment's dictionary. Counts over several segments are added under
//! one number per term, given out here, so that no text is touched before the few terms that are shown.

use super::analysis::is_foreign;
use super::document::SEPARATOR;
use super::facts::{Facts, single};
use super::quantity::Quantity;
use super::rows::{FACETS, FacetRows, Indexed};
use super::schema::Fields;
use super::vocabulary::Vocabulary;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tantivy::columnar::{ColumnValues, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{Searcher, SegmentReader};

/// Terms numbered under one lock.
const NUMBERED_AT_ONCE: usize = 1_024;

/// All terms ever seen of one facet column, numbered. Terms share a group by what stands before the separator:
/// labels of one value, or values of one attribute key.
#[derive(Debug, Default)]
pub struct Terms {
    entries: RwLock<Entries>,
}

#[derive(Debug, Default)]
pub struct Entries {
    by_term: HashMap<Arc<str>, u32>,
    terms: Vec<Arc<str>>,
    group_of: Vec<u32>,
    /// What stands behind the separator, where it is a quantity.
    quantities: Vec<Option<Quantity>>,
    by_group: HashMap<Arc<str>, u32>,
    groups: Vec<Arc<str>>,
    of_group: Vec<Members>,
}

/// The numbers of a group's terms.
#[derive(Debug, Default)]
struct Members {
    /// The first of them, which follow each other: mostly all, as terms of a group lie side by side in a dictionary.
    run: Range<u32>,
    /// Those that came with another segment, rising.
    later: Vec<u32>,
}

impl Members {
    /// Takes in a number that is greater than all so far.
    fn push(&mut self, number: u32) {
        if self.run.is_empty() {
            self.run = number..number + 1;
        } else if self.later.is_empty() && number == self.run.end {
            self.run.end += 1;
        } else {
            self.later.push(number);
        }
    }
}

impl Terms {
    pub fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers of a segment's dictionary, in order of its ordinals. Searches that run meanwhile get a word in.
    pub(super) fn number(&self, column: &StrColumn) -> tantivy::Result<Vec<u32>> {
        let mut stream = column.dictionary().stream()?;
        let mut numbers = Vec::with_capacity(column.num_terms());
        let mut waiting = Vec::with_capacity(NUMBERED_AT_ONCE);
        loop {
            let more = stream.advance();
            if more {
                waiting.push(String::from_utf8_lossy(stream.key()).into_owned());
            }
            if !more || waiting.len() == NUMBERED_AT_ONCE {
                let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
                numbers.extend(waiting.drain(..).map(|term| entries.number(&term)));
            }
            if !more {
                return Ok(numbers);
            }
        }
    }
}

impl Entries {
    fn number(&mut self, term: &str) -> u32 {
        if let Some(&known) = self.by_term.get(term) {
            return known;
        }
        let group_name = term.split(SEPARATOR).next().unwrap_or(term);
        let group = match self.by_group.get(group_name) {
            Some(&group) => group,
            None => {
                let group = next_number(&self.groups);
                let name: Arc<str> = group_name.into();
                self.groups.push(Arc::clone(&name));
                self.of_group.push(Members::default());
                self.by_group.insert(name, group);
                group
            }
        };
        let number = next_number(&self.terms);
        let shared: Arc<str> = term.into();
        self.terms.push(Arc::clone(&shared));
        self.by_term.insert(shared, number);
        self.group_of.push(group);
        self.of_group[group as usize].push(number);
        self.quantities.push(
            term.split_once(SEPARATOR)
                .and_then(|(_, value)| Quantity::read(value)),
        );
        number
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// The numbers of a group's terms, rising.
    pub fn of_group(&self, group: usize) -> impl Iterator<Item = usize> {
        let Members { run, later } = &self.of_group[group];
        let numbers = run.clone().chain(later.iter().copied());
        numbers.map(|number| number as usize)
    }

    /// What `counts`, by the numbers of terms, come to over a group. Terms that are younger than they are count nothing.
    #[must_use]
    pub fn sum_of_group(&self, group: usize, counts: &[u32]) -> u64 {
        let Members { run, later } = &self.of_group[group];
        let end = counts.len().min(run.end as usize);
        let run = &counts[end.min(run.start as usize)..end];
        let later = later.iter().filter_map(|&number| counts.get(number as usize));
        run.iter().chain(later).map(|&count| u64::from(count)).sum()
    }

    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    #[must_use]
    pub fn group_of(&self, number: usize) -> usize {
        self.group_of[number] as usize
    }

    #[must_use]
    pub fn group_name(&self, group: usize) -> &str {
        &self.groups[group]
    }

    #[must_use]
    pub fn group_named(&self, name: &str) -> Option<usize> {
        self.by_group.get(name).map(|&g| g as usize)
    }

    #[must_use]
    pub fn quantity(&self, number: usize) -> Option<Quantity> {
        self.quantities[number]
    }

    /// What stands behind the separator.
    #[must_use]
    pub fn label(&self, number: usize) -> &str {
        self.terms[number]
            .split_once(SEPARATOR)
            .map_or("", |(_, label)| label)
    }
}

fn next_number(list: &[Arc<str>]) -> u32 {
    u32::try_from(list.len()).expect("fewer than 4 billion distinct terms fit into memory")
}

/// The columns of one segment. They never change; a deletion only clears a bit elsewhere.
pub struct Columns {
    pub facets: FacetRows,
    facts: Vec<Facts>,
    id_high: Arc<dyn ColumnValues<u64>>,
    id_low: Arc<dyn ColumnValues<u64>>,
}

/// The numbered terms of every facet.
#[derive(Debug, Default)]
pub struct FacetTerms([Terms; FACETS]);

impl FacetTerms {
    #[must_use]
    pub fn of(&self, facet: Indexed) -> &Terms {
        &self.0[facet as usize]
    }
}

impl Columns {
    fn open(reader: &SegmentReader, terms: &FacetTerms) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            facets: FacetRows::open(reader, terms)?,
            facts: Facts::of(reader)?,
            id_high: single(fast.u64("id_high")?, 0),
            id_low: single(fast.u64("id_low")?, 0),
        })
    }

    #[must_use]
    pub fn facts(&self, doc: u32) -> &Facts {
        &self.facts[doc as usize]
    }

    #[must_use]
    pub fn id(&self, doc: u32) -> u128 {
        (u128::from(self.id_high.get_val(doc)) << 64) | u128::from(self.id_low.get_val(doc))
    }
}

/// The index at one moment: what one search works on.
pub struct View {
    pub searcher: Searcher,
    /// In the order of the searcher's segments.
    pub columns: Vec<Arc<Columns>>,
    pub terms: Arc<FacetTerms>,
    /// The words of titles and labels as they are written, and the stems of all text.
    pub words: Vocabulary,
    pub stems: Vocabulary,
    /// Whether some text is in a language that has a stemmer of its own.
    pub has_foreign: bool,
}

/// Numbers of terms no longer in use that are put up with before all are given out anew.
const STALE_TERMS_MAX: usize = 100_000;

impl View {
    /// A view of `searcher` that takes over from `before` what has not changed.
    pub fn open(searcher: Searcher, fields: &Fields, before: Option<&Self>) -> tantivy::Result<Self> {
        let known: HashMap<SegmentId, &Arc<Columns>> = before
            .map(|view| {
                let ids = view
                    .searcher
                    .segment_readers()
                    .iter()
                    .map(SegmentReader::segment_id);
                ids.zip(&view.columns).collect()
            })
            .unwrap_or_default();
        let terms = before.map(|view| Arc::clone(&view.terms)).unwrap_or_default();
        let words = before.map(|view| view.words.clone());
        let stems = before.map(|view| view.stems.clone());
        let (mut words, mut stems) = (words.unwrap_or_default(), stems.unwrap_or_default());
        let mut has_foreign = before.is_some_and(|view| view.has_foreign);
        let mut columns = Vec::with_capacity(searcher.segment_readers().len());
        for reader in searcher.segment_readers() {
            if let Some(known) = known.get(&reader.segment_id()) {
                columns.push(Arc::clone(known));
                continue;
            }
            columns.push(Arc::new(Columns::open(reader, &terms)?));
            let all = reader.inverted_index(fields.all)?;
            // They are the first of all terms.
            let mut first = all.terms().stream()?;
            has_foreign |= first.advance() && is_foreign(first.key());
            words.add(reader.inverted_index(fields.words)?.terms())?;
            stems.add(all.terms())?;
        }
        let view = Self {
            searcher,
            columns,
            terms,
            words,
            stems,
            has_foreign,
        };
        if before.is_some() && view.is_stale() {
            return Self::open(view.searcher, fields, None);
        }
        Ok(view)
    }

    fn is_stale(&self) -> bool {
        let used: usize = self.columns.iter().map(|c| c.facets.attributes()).sum();
        self.terms.of(Indexed::Attribute).read().len() > 2 * used + STALE_TERMS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_knows_its_terms_whichever_segment_they_came_with() {
        let mut entries = Entries::default();
        let segments = [
            vec!["colour\u{1}blue", "colour\u{1}red", "size\u{1}l"],
            vec!["colour\u{1}blue", "colour\u{1}green", "size\u{1}m", "size\u{1}s"],
        ];
        for term in segments.iter().flatten() {
            entries.number(term);
        }
        let numbers_of = |name: &str| -> Vec<usize> {
            let group = entries.group_named(name).expect("a group of that name");
            entries.of_group(group).collect()
        };
        assert_eq!(numbers_of("colour"), [0, 1, 3]);
        assert_eq!(numbers_of("size"), [2, 4, 5]);
        let counts = [1, 20, 300, 4_000, 50_000, 600_000];
        assert_eq!(entries.sum_of_group(0, &counts), 4_021);
        assert_eq!(entries.sum_of_group(1, &counts), 650_300);
        // As the terms were before some of them came.
        assert_eq!(entries.sum_of_group(0, &counts[..1]), 1);
        assert_eq!(entries.sum_of_group(1, &counts[..2]), 0);
        assert_eq!(entries.sum_of_group(1, &counts[..5]), 50_300);
    }
}
