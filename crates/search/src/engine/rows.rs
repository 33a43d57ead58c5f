//! What the documents of a segment have of every facet, side by side in memory.
//!
//! A search counts thousands of documents from all over a segment: one of them costs two looks at memory here, and several
//! for each facet in columns that are packed. What follows from something else that is counted is not counted by itself.

use super::columns::{Entries, FacetTerms};
use std::collections::{HashMap, HashSet};
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

    /// In which of a document's sets its terms are, where they go together with others.
    fn set(self) -> Option<usize> {
        match self {
            Self::Category => Some(0),
            Self::Seller | Self::Region => Some(1),
            Self::Attribute => None,
        }
    }
}

/// Sets of terms that each document has. A category goes together with those above it, and a shop with its places: most
/// documents share such a set with others, and it is counted in place of its terms.
const SETS: usize = 2;

/// A term of a set by its number, with its facet in the upper two bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Where each document's row begins, and where the last one's ends.
    starts: Vec<u32>,
    /// A document's row: the numbers of its [`SETS`], then those of its attributes' terms.
    rows: Vec<u32>,
    sets: Vec<Box<[Mark]>>,
    /// Different attribute terms.
    attributes: usize,
    /// The attribute keys of which some document has several quantities: adding up its terms counts that document twice.
    several: HashSet<u32>,
}

/// The numbers of sets, while rows are written.
type Numbered = HashMap<Box<[Mark]>, u32>;

impl FacetRows {
    pub fn open(reader: &SegmentReader, terms: &FacetTerms) -> tantivy::Result<Self> {
        let documents = reader.max_doc();
        let mut columns: Vec<(Indexed, Column<u64>, Vec<u32>)> = Vec::new();
        let mut rows = Self::empty();
        let mut entries = SETS * documents as usize;
        for facet in Indexed::ALL {
            if let Some(column) = reader.fast_fields().str(facet.field())? {
                let numbers = terms.of(facet).number(&column)?;
                let (_, ordinals) = column.into_parts();
                if facet == Indexed::Attribute {
                    entries += ordinals.values.num_vals() as usize;
                    rows.attributes = numbers.len();
                }
                columns.push((facet, ordinals, numbers));
            }
        }
        rows.starts.reserve_exact(documents as usize);
        rows.rows.reserve_exact(entries);
        let mut numbered = Numbered::new();
        let mut sets: [Vec<Mark>; SETS] = [Vec::new(), Vec::new()];
        let mut attributes: Vec<u32> = Vec::new();
        for doc in 0..documents {
            sets.iter_mut().for_each(Vec::clear);
            attributes.clear();
            for (facet, column, numbers) in &columns {
                let terms = column
                    .values_for_doc(doc)
                    .map(|ordinal| numbers[ordinal as usize]);
                match facet.set() {
                    Some(set) => sets[set].extend(terms.map(|number| Mark::new(*facet, number))),
                    None => attributes.extend(terms),
                }
            }
            rows.add(&mut numbered, &sets, &attributes);
        }
        rows.several = rows.find_several(&terms.of(Indexed::Attribute).read());
        Ok(rows)
    }

    fn empty() -> Self {
        Self {
            starts: vec![0],
            rows: Vec::new(),
            sets: Vec::new(),
            attributes: 0,
            several: HashSet::new(),
        }
    }

