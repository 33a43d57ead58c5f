//! What a search finds in one span of the index.

use super::columns::{Columns, View};
use super::cores::Stretch;
use super::document::currency_key;
use super::facets::Counts;
use super::filter::{SegmentFilters, Verdict, folds_without};
use super::matching::for_each_match;
use super::personal::SegmentTaste;
use super::plan::Plan;
use super::promoted;
use super::rank::{Factors, Place, Ranked, Top, integer_key, score_key};
use super::rows::Indexed;
use super::rules::{self, Pin, SegmentRules, newest_key};
use super::run::Run;
use contracts::search::{SearchQuery, Sort};
use kernel::SearchRuleId;
use std::ops::ControlFlow;
use tantivy::{DocId, SegmentReader};

/// Hidden products that a preview tells of.
const HIDDEN_TOLD_MAX: usize = 12;

/// What the page is ordered by.
#[derive(Clone, Copy)]
enum Order {
    Score,
    Price { is_rising: bool },
    Newest,
    Distance,
}

impl Order {
    fn of(query: &SearchQuery, plan: &Plan) -> Self {
        match query.sort {
            Sort::Relevance if !plan.is_empty() => Self::Score,
            // Without words nothing is more relevant than anything else: what is new comes first.
            Sort::Relevance | Sort::Newest => Self::Newest,
            Sort::PriceAsc => Self::Price { is_rising: true },
            Sort::PriceDesc => Self::Price { is_rising: false },
            Sort::Distance => Self::Distance,
        }
    }
}

/// What is worked out once, for all spans.
pub struct Common {
    factors: Factors,
    currency: Option<u32>,
    distances: Distances,
    /// By filter, whether items would be found without it instead of offers.
    folds: Vec<bool>,
    /// Where the pinned products are.
    pins: Vec<(Pin, u32, DocId)>,
}

impl Common {
    pub fn of(run: &Run) -> tantivy::Result<Self> {
        let mut pins = Vec::with_capacity(run.pins.len());
        for pin in run.pins {
            let at = rules::find(run.view, run.fields, pin.product)?;
            pins.extend(at.map(|(segment, doc)| (*pin, segment, doc)));
        }
        let folds = run.filters.iter().map(|one| folds_without(run.filters, one));
        Ok(Self {
            factors: Factors::new(run.plan, run.ranking),
            currency: run.query.currency.map(currency_key),
            distances: Distances::of(run.view, run.query),
            folds: folds.collect(),
            pins,
        })
    }
}

/// A stretch of a segment, ready to be searched.
struct Opened<'a> {
    stretch: &'a Stretch,
    reader: &'a SegmentReader,
    columns: &'a Columns,
    rules: SegmentRules,
    /// The pinned documents within, in ascending order.
    pins: Vec<(Pin, DocId)>,
}

impl Opened<'_> {
    /// A document without a rank of its own.
    fn unranked(&self, doc: DocId) -> Ranked {
        Ranked {
            place: Place { key: 0, product: 0 },
            segment: self.stretch.segment,
            doc,
        }
    }

    fn is_free(&self, doc: DocId) -> bool {
        self.pins.iter().all(|(_, pinned)| *pinned != doc)
    }
}

/// What was found in a span, or in several that follow each other.
pub struct Part<'a> {
    pub top: Top,
    pub counts: Option<Counts<'a>>,
    pub total: u64,
    pub pinned: Vec<(Pin, Ranked)>,
    /// What shops pay for, where it passes.
    pub worthy: Vec<Ranked>,
    /// By filter, how many would be found without it.
    pub without: Vec<u64>,
    /// Some of what rules hide.
    pub hidden: Vec<(Ranked, SearchRuleId)>,
}

impl<'a> Part<'a> {
    pub fn of(run: &Run<'a>, common: &Common, span: &[Stretch]) -> tantivy::Result<Self> {
        let counts = || Counts::new(run.filters, run.view, common.currency);
        let mut part = Self {
            top: Top::new(run.wanted + run.seats, run.after),
            counts: run.query.facets.then(counts),
            total: 0,
            pinned: Vec::new(),
            worthy: Vec::new(),
            without: vec![0; run.filters.len()],
            hidden: Vec::new(),
        };
        for stretch in span {
            part.add(run, common, stretch)?;
        }
        Ok(part)
    }

