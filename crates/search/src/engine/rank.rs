//! How well a document answers a plan, and the best of them.

use super::columns::Columns;
use super::plan::{Plan, Word};
use super::ranking::Ranking;
use super::schema::{Fields, TEXT_FIELDS};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, Term};

/// How often a term stands in a field, document by document.
enum Frequencies {
    Nowhere,
    Postings(Box<SegmentPostings>),
    /// Of several terms, each with its weight: read side by side, as most of them are short and wait far ahead.
    Several(Vec<(SegmentPostings, f32)>),
}

impl Frequencies {
    fn open(reader: &SegmentReader, field: Field, terms: &[(String, f32)]) -> tantivy::Result<Self> {
        let inverted = reader.inverted_index(field)?;
        let mut lists = Vec::new();
        for (term, weight) in terms {
            let term = Term::from_field_text(field, term);
            if let Some(postings) = inverted.read_postings(&term, IndexRecordOption::WithFreqs)? {
                lists.push((postings, *weight));
            }
        }
        match lists.len() {
            0 => Ok(Self::Nowhere),
            1 if lists[0].1 == 1.0 => {
                let only = lists
                    .pop()
                    .map(|(postings, _)| Self::Postings(Box::new(postings)));
                Ok(only.unwrap_or(Self::Nowhere))
            }
            _ => Ok(Self::Several(lists)),
        }
    }

    /// In `doc`; documents are asked for in ascending order.
    #[inline]
    fn of(&mut self, doc: DocId) -> f32 {
        match self {
            Self::Nowhere => 0.0,
            Self::Postings(postings) => frequency_in(postings, doc),
            Self::Several(lists) => {
                let each = lists.iter_mut();
                each.map(|(postings, weight)| *weight * frequency_in(postings, doc))
                    .sum()
            }
        }
    }
}

#[inline]
fn frequency_in(postings: &mut SegmentPostings, doc: DocId) -> f32 {
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

/// Where a word of the query stands.
struct Standing {
    fields: [Frequencies; TEXT_FIELDS],
    head: Frequencies,
    written: Frequencies,
}

impl Standing {
    fn open(
        reader: &SegmentReader,
        fields: &Fields,
        ranking: &Ranking,
        word: &Word,
    ) -> tantivy::Result<Self> {
        let [a, b, c] = fields.text_fields();
        let where_counted = |weight: f32, field, terms: &[(String, f32)]| {
            if weight == 0.0 {
                return Ok(Frequencies::Nowhere);
            }
            Frequencies::open(reader, field, terms)
        };
        Ok(Self {
            fields: [
                Frequencies::open(reader, a, &word.terms)?,
                Frequencies::open(reader, b, &word.terms)?,
                Frequencies::open(reader, c, &word.terms)?,
            ],
            head: where_counted(ranking.head, fields.head, &word.terms)?,
            written: where_counted(ranking.as_written, fields.words, &word.written)?,
        })
    }
}

/// Scores the documents of one segment, which must be asked for in ascending order.
///
/// BM25F (Robertson, Zaragoza, Taylor 2004): frequencies are weighed and normalised per field, added, and saturated
/// once per word. What else counts is said in [`Ranking`].
pub struct Scorer<'a> {
    plan: &'a Plan,
    ranking: &'a Ranking,
    columns: &'a Columns,
    words: Vec<Standing>,
    lengths: [FieldNormReader; TEXT_FIELDS],
    /// Per field and stored length: the field's weight over its dilution.
    factors: &'a Factors,
    title: Vec<Option<SegmentPostings>>,
    positions: [Vec<u32>; 2],
    idf_sum: f32,
    /// How often each word stands in the title of the document at hand.
    in_title: Vec<f32>,
    parts: Parts,
}

/// Weight over dilution for each of the 256 stored lengths of each field.
pub struct Factors([[f32; 256]; TEXT_FIELDS]);

