//! The columns of each segment, opened once, and the numbers under which all segments know a facet's terms.
//!
//! Within a segment a term is an ordinal of that segment's dictionary. Counts over several segments are added under
//! one number per term, given out here and looked up in a table per segment, so that no text is touched before
//! the few terms that are shown.

use super::document::SEPARATOR;
use super::quantity::Quantity;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tantivy::columnar::{Cardinality, Column, ColumnValues, StrColumn};
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
}

impl Terms {
    pub fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers of a segment's dictionary, in order of its ordinals. Searches that run meanwhile get a word in.
    fn number(&self, column: &StrColumn) -> tantivy::Result<Vec<u32>> {
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
                self.by_group.insert(name, group);
                group
            }
        };
        let number = next_number(&self.terms);
        let shared: Arc<str> = term.into();
        self.terms.push(Arc::clone(&shared));
        self.by_term.insert(shared, number);
        self.group_of.push(group);
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

/// One facet column of one segment.
pub struct FacetColumn {
    ordinals: Column<u64>,
    numbers: Vec<u32>,
    /// The groups of which some document has several quantities: adding up its terms counts that document twice.
    several: HashSet<u32>,
}

/// Documents are few when there are so many times as many terms: then each term that they have is counted as it comes,
/// and those that they have not are not looked at.
const FEW_OF_TERMS: usize = 32;
/// Values decoded at once.
const RUN_MAX: usize = 4_096;

impl FacetColumn {
    fn new(ordinals: Column<u64>, numbers: Vec<u32>) -> Self {
        Self {
            ordinals,
            numbers,
            several: HashSet::new(),
        }
    }

    /// Looks for documents that have several quantities of a group.
    fn find_several(&mut self, entries: &Entries) {
        let group_of_quantity = |number: &u32| {
            let number = *number as usize;
            entries.quantity(number).map(|_| entries.group_of[number])
        };
        let groups: Vec<Option<u32>> = self.numbers.iter().map(group_of_quantity).collect();
        let (mut seen, mut several) = (Vec::new(), HashSet::new());
        for doc in 0..self.ordinals.num_docs() {
            seen.clear();
            for group in self.values(doc).filter_map(|ordinal| groups[ordinal]) {
                if seen.contains(&group) {
                    several.insert(group);
                }
                seen.push(group);
            }
        }
        self.several = several;
    }

    /// Whether some document has several quantities of any group.
    #[must_use]
    pub fn has_several(&self) -> bool {
        !self.several.is_empty()
    }

    #[must_use]
    pub fn has_several_of(&self, group: usize) -> bool {
        u32::try_from(group).is_ok_and(|group| self.several.contains(&group))
    }

    fn values(&self, doc: u32) -> impl Iterator<Item = usize> {
        self.ordinals.values_for_doc(doc).map(|ordinal| ordinal as usize)
    }

    /// The numbers of a document's terms.
    pub fn numbers_of(&self, doc: u32) -> impl Iterator<Item = usize> {
        self.values(doc).map(|ordinal| self.numbers[ordinal] as usize)
    }

    /// Adds to `counts`, by number, how many of `docs` have each term, where the term is `wanted`.
    pub fn count(&self, docs: &[u32], counts: &mut [u32], wanted: impl Fn(usize) -> bool) {
        if docs.is_empty() {
            return;
        }
        if docs.len() * FEW_OF_TERMS < self.numbers.len() {
            for &doc in docs {
                for ordinal in self.ordinals.values_for_doc(doc) {
                    let number = self.numbers[ordinal as usize] as usize;
                    if wanted(number) {
                        counts[number] += 1;
                    }
                }
            }
            return;
        }
        // By ordinal first: neighbours in the column are decoded together, and numbers are looked up once per term.
        let mut of_ordinal = vec![0u32; self.numbers.len()];
        let mut decoded = Vec::with_capacity(RUN_MAX);
        let mut add = |rows: std::ops::Range<u32>| {
            decoded.resize(rows.len(), 0);
            self.ordinals
                .values
                .get_range(u64::from(rows.start), &mut decoded);
            decoded
                .iter()
                .for_each(|&ordinal| of_ordinal[ordinal as usize] += 1);
        };
        let mut run = 0..0;
        for &doc in docs {
            let rows = self.ordinals.index.value_row_ids(doc);
            if rows.start == run.end && run.len() < RUN_MAX {
                run.end = rows.end;
            } else if !rows.is_empty() {
                add(std::mem::replace(&mut run, rows));
            }
        }
        add(run);
        for (&count, &number) in of_ordinal.iter().zip(&self.numbers) {
            let number = number as usize;
            if count > 0 && wanted(number) {
                counts[number] += count;
            }
        }
    }
}

