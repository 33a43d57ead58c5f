//! How well a document answers a plan, and the best of them.

use super::columns::Columns;
use super::plan::{Plan, Word};
use super::schema::{Fields, TEXT_FIELDS};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// How soon repetition of a word stops to matter (BM25F's k1).
const SATURATION: f32 = 1.2;
/// What a word is worth in the title, in a label, in the text.
const FIELD_WEIGHTS: [f32; TEXT_FIELDS] = [3.0, 1.5, 1.0];
/// How far a long field dilutes its words (BM25F's b), per field.
const FIELD_DILUTION: [f32; TEXT_FIELDS] = [0.3, 0.4, 0.4];
/// Added for two neighbours of the query that stand side by side in the title, in shares of their worth.
const NEIGHBOURS: f32 = 0.6;
/// What is left of the score of something that cannot be bought now.
const OUT_OF_STOCK: f32 = 0.85;
/// The most that popularity adds, and the popularity that earns half of it.
const POPULARITY_SHARE: f32 = 0.1;
const POPULARITY_HALF: f32 = 20.0;

/// How often a term stands in a field, document by document.
enum Frequencies {
    Nowhere,
    Postings(Box<SegmentPostings>),
    /// Of several terms, each with its weight.
    Merged {
        list: Vec<(DocId, f32)>,
        at: usize,
    },
}

impl Frequencies {
    fn open(reader: &SegmentReader, field: Field, word: &Word) -> tantivy::Result<Self> {
        let inverted = reader.inverted_index(field)?;
        let mut lists = Vec::new();
        for (term, weight) in &word.terms {
            let term = Term::from_field_text(field, term);
            if let Some(postings) = inverted.read_postings(&term, IndexRecordOption::WithFreqs)? {
                lists.push((postings, *weight));
            }
        }
        match lists.len() {
            0 => return Ok(Self::Nowhere),
            1 if lists[0].1 == 1.0 => {
                if let Some((postings, _)) = lists.pop() {
                    return Ok(Self::Postings(Box::new(postings)));
                }
            }
            _ => {}
        }
        let mut list: Vec<(DocId, f32)> = Vec::new();
        for (mut postings, weight) in lists {
            let mut doc = postings.doc();
            while doc != TERMINATED {
                list.push((doc, weight * postings.term_freq() as f32));
                doc = postings.advance();
            }
        }
        // A stable sort keeps the order of the terms, so that the sums come out the same every time.
        list.sort_by_key(|&(doc, _)| doc);
        list.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 += later.1;
            }
            same
        });
        Ok(Self::Merged { list, at: 0 })
    }

    /// In `doc`; documents are asked for in ascending order.
    #[inline]
    fn of(&mut self, doc: DocId) -> f32 {
        match self {
            Self::Nowhere => 0.0,
            Self::Postings(postings) => {
                let found = if postings.doc() < doc {
                    postings.seek(doc)
                } else {
                    postings.doc()
                };
                if found == doc {
                    postings.term_freq() as f32
                } else {
                    0.0
                }
            }
            Self::Merged { list, at } => {
                *at += list[*at..].partition_point(|&(d, _)| d < doc);
                match list.get(*at) {
                    Some(&(found, frequency)) if found == doc => frequency,
                    _ => 0.0,
                }
            }
        }
    }
}

/// Scores the documents of one segment, which must be asked for in ascending order.
///
/// BM25F (Robertson, Zaragoza, Taylor 2004): frequencies are weighed and normalised per field, added, and saturated
/// once per word. On top: neighbours in the title, how much of the query is there, stock and popularity.
pub struct Scorer<'a> {
    plan: &'a Plan,
    columns: &'a Columns,
    words: Vec<[Frequencies; TEXT_FIELDS]>,
    lengths: [FieldNormReader; TEXT_FIELDS],
    /// Per field and stored length: the field's weight over its dilution.
    factors: &'a Factors,
    title: Vec<Option<SegmentPostings>>,
    positions: [Vec<u32>; 2],
    idf_sum: f32,
}

/// Weight over dilution for each of the 256 stored lengths of each field.
pub struct Factors([[f32; 256]; TEXT_FIELDS]);

impl Factors {
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let mut factors = [[0.0; 256]; TEXT_FIELDS];
        for (field, table) in factors.iter_mut().enumerate() {
            for (id, factor) in (0..=u8::MAX).zip(table.iter_mut()) {
                let length = FieldNormReader::id_to_fieldnorm(id) as f32;
                let b = FIELD_DILUTION[field];
                *factor = FIELD_WEIGHTS[field] / (1.0 - b + b * length / plan.mean_lengths[field]);
            }
        }
        Self(factors)
    }
}