    /// With what was found behind it.
    #[must_use]
    pub fn join(mut self, next: Self) -> Self {
        self.top.join(next.top);
        if let (Some(counts), Some(next)) = (&mut self.counts, next.counts) {
            counts.join(next);
        }
        self.total += next.total;
        self.pinned.extend(next.pinned);
        self.worthy.extend(next.worthy);
        let without = self.without.iter_mut().zip(next.without);
        without.for_each(|(count, next)| *count += next);
        self.hidden.extend(next.hidden);
        self.hidden.truncate(HIDDEN_TOLD_MAX);
        self
    }

    fn add(&mut self, run: &Run<'a>, common: &Common, stretch: &Stretch) -> tantivy::Result<()> {
        let view: &'a View = run.view;
        let reader = view.searcher.segment_reader(stretch.segment);
        let columns = &*view.columns[stretch.segment as usize];
        let rules = SegmentRules::open(run.made, reader, run.fields)?;
        let pins = common.pins.iter().filter(|(_, segment, doc)| {
            *segment == stretch.segment && stretch.docs.contains(doc) && rules.hides(*doc).is_none()
        });
        let mut pins: Vec<(Pin, DocId)> = pins.map(|(pin, _, doc)| (*pin, *doc)).collect();
        pins.sort_by_key(|(_, doc)| *doc);
        let at = Opened {
            stretch,
            reader,
            columns,
            rules,
            pins,
        };
        let (passing, near) = self.sift(run, common, &at)?;
        if !passing.is_empty() {
            self.total += passing.len() as u64;
            let pinned = at
                .pins
                .iter()
                .filter(|(_, doc)| passing.binary_search(doc).is_ok());
            self.pinned
                .extend(pinned.map(|(pin, doc)| (*pin, at.unranked(*doc))));
            self.weigh_offered(run, common, &at, &passing)?;
            self.rank(run, common, &at, &passing)?;
        }
        if let Some(counts) = &mut self.counts {
            counts.add(columns, passing, near);
        }
        Ok(())
    }

    /// The documents that pass, and by filter those that fail it alone, as far as they are counted.
    fn sift(
        &mut self,
        run: &Run<'a>,
        common: &Common,
        at: &Opened,
    ) -> tantivy::Result<(Vec<DocId>, Vec<Vec<DocId>>)> {
        let judge = SegmentFilters::open(run.filters, at.reader, run.fields, at.columns)?;
        let mut passing: Vec<DocId> = Vec::new();
        let mut near: Vec<Vec<DocId>> = vec![Vec::new(); run.filters.len()];
        let mut sort_in = |doc: DocId| match judge.judge(doc) {
            Verdict::Passes => passing.push(doc),
            Verdict::FailsOnly(filter) => {
                self.without[filter] += u64::from(!common.folds[filter] || at.columns.facts(doc).wins);
                if run.query.facets {
                    near[filter].push(doc);
                }
            }
            Verdict::Fails => {}
        };
        // Pinned ones are found whatever their words; all come in ascending order.
        let mut waiting = at.pins.iter().map(|(_, doc)| *doc).peekable();
        let mut take_in = |doc: DocId| {
            while let Some(pinned) = waiting.next_if(|pinned| *pinned <= doc) {
                if pinned < doc {
                    sort_in(pinned);
                }
            }
            match at.rules.hides(doc) {
                None => sort_in(doc),
                Some(rule) if self.hidden.len() < HIDDEN_TOLD_MAX => {
                    self.hidden.push((at.unranked(doc), rule));
                }
                Some(_) => {}
            }
        };
        match run.matched {
            Some(matched) => matched.within(at.stretch).iter().copied().for_each(take_in),
            None => {
                let docs = at.stretch.docs.clone();
                for_each_match(at.reader, run.fields, run.plan, docs, run.deadline, |doc| {
                    take_in(doc);
                    ControlFlow::Continue(())
                })?;
            }
        }
        waiting.for_each(&mut sort_in);
        Ok((passing, near))
    }