    /// Adds the row of the next document.
    fn add(&mut self, numbered: &mut Numbered, sets: &[Vec<Mark>; SETS], attributes: &[u32]) {
        for set in sets {
            let number = match numbered.get(set.as_slice()) {
                Some(&known) => known,
                None => {
                    let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
                    self.sets.push(set.as_slice().into());
                    numbered.insert(set.as_slice().into(), next);
                    next
                }
            };
            self.rows.push(number);
        }
        self.rows.extend_from_slice(attributes);
        self.starts
            .push(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
    }

    fn span(&self, doc: u32) -> (usize, usize) {
        let doc = doc as usize;
        (self.starts[doc] as usize, self.starts[doc + 1] as usize)
    }

    /// The numbers of a document's sets, and those of its attributes' terms.
    fn of(&self, doc: u32) -> (&[u32], &[u32]) {
        let (start, end) = self.span(doc);
        self.rows[start..end].split_at(SETS)
    }

    /// The numbers of a document's terms of a facet of names.
    pub fn names(&self, facet: Indexed, doc: u32) -> impl Iterator<Item = usize> {
        let (sets, _) = self.of(doc);
        let marks = sets.iter().flat_map(move |&set| self.sets[set as usize].iter());
        let marks = marks.filter(move |mark| mark.facet() == facet as usize);
        marks.map(|mark| mark.number())
    }

    /// The numbers of a document's attributes.
    pub fn attributes_of(&self, doc: u32) -> impl Iterator<Item = usize> {
        let (_, attributes) = self.of(doc);
        attributes.iter().map(|&number| number as usize)
    }

    /// Adds what `docs` have.
    pub fn count(&self, docs: &[u32], counted: &mut Counted) {
        if docs.is_empty() {
            return;
        }
        let mut having = vec![0u32; self.sets.len()];
        let counts = counted[Indexed::Attribute as usize].as_mut_slice();
        let mut spans = [(0, 0); TOGETHER];
        for docs in docs.chunks(TOGETHER) {
            let spans = &mut spans[..docs.len()];
            for (span, &doc) in spans.iter_mut().zip(docs) {
                *span = self.span(doc);
            }
            let ends = spans
                .iter()
                .map(|&(start, end)| self.rows[start] ^ self.rows[end - 1]);
            std::hint::black_box(ends.fold(0, |all, number| all ^ number));
            for &(start, end) in spans.iter() {
                let (sets, attributes) = self.rows[start..end].split_at(SETS);
                for &set in sets {
                    having[set as usize] += 1;
                }
                for &number in attributes {
                    counts[number as usize] += 1;
                }
            }
        }
        self.add_sets(&having, counted, |_| true);
    }

    /// Adds what `docs` have of some facets of names.
    pub fn count_names(&self, facets: &[Indexed], docs: &[u32], counted: &mut Counted) {
        if docs.is_empty() {
            return;
        }
        let mut having = vec![0u32; self.sets.len()];
        for &doc in docs {
            let (sets, _) = self.of(doc);
            for &set in sets {
                having[set as usize] += 1;
            }
        }
        self.add_sets(&having, counted, |mark| {
            facets.iter().any(|&facet| mark.facet() == facet as usize)
        });
    }

    /// Adds the `wanted` terms of each set, which so many documents have.
    fn add_sets(&self, having: &[u32], counted: &mut Counted, wanted: impl Fn(Mark) -> bool) {
        let sets = self.sets.iter().zip(having);
        for (set, &having) in sets.filter(|(_, having)| **having > 0) {
            for mark in set.iter().filter(|mark| wanted(**mark)) {
                counted[mark.facet()][mark.number()] += having;
            }
        }
    }

    /// Adds the attributes of `docs` whose number is `wanted`.
    pub fn count_attributes(&self, docs: &[u32], counted: &mut Counted, wanted: impl Fn(usize) -> bool) {
        let counts = counted[Indexed::Attribute as usize].as_mut_slice();
        for &doc in docs {
            for number in self.attributes_of(doc).filter(|number| wanted(*number)) {
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
            let numbers = self.attributes_of(doc);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_that_documents_share_count_as_their_terms_do() {
        use Indexed::{Attribute, Category, Region, Seller};
        // A category is below the other; a shop moved from one place to another in the same country.
        let home = vec![Mark::new(Category, 0)];
        let lamps = vec![Mark::new(Category, 0), Mark::new(Category, 1)];
        let shop =
            |region: u32| [(Seller, 2), (Region, 0), (Region, region)].map(|(facet, n)| Mark::new(facet, n));
        let mut rows = FacetRows::empty();
        let mut numbered = Numbered::new();
        let documents = [
            (&home, shop(1), vec![0, 3]),
            (&lamps, shop(1), vec![]),
            (&lamps, shop(2), vec![3]),
        ];
        for (category, shop, attributes) in documents {
            rows.add(&mut numbered, &[category.clone(), shop.to_vec()], &attributes);
        }
        assert_eq!(rows.sets.len(), 4);
        let none = || [2, 3, 3, 4].map(|terms| vec![0; terms]);
        let mut counted: Counted = none();
        rows.count(&[0, 1, 2], &mut counted);
        assert_eq!(
            counted,
            [vec![3, 2], vec![0, 0, 3], vec![3, 2, 1], vec![1, 0, 0, 2]]
        );
        // What is counted besides is added, each document by itself.
        rows.count(&[2], &mut counted);
        assert_eq!(
            counted,
            [vec![4, 3], vec![0, 0, 4], vec![4, 2, 2], vec![1, 0, 0, 3]]
        );
        let mut of_region: Counted = none();
        rows.count_names(&[Region], &[1, 2], &mut of_region);
        assert_eq!(of_region, [vec![0; 2], vec![0; 3], vec![2, 1, 1], vec![0; 4]]);
        let mut of_shop: Counted = none();
        rows.count_names(&[Seller, Region], &[1, 2], &mut of_shop);
        assert_eq!(of_shop, [vec![0; 2], vec![0, 0, 2], vec![2, 1, 1], vec![0; 4]]);
        let mut of_one: Counted = none();
        rows.count_attributes(&[0, 1, 2], &mut of_one, |number| number == 3);
        assert_eq!(of_one[Attribute as usize], [0, 0, 0, 2]);
        assert_eq!(rows.names(Region, 2).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(rows.attributes_of(0).collect::<Vec<_>>(), [0, 3]);
    }
}