impl<'a> Scorer<'a> {
    pub fn open(
        plan: &'a Plan,
        factors: &'a Factors,
        reader: &SegmentReader,
        fields: &Fields,
        columns: &'a Columns,
    ) -> tantivy::Result<Self> {
        let [a, b, c] = fields.text_fields();
        let words = plan
            .words
            .iter()
            .map(|word| {
                Ok([
                    Frequencies::open(reader, a, word)?,
                    Frequencies::open(reader, b, word)?,
                    Frequencies::open(reader, c, word)?,
                ])
            })
            .collect::<tantivy::Result<_>>()?;
        let mut title = Vec::new();
        if plan.words.len() > 1 {
            let inverted = reader.inverted_index(fields.title)?;
            for word in &plan.words {
                let term = Term::from_field_text(fields.title, &word.terms[0].0);
                title.push(inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?);
            }
        }
        Ok(Self {
            plan,
            columns,
            words,
            lengths: [
                reader.get_fieldnorms_reader(a)?,
                reader.get_fieldnorms_reader(b)?,
                reader.get_fieldnorms_reader(c)?,
            ],
            factors,
            title,
            positions: [Vec::new(), Vec::new()],
            idf_sum: plan.words.iter().map(|w| w.idf).sum(),
        })
    }

    pub fn score(&mut self, doc: DocId) -> f32 {
        let mut factors = [0.0; TEXT_FIELDS];
        for (field, factor) in factors.iter_mut().enumerate() {
            *factor = self.factors.0[field][usize::from(self.lengths[field].fieldnorm_id(doc))];
        }
        let (mut text, mut covered) = (0.0, 0.0);
        for (word, frequencies) in self.plan.words.iter().zip(&mut self.words) {
            let mut frequency = 0.0;
            for (field, factor) in frequencies.iter_mut().zip(factors) {
                frequency += field.of(doc) * factor;
            }
            if frequency > 0.0 {
                text += word.idf * (SATURATION + 1.0) * frequency / (SATURATION + frequency);
                covered += word.idf;
            }
        }
        text += NEIGHBOURS * self.neighbours(doc);
        text * self.coverage(covered) * self.standing(doc)
    }

    /// Something that has all of the query is worth more than the sum of its words.
    fn coverage(&self, covered: f32) -> f32 {
        if self.idf_sum > 0.0 {
            covered / self.idf_sum
        } else {
            1.0
        }
    }

    /// The worth of the pairs of the query that stand side by side, in order, in the title.
    fn neighbours(&mut self, doc: DocId) -> f32 {
        let mut worth = 0.0;
        for pair in 1..self.title.len() {
            let (left, right) = self.title.split_at_mut(pair);
            let (Some(left), Some(right)) = (&mut left[pair - 1], &mut right[0]) else {
                continue;
            };
            let stands = |postings: &mut SegmentPostings| {
                (if postings.doc() < doc {
                    postings.seek(doc)
                } else {
                    postings.doc()
                }) == doc
            };
            if !stands(left) || !stands(right) {
                continue;
            }
            let [a, b] = &mut self.positions;
            left.positions_with_offset(1, a);
            right.positions(b);
            if a.iter().any(|position| b.binary_search(position).is_ok()) {
                worth += self.plan.words[pair - 1].idf + self.plan.words[pair].idf;
            }
        }
        worth
    }

    fn standing(&self, doc: DocId) -> f32 {
        let stock = if self.columns.in_stock.get_val(doc) == 0 {
            OUT_OF_STOCK
        } else {
            1.0
        };
        let popularity = self.columns.popularity.get_val(doc) as f32;
        stock * (1.0 + POPULARITY_SHARE * popularity / (popularity + POPULARITY_HALF))
    }
}

/// Where a document stands in the order asked for: the greater, the earlier. Ties go to the younger product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub key: u64,
    pub product: u128,
}

/// A document that made it into the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ranked {
    pub place: Place,
    pub segment: u32,
    pub doc: DocId,
}

/// The first documents after a place.
pub struct Top {
    heap: BinaryHeap<Reverse<Ranked>>,
    size: usize,
    after: Option<Place>,
}

impl Top {
    #[must_use]
    pub fn new(size: usize, after: Option<Place>) -> Self {
        Self {
            heap: BinaryHeap::with_capacity(size + 1),
            size,
            after,
        }
    }

    #[inline]
    pub fn offer(&mut self, key: u64, segment: u32, doc: DocId, columns: &Columns) {
        // Most are turned away by their key alone, without a look at their id.
        let full = self.heap.len() == self.size;
        if full && self.heap.peek().is_none_or(|worst| key < worst.0.place.key) {
            return;
        }
        if self.after.is_some_and(|after| key > after.key) {
            return;
        }
        let place = Place {
            key,
            product: columns.id(doc),
        };
        if self.after.is_some_and(|after| place >= after) {
            return;
        }
        let ranked = Ranked { place, segment, doc };
        if !full {
            self.heap.push(Reverse(ranked));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && ranked > worst.0
        {
            *worst = Reverse(ranked);
        }
    }

    #[must_use]
    pub fn into_ranked(self) -> Vec<Ranked> {
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|Reverse(ranked)| ranked)
            .collect()
    }
}

/// A score as a key: bits of positive floats order as the floats do.
#[must_use]
pub fn score_key(score: f32) -> u64 {
    u64::from(score.max(0.0).to_bits())
}

/// Any integer as a key of the same order.
#[must_use]
pub fn integer_key(value: i64) -> u64 {
    tantivy::i64_to_u64(value)
}