impl Factors {
    #[must_use]
    pub fn new(plan: &Plan, ranking: &Ranking) -> Self {
        let (weights, dilution) = (ranking.field_weights(), ranking.field_dilution());
        let mut factors = [[0.0; 256]; TEXT_FIELDS];
        for (field, table) in factors.iter_mut().enumerate() {
            for (id, factor) in (0..=u8::MAX).zip(table.iter_mut()) {
                let length = FieldNormReader::id_to_fieldnorm(id) as f32;
                let b = dilution[field];
                *factor = weights[field] / (1.0 - b + b * length / plan.mean_lengths[field]);
            }
        }
        Self(factors)
    }
}

impl<'a> Scorer<'a> {
    pub fn open(
        plan: &'a Plan,
        ranking: &'a Ranking,
        factors: &'a Factors,
        reader: &SegmentReader,
        fields: &Fields,
        columns: &'a Columns,
    ) -> tantivy::Result<Self> {
        let [a, b, c] = fields.text_fields();
        let words = plan.words.iter();
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
            ranking,
            columns,
            words: words
                .map(|word| Standing::open(reader, fields, ranking, word))
                .collect::<tantivy::Result<_>>()?,
            lengths: [
                reader.get_fieldnorms_reader(a)?,
                reader.get_fieldnorms_reader(b)?,
                reader.get_fieldnorms_reader(c)?,
            ],
            factors,
            title,
            positions: [Vec::new(), Vec::new()],
            idf_sum: plan.words.iter().map(|w| w.idf).sum(),
            in_title: vec![0.0; plan.words.len()],
            parts: Parts::default(),
        })
    }

    /// The score of `doc`; 0 for one that cannot reach `floor`, which is mostly seen from its title.
    pub fn score(&mut self, doc: DocId, floor: f32) -> f32 {
        let ranking = self.ranking;
        let mut titled = 0.0;
        for ((word, standing), in_title) in self
            .plan
            .words
            .iter()
            .zip(&mut self.words)
            .zip(&mut self.in_title)
        {
            *in_title = standing.fields[0].of(doc);
            if *in_title > 0.0 {
                titled += word.idf;
            }
        }
        if self.most(titled) < floor {
            return 0.0;
        }
        let mut factors = [0.0; TEXT_FIELDS];
        for (field, factor) in factors.iter_mut().enumerate() {
            *factor = self.factors.0[field][usize::from(self.lengths[field].fieldnorm_id(doc))];
        }
        let (mut text, mut covered) = (0.0, 0.0);
        for ((word, standing), &in_title) in self.plan.words.iter().zip(&mut self.words).zip(&self.in_title) {
            let mut frequency = in_title * factors[0];
            for (field, factor) in standing.fields.iter_mut().zip(factors).skip(1) {
                frequency += field.of(doc) * factor;
            }
            if frequency > 0.0 {
                let k = ranking.saturation;
                text += word.idf * (k + 1.0) * frequency / (k + frequency);
                covered += word.idf;
            }
            text += word.idf * ranking.head * standing.head.of(doc).min(1.0);
            if in_title > 0.0 {
                text += word.idf * ranking.as_written * standing.written.of(doc).min(1.0);
            }
        }
        text += self.neighbours(doc);
        self.parts = Parts {
            text,
            coverage: self.share(covered).powf(ranking.coverage),
            title_coverage: 1.0 + ranking.title_coverage * self.share(titled),
            ..self.standing(doc)
        };
        self.parts.score()
    }

    /// What the score of the last document that was scored in full is the product of.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The best score that a document can have of whose title's words only is known how much they tell.
    fn most(&self, titled: f32) -> f32 {
        let ranking = self.ranking;
        // A pair's worth is that of both its words, and each word is in two pairs at most.
        let pairs = 2.0 * ranking.neighbours.max(ranking.near) * titled;
        let text =
            self.idf_sum * (ranking.saturation + 1.0 + ranking.head) + ranking.as_written * titled + pairs;
        text * (1.0 + ranking.title_coverage * self.share(titled)) * ranking.standing_max()
    }

    /// Of the query, as much as these words tell.
    fn share(&self, idf: f32) -> f32 {
        if self.idf_sum > 0.0 {
            idf / self.idf_sum
        } else {
            1.0
        }
    }

    /// The worth of the pairs of the query that stand together in the title.
    fn neighbours(&mut self, doc: DocId) -> f32 {
        let mut worth = 0.0;
        for pair in 1..self.title.len() {
            if self.in_title[pair - 1] == 0.0 || self.in_title[pair] == 0.0 {
                continue;
            }
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
            left.positions(a);
            right.positions(b);
            let idf = self.plan.words[pair - 1].idf + self.plan.words[pair].idf;
            if a.iter().any(|position| b.binary_search(&(position + 1)).is_ok()) {
                worth += self.ranking.neighbours * idf;
            } else if a.iter().any(|x| b.iter().any(|y| x.abs_diff(*y) <= NEAR)) {
                worth += self.ranking.near * idf;
            }
        }
        worth
    }

    /// What is said of a document whatever was asked.
    fn standing(&self, doc: DocId) -> Parts {
        let ranking = self.ranking;
        let facts = self.columns.facts(doc);
        let popularity = facts.popularity as f32;
        Parts {
            stock: if facts.in_stock { 1.0 } else { ranking.out_of_stock },
            popularity: 1.0 + ranking.popularity_share * popularity / (popularity + ranking.popularity_half),
            freshness: self.freshness(facts.created),
            rating: match facts.rating {
                0 => 1.0,
                hundredths => {
                    let off = f32::from(hundredths) - STARS_MIDDLE;
                    1.0 + ranking.rating_share * (off / STARS_SPAN).clamp(-1.0, 1.0)
                }
            },
            ..Parts::default()
        }
    }

    fn freshness(&self, created: i64) -> f32 {
        // A plan without a time knows nothing of age.
        if self.plan.as_of == 0 {
            return 1.0;
        }
        let created_s = created / MICROS_PER_S;
        let age_days = (self.plan.as_of - created_s).max(0) as f32 / S_PER_DAY;
        1.0 + self.ranking.freshness_share * (-age_days / self.ranking.freshness_half_days).exp2()
    }
}