/// The columns of one segment. They never change; a deletion only clears a bit elsewhere.
pub struct Columns {
    pub category: Option<FacetColumn>,
    pub seller: Option<FacetColumn>,
    pub region: Option<FacetColumn>,
    pub attribute: Option<FacetColumn>,
    pub price: Arc<dyn ColumnValues<i64>>,
    pub currency: Arc<dyn ColumnValues<u64>>,
    pub in_stock: Arc<dyn ColumnValues<u64>>,
    pub created: Arc<dyn ColumnValues<i64>>,
    pub popularity: Arc<dyn ColumnValues<u64>>,
    pub rating: Arc<dyn ColumnValues<u64>>,
    pub id_high: Arc<dyn ColumnValues<u64>>,
    pub id_low: Arc<dyn ColumnValues<u64>>,
}

/// The numbered terms of every facet.
#[derive(Debug, Default)]
pub struct FacetTerms {
    pub category: Terms,
    pub seller: Terms,
    pub region: Terms,
    pub attribute: Terms,
}

impl Columns {
    fn open(reader: &SegmentReader, terms: &FacetTerms) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        let facet = |name: &str, terms: &Terms| -> tantivy::Result<Option<FacetColumn>> {
            let Some(column) = fast.str(name)? else {
                return Ok(None);
            };
            let numbers = terms.number(&column)?;
            let (_, ordinals) = column.into_parts();
            Ok(Some(FacetColumn::new(ordinals, numbers)))
        };
        let mut attribute = facet("attribute", &terms.attribute)?;
        if let Some(attribute) = &mut attribute {
            attribute.find_several(&terms.attribute.read());
        }
        Ok(Self {
            category: facet("category", &terms.category)?,
            seller: facet("seller", &terms.seller)?,
            region: facet("region", &terms.region)?,
            attribute,
            price: single(fast.i64("price")?, 0),
            currency: single(fast.u64("currency")?, 0),
            in_stock: single(fast.u64("in_stock")?, 0),
            created: single(fast.i64("created")?, 0),
            popularity: single(fast.u64("popularity")?, 0),
            rating: single(fast.u64("rating")?, 0),
            id_high: single(fast.u64("id_high")?, 0),
            id_low: single(fast.u64("id_low")?, 0),
        })
    }

    /// Whether the price is in `currency`, by its key; every price is, where none is asked for.
    #[must_use]
    pub fn is_priced_in(&self, currency: Option<u64>, doc: u32) -> bool {
        currency.is_none_or(|key| self.currency.get_val(doc) == key)
    }

    #[must_use]
    pub fn id(&self, doc: u32) -> u128 {
        (u128::from(self.id_high.get_val(doc)) << 64) | u128::from(self.id_low.get_val(doc))
    }
}

/// Every document has exactly one value: read it without asking how many there are.
fn single<T>(column: Column<T>, missing: T) -> Arc<dyn ColumnValues<T>>
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
{
    match column.get_cardinality() {
        Cardinality::Full => column.values,
        _ => column.first_or_default_col(missing),
    }
}

/// The index at one moment: what one search works on.
pub struct View {
    pub searcher: Searcher,
    /// In the order of the searcher's segments.
    pub columns: Vec<Arc<Columns>>,
    pub terms: Arc<FacetTerms>,
}

/// Numbers of terms no longer in use that are put up with before all are given out anew.
const STALE_TERMS_MAX: usize = 100_000;

impl View {
    /// A view of `searcher` that takes over from `before` what has not changed.
    pub fn open(searcher: Searcher, before: Option<&Self>) -> tantivy::Result<Self> {
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
        let columns = searcher
            .segment_readers()
            .iter()
            .map(|reader| match known.get(&reader.segment_id()) {
                Some(columns) => Ok(Arc::clone(columns)),
                None => Columns::open(reader, &terms).map(Arc::new),
            })
            .collect::<tantivy::Result<Vec<_>>>()?;
        let view = Self {
            searcher,
            columns,
            terms,
        };
        if before.is_some() && view.is_stale() {
            return Self::open(view.searcher, None);
        }
        Ok(view)
    }

    fn is_stale(&self) -> bool {
        let largest = self
            .columns
            .iter()
            .filter_map(|c| c.attribute.as_ref())
            .map(|a| a.numbers.len())
            .sum::<usize>();
        self.terms.attribute.read().len() > 2 * largest + STALE_TERMS_MAX
    }
}