    /// How well each of what shops pay for answers; in lists without words, whose turn it is.
    fn weigh_offered(
        &mut self,
        run: &Run<'a>,
        common: &Common,
        at: &Opened,
        passing: &[DocId],
    ) -> tantivy::Result<()> {
        let segment = at.stretch.segment;
        let offered = run.offered.get(segment as usize).into_iter().flatten().copied();
        let mut offered = offered
            .filter(|doc| at.is_free(*doc) && passing.binary_search(doc).is_ok())
            .peekable();
        if offered.peek().is_none() {
            return Ok(());
        }
        let mut scorer = run.scorer(&common.factors, segment)?;
        for doc in offered {
            let product = at.columns.id(doc);
            let key = if run.plan.is_empty() {
                promoted::turn(product, run.plan.as_of)
            } else {
                score_key(at.rules.factor(doc) * scorer.score(doc, 0.0))
            };
            let place = Place { key, product };
            self.worthy.push(Ranked { place, segment, doc });
        }
        Ok(())
    }

    /// Offers what has no place of its own for the page.
    fn rank(
        &mut self,
        run: &Run<'a>,
        common: &Common,
        at: &Opened,
        passing: &[DocId],
    ) -> tantivy::Result<()> {
        let (segment, columns, rules) = (at.stretch.segment, at.columns, &at.rules);
        let top = &mut self.top;
        let free = passing.iter().copied().filter(|&doc| at.is_free(doc));
        match Order::of(run.query, run.plan) {
            Order::Score => {
                let mut scorer = run.scorer(&common.factors, segment)?;
                let share = run.ranking.personal_share;
                let taste = SegmentTaste::open(run.taste, share, at.reader, run.fields, columns)?;
                for doc in free {
                    let factor = rules.factor(doc) * taste.factor(doc);
                    let score = factor * scorer.score(doc, top.floor() / factor);
                    top.offer(score_key(score), segment, doc, columns);
                }
            }
            Order::Price { is_rising } => free.for_each(|doc| {
                let key = price_key(columns, doc, is_rising, common.currency);
                top.offer(key, segment, doc, columns);
            }),
            Order::Newest if rules.weighs() && run.query.sort == Sort::Relevance => free.for_each(|doc| {
                let key = newest_key(columns, doc, rules.factor(doc));
                top.offer(key, segment, doc, columns);
            }),
            Order::Newest => free.for_each(|doc| {
                let key = integer_key(columns.facts(doc).created);
                top.offer(key, segment, doc, columns);
            }),
            Order::Distance => {
                let mut scorer = run.scorer(&common.factors, segment)?;
                for doc in free {
                    // Of what is equally far the better answer comes first, and without words the newer one.
                    let then = if run.plan.is_empty() {
                        integer_key(columns.facts(doc).created) >> u32::BITS
                    } else {
                        score_key(scorer.score(doc, 0.0))
                    };
                    let nearness = u64::from(common.distances.nearness(columns, doc));
                    top.offer((nearness << u32::BITS) | then, segment, doc, columns);
                }
            }
        }
        Ok(())
    }
}

/// The greater, the earlier; prices in a currency that was not asked for come last.
fn price_key(columns: &Columns, doc: DocId, is_rising: bool, currency: Option<u32>) -> u64 {
    let facts = columns.facts(doc);
    if !facts.is_priced_in(currency) {
        return 0;
    }
    let key = integer_key(facts.price);
    if is_rising { !key } else { key }
}

/// How far the places of the index are from where the buyer is, by the number of their term.
struct Distances(Vec<Option<u32>>);

impl Distances {
    fn of(view: &View, query: &SearchQuery) -> Self {
        let Some(from) = query.near.as_deref().filter(|_| query.sort == Sort::Distance) else {
            return Self(Vec::new());
        };
        let regions = view.terms.of(Indexed::Region).read();
        let distance = |number: usize| {
            let region = regions.group_name(regions.group_of(number));
            kernel::geo::distance_km(from, region)
        };
        Self((0..regions.len()).map(distance).collect())
    }

    /// The greater, the nearer; 0 where the distance is not known.
    fn nearness(&self, columns: &Columns, doc: DocId) -> u32 {
        let numbers = columns.facets.numbers(Indexed::Region, doc);
        let known = numbers.filter_map(|number| *self.0.get(number)?);
        known.min().map_or(0, |km| u32::MAX - km)
    }
}