const MICROS_PER_S: i64 = 1_000_000;
const S_PER_DAY: f32 = 86_400.0;
/// Hundredths of a star that say neither good nor bad, and from there to the best and the worst.
const STARS_MIDDLE: f32 = 300.0;
const STARS_SPAN: f32 = 200.0;

/// What a score is the product of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    pub text: f32,
    pub coverage: f32,
    pub title_coverage: f32,
    pub stock: f32,
    pub popularity: f32,
    pub freshness: f32,
    pub rating: f32,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            text: 1.0,
            coverage: 1.0,
            title_coverage: 1.0,
            stock: 1.0,
            popularity: 1.0,
            freshness: 1.0,
            rating: 1.0,
        }
    }
}

impl Parts {
    #[must_use]
    pub fn named(&self) -> [(&'static str, f32); 7] {
        [
            ("text", self.text),
            ("coverage", self.coverage),
            ("title_coverage", self.title_coverage),
            ("stock", self.stock),
            ("popularity", self.popularity),
            ("freshness", self.freshness),
            ("rating", self.rating),
        ]
    }

    fn score(&self) -> f32 {
        self.named().iter().map(|(_, value)| value).product()
    }
}

/// Words from one to the other that still stand close together.
const NEAR: u32 = 3;

/// Where a document stands in the order asked for: the greater, the earlier. Ties go to the younger product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub key: u64,
    pub product: u128,
}

impl Place {
    /// Before everything.
    pub const TOP: Self = Self {
        key: u64::MAX,
        product: u128::MAX,
    };
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

    /// The score below which nothing comes in any more.
    #[must_use]
    pub fn floor(&self) -> f32 {
        match self.heap.peek() {
            Some(worst) if self.heap.len() == self.size => score_of(worst.0.place.key),
            _ => 0.0,
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

    /// The first of these and of what another search for as many has found elsewhere.
    pub fn join(&mut self, next: Self) {
        self.heap.extend(next.heap);
        while self.heap.len() > self.size {
            self.heap.pop();
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

/// A key as the score that it is of.
#[must_use]
pub fn score_of(key: u64) -> f32 {
    f32::from_bits(u32::try_from(key).unwrap_or(u32::MAX))
}

/// Any integer as a key of the same order.
#[must_use]
pub fn integer_key(value: i64) -> u64 {
    tantivy::i64_to_u64(value)
}
