//! What the documents of a segment have of every facet, side by side in memory.
//!
//! A search counts thousands of documents from all over a segment: one of them costs two looks at memory here, and several
//! for each facet in columns that are packed.

use super::columns::{Entries, FacetTerms};
use std::collections::HashSet;
use tantivy::SegmentReader;
use tantivy::columnar::Column;

/// The facets that are columns of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexed {
    Category,
    Seller,
    Region,
    Attribute,
}

pub const FACETS: usize = 4;

impl Indexed {
    pub const ALL: [Self; FACETS] = [Self::Category, Self::Seller, Self::Region, Self::Attribute];

    fn field(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Seller => "seller",
            Self::Region => "region",
            Self::Attribute => "attribute",
        }
    }
}

/// A facet's term by its number, with the facet in the upper two bits.
#[derive(Clone, Copy)]
struct Mark(u32);

const NUMBER_BITS: u32 = 30;

impl Mark {
    fn new(facet: Indexed, number: u32) -> Self {
        Self(((facet as u32) << NUMBER_BITS) | number)
    }

    fn facet(self) -> usize {
        (self.0 >> NUMBER_BITS) as usize
    }

    fn number(self) -> usize {
        (self.0 & ((1 << NUMBER_BITS) - 1)) as usize
    }
}

/// Documents that are looked for together before any is counted. Memory answers many questions in the time of one, if
/// none waits for the answer to another.
const TOGETHER: usize = 32;

/// How many documents have each term, by facet and number.
pub type Counted = [Vec<u32>; FACETS];

pub struct FacetRows {
    /// Where each document's marks begin, and where the last one's end.
    starts: Vec<u32>,
    marks: Vec<Mark>,
    /// Different attribute terms.
    attributes: usize,
    /// The attribute keys of which some document has several quantities: adding up its terms counts that document twice.
    several: HashSet<u32>,
}

impl FacetRows {
    pub fn open(reader: &SegmentReader, terms: &FacetTerms) -> tantivy::Result<Self> {
        let mut columns: Vec<(Indexed, Column<u64>, Vec<u32>)> = Vec::new();
        let mut attributes = 0;
        for facet in Indexed::ALL {
            if let Some(column) = reader.fast_fields().str(facet.field())? {
                let numbers = terms.of(facet).number(&column)?;
                let (_, ordinals) = column.into_parts();
                if facet == Indexed::Attribute {
                    attributes = numbers.len();
                }
                columns.push((facet, ordinals, numbers));
            }
        }
        let documents = reader.max_doc();
        let values: u32 = columns
            .iter()
            .map(|(_, column, _)| column.values.num_vals())
            .sum();
        let mut marks = Vec::with_capacity(values as usize);
        let mut starts = Vec::with_capacity(documents as usize + 1);
        starts.push(0);
        for doc in 0..documents {
            for (facet, column, numbers) in &columns {
                let terms = column
                    .values_for_doc(doc)
                    .map(|ordinal| numbers[ordinal as usize]);
                marks.extend(terms.map(|number| Mark::new(*facet, number)));
            }
            starts.push(u32::try_from(marks.len()).unwrap_or(u32::MAX));
        }
        let mut rows = Self {
            starts,
            marks,
            attributes,
            several: HashSet::new(),
        };
        rows.several = rows.find_several(&terms.of(Indexed::Attribute).read());
        Ok(rows)
    }

    fn span(&self, doc: u32) -> (usize, usize) {
        let doc = doc as usize;
        (self.starts[doc] as usize, self.starts[doc + 1] as usize)
    }

    fn of(&self, doc: u32) -> &[Mark] {
        let (start, end) = self.span(doc);
        &self.marks[start..end]
    }

    /// The numbers of a document's terms of a facet.
    pub fn numbers(&self, facet: Indexed, doc: u32) -> impl Iterator<Item = usize> {
        let marks = self
            .of(doc)
            .iter()
            .filter(move |mark| mark.facet() == facet as usize);
        marks.map(|mark| mark.number())
    }

    /// Adds what `docs` have.
    pub fn count(&self, docs: &[u32], counted: &mut Counted) {
        let mut spans = [(0, 0); TOGETHER];
        for docs in docs.chunks(TOGETHER) {
            let spans = &mut spans[..docs.len()];
            for (span, &doc) in spans.iter_mut().zip(docs) {
                *span = self.span(doc);
            }
            let ends = spans
                .iter()
                .filter(|(start, end)| start < end)
                .map(|&(start, end)| self.marks[start].0 ^ self.marks[end - 1].0);
            std::hint::black_box(ends.fold(0, |all, mark| all ^ mark));
            for &(start, end) in spans.iter() {
                for mark in &self.marks[start..end] {
                    counted[mark.facet()][mark.number()] += 1;
                }
            }
        }
    }

    /// Adds what `docs` have of one facet, where the term is `wanted`.
    pub fn count_of(
        &self,
        facet: Indexed,
        docs: &[u32],
        counted: &mut Counted,
        wanted: impl Fn(usize) -> bool,
    ) {
        let counts = &mut counted[facet as usize];
        for &doc in docs {
            for number in self.numbers(facet, doc).filter(|number| wanted(*number)) {
                counts[number] += 1;
            }
        }
    }

    /// The keys of attributes of which some document has several quantities.
    fn find_several(&self, entries: &Entries) -> HashSet<u32> {
        let (mut seen, mut several) = (Vec::new(), HashSet::new());
        for doc in 0..self.starts.len().saturating_sub(1) {
            seen.clear();
            let doc = u32::try_from(doc).unwrap_or(u32::MAX);
            let numbers = self.numbers(Indexed::Attribute, doc);
            for number in numbers.filter(|&number| entries.quantity(number).is_some()) {
                let group = u32::try_from(entries.group_of(number)).unwrap_or(u32::MAX);
                if seen.contains(&group) {
                    several.insert(group);
                }
                seen.push(group);
            }
        }
        several
    }

    #[must_use]
    pub fn attributes(&self) -> usize {
        self.attributes
    }

    /// Whether some document has several quantities of any key.
    #[must_use]
    pub fn has_several(&self) -> bool {
        !self.several.is_empty()
    }

    #[must_use]
    pub fn has_several_of(&self, group: usize) -> bool {
        u32::try_from(group).is_ok_and(|group| self.several.contains(&group))
    }
}
