//! One search over all segments: what passes, in which order, and how much there is of everything.

use super::columns::{Columns, View};
use super::document::currency_key;
use super::facets::Counts;
use super::filter::{Filter, SegmentFilters, Verdict, folds_without};
use super::matching::{Matched, for_each_match};
use super::personal::SegmentTaste;
use super::plan::Plan;
use super::promoted;
use super::rank::{Factors, Parts, Place, Ranked, Scorer, Top, integer_key, score_key, score_of};
use super::ranking::Ranking;
use super::rows::Indexed;
use super::rules::{self, Merchandising, Pin, SegmentRules, newest_key};
use super::schema::Fields;
use contracts::search::taste::Taste;
use contracts::search::{Facet, Relaxed, SearchQuery, Sort};
use kernel::SearchRuleId;
use std::ops::ControlFlow;
use std::time::Instant;
use tantivy::DocId;

/// Hidden products that a preview tells of.
const HIDDEN_TOLD_MAX: usize = 12;

/// What a search is made of.
pub struct Run<'a> {
    pub view: &'a View,
    pub fields: &'a Fields,
    pub plan: &'a Plan,
    /// What matches the plan, where it is known already.
    pub matched: Option<&'a Matched>,
    pub ranking: &'a Ranking,
    pub filters: &'a [Filter],
    pub query: &'a SearchQuery,
    pub made: &'a Merchandising,
    /// Products with places of their own: they count among what is found, and are in no other place.
    pub pins: &'a [Pin],
    pub taste: Option<&'a Taste>,
    /// By segment, documents that shops pay for, and how many of them have a place of their own where they are found.
    pub offered: &'a [Vec<DocId>],
    pub seats: usize,
    pub after: Option<Place>,
    /// Products in order of rank that are wanted.
    pub wanted: usize,
    pub deadline: Instant,
}

pub struct Found {
    pub ranked: Vec<Ranked>,
    /// Those of the pins that pass the filters.
    pub pinned: Vec<(Pin, Ranked)>,
    /// Those that shops pay for and that are put forward; they count among the matches like others.
    pub promoted: Vec<Ranked>,
    /// Every match that passes, also pinned ones.
    pub total: u64,
    pub facets: Vec<Facet>,
    pub relaxed: Vec<Relaxed>,
    /// Some of what rules hide.
    pub hidden: Vec<(Ranked, SearchRuleId)>,
}

/// Why a document stands where it does.
pub struct Reasons {
    pub parts: Parts,
    /// What rules multiply the score by, and which.
    pub factor: f32,
    pub rules: Vec<SearchRuleId>,
}

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

/// A document without a rank of its own.
fn unranked(segment: u32, doc: DocId) -> Ranked {
    Ranked {
        place: Place { key: 0, product: 0 },
        segment,
        doc,
    }
}

impl Run<'_> {
    pub fn find(&self) -> tantivy::Result<Found> {
        let (view, query) = (self.view, self.query);
        let factors = Factors::new(self.plan, self.ranking);
        let mut top = Top::new(self.wanted + self.seats, self.after);
        let currency = query.currency.map(currency_key);
        let mut counts = query.facets.then(|| Counts::new(self.filters, view, currency));
        let distances = Distances::of(view, query);
        let mut pins = Vec::with_capacity(self.pins.len());
        for pin in self.pins {
            let at = rules::find(view, self.fields, pin.product)?;
            pins.extend(at.map(|(segment, doc)| (*pin, segment, doc)));
        }
        let (mut total, mut pinned, mut hidden) = (0, Vec::new(), Vec::new());
        let mut worthy = Vec::new();
        let mut without = vec![0u64; self.filters.len()];
        let folds: Vec<bool> = self
            .filters
            .iter()
            .map(|one| folds_without(self.filters, one))
            .collect();
        for ((segment, reader), columns) in (0..).zip(view.searcher.segment_readers()).zip(&view.columns) {
            let judge = SegmentFilters::open(self.filters, reader, self.fields, columns)?;
            let rules = SegmentRules::open(self.made, reader, self.fields)?;
            let mut own: Vec<(Pin, DocId)> = pins
                .iter()
                .filter(|(_, at, doc)| *at == segment && rules.hides(*doc).is_none())
                .map(|(pin, _, doc)| (*pin, *doc))
                .collect();
            own.sort_by_key(|(_, doc)| *doc);
            let mut passing: Vec<DocId> = Vec::new();
            let mut near: Vec<Vec<DocId>> = vec![Vec::new(); self.filters.len()];
            let mut sort_in = |doc: DocId| match judge.judge(doc) {
                Verdict::Passes => passing.push(doc),
                Verdict::FailsOnly(filter) => {
                    without[filter] += u64::from(!folds[filter] || columns.facts(doc).wins);
                    if query.facets {
                        near[filter].push(doc);
                    }
                }
                Verdict::Fails => {}
            };
            // Pinned ones are found whatever their words; all come in ascending order.
            let mut waiting = own.iter().map(|(_, doc)| *doc).peekable();
            let mut take_in = |doc: DocId| {
                while let Some(pinned) = waiting.next_if(|pinned| *pinned <= doc) {
                    if pinned < doc {
                        sort_in(pinned);
                    }
                }
                match rules.hides(doc) {
                    None => sort_in(doc),
                    Some(rule) if hidden.len() < HIDDEN_TOLD_MAX => {
                        hidden.push((unranked(segment, doc), rule));
                    }
                    Some(_) => {}
                }
            };
            match self.matched {
                Some(matched) => matched.of(segment).iter().copied().for_each(take_in),
                None => for_each_match(reader, self.fields, self.plan, self.deadline, |doc| {
                    take_in(doc);
                    ControlFlow::Continue(())
                })?,
            }
            waiting.for_each(&mut sort_in);
            total += passing.len() as u64;
            for &(pin, doc) in &own {
                if passing.binary_search(&doc).is_ok() {
                    pinned.push((pin, unranked(segment, doc)));
                }
            }
            let is_free = |doc: DocId| own.iter().all(|(_, pinned)| *pinned != doc);
            let offered: Vec<DocId> = self
                .offered
                .get(segment as usize)
                .into_iter()
                .flatten()
                .copied()
                .collect();
            let offered = offered
                .into_iter()
                .filter(|doc| is_free(*doc) && passing.binary_search(doc).is_ok());
            self.weigh_offered(
                offered.collect(),
                &factors,
                &rules,
                (segment, columns),
                &mut worthy,
            )?;
            let free = passing.iter().copied().filter(|&doc| is_free(doc));
            match Order::of(query, self.plan) {
                Order::Score => {
                    let mut scorer = self.scorer(&factors, segment)?;
                    let share = self.ranking.personal_share;
                    let taste = SegmentTaste::open(self.taste, share, reader, self.fields, columns)?;
                    for doc in free {
                        let factor = rules.factor(doc) * taste.factor(doc);
                        let score = factor * scorer.score(doc, top.floor() / factor);
                        top.offer(score_key(score), segment, doc, columns);
                    }
                }
                Order::Price { is_rising } => free.for_each(|doc| {
                    let key = price_key(columns, doc, is_rising, currency);
                    top.offer(key, segment, doc, columns);
                }),
                Order::Newest if rules.weighs() && query.sort == Sort::Relevance => free.for_each(|doc| {
                    let key = newest_key(columns, doc, rules.factor(doc));
                    top.offer(key, segment, doc, columns);
                }),
                Order::Newest => free.for_each(|doc| {
                    let key = integer_key(columns.facts(doc).created);
                    top.offer(key, segment, doc, columns);
                }),
                Order::Distance => {
                    let mut scorer = self.scorer(&factors, segment)?;
                    for doc in free {
                        // Of what is equally far the better answer comes first, and without words the newer one.
                        let then = if self.plan.is_empty() {
                            integer_key(columns.facts(doc).created) >> u32::BITS
                        } else {
                            score_key(scorer.score(doc, 0.0))
                        };
                        let key = (u64::from(distances.nearness(columns, doc)) << u32::BITS) | then;
                        top.offer(key, segment, doc, columns);
                    }
                }
            }
            if let Some(counts) = &mut counts {
                counts.add(columns, passing, near);
            }
        }
        pinned.sort_by_key(|(pin, _)| pin.position);
        let mut ranked = top.into_ranked();
        let promoted = self.put_forward(worthy, &ranked);
        ranked.retain(|one| {
            promoted
                .iter()
                .all(|shown| shown.place.product != one.place.product)
        });
        ranked.truncate(self.wanted);
        Ok(Found {
            ranked,
            pinned,
            promoted,
            total,
            facets: counts.map(|counts| counts.into_facets(total)).unwrap_or_default(),
            relaxed: if total == 0 {
                relaxed(self.filters, &without)
            } else {
                Vec::new()
            },
            hidden,
        })
    }

    /// How well each of what shops pay for answers; in lists without words, whose turn it is.
    fn weigh_offered(
        &self,
        offered: Vec<DocId>,
        factors: &Factors,
        rules: &SegmentRules,
        (segment, columns): (u32, &Columns),
        worthy: &mut Vec<Ranked>,
    ) -> tantivy::Result<()> {
        if offered.is_empty() {
            return Ok(());
        }
        let mut scorer = self.scorer(factors, segment)?;
        for doc in offered {
            let product = columns.id(doc);
            let key = if self.plan.is_empty() {
                promoted::turn(product, self.plan.as_of)
            } else {
                score_key(rules.factor(doc) * scorer.score(doc, 0.0))
            };
            let place = Place { key, product };
            worthy.push(Ranked { place, segment, doc });
        }
        Ok(())
    }

    /// The best of what shops pay for, as far as they are not much worse answers than the best there is.
    fn put_forward(&self, mut worthy: Vec<Ranked>, ranked: &[Ranked]) -> Vec<Ranked> {
        if let (false, Some(best)) = (self.plan.is_empty(), ranked.first()) {
            let least = promoted::WORTH * score_of(best.place.key);
            worthy.retain(|one| score_of(one.place.key) >= least);
        }
        worthy.sort_unstable_by(|a, b| b.cmp(a));
        worthy.truncate(self.seats);
        worthy
    }

    fn scorer<'s>(&'s self, factors: &'s Factors, segment: u32) -> tantivy::Result<Scorer<'s>> {
        let reader = self.view.searcher.segment_reader(segment);
        let columns = &self.view.columns[segment as usize];
        Scorer::open(self.plan, self.ranking, factors, reader, self.fields, columns)
    }

    /// The reasons for the places of some documents, one by one.
    pub fn reasons(&self, ranked: &Ranked) -> tantivy::Result<Reasons> {
        let factors = Factors::new(self.plan, self.ranking);
        let mut scorer = self.scorer(&factors, ranked.segment)?;
        let reader = self.view.searcher.segment_reader(ranked.segment);
        let rules = SegmentRules::open(self.made, reader, self.fields)?;
        scorer.score(ranked.doc, 0.0);
        Ok(Reasons {
            parts: *scorer.parts(),
            factor: rules.factor(ranked.doc),
            rules: rules.weighing(ranked.doc),
        })
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
        let numbers = columns.facets.names(Indexed::Region, doc);
        let known = numbers.filter_map(|number| *self.0.get(number)?);
        known.min().map_or(0, |km| u32::MAX - km)
    }
}

/// What would be found without one of the filters.
fn relaxed(filters: &[Filter], without: &[u64]) -> Vec<Relaxed> {
    let mut relaxed: Vec<Relaxed> = filters
        .iter()
        .zip(without)
        .filter(|(filter, count)| **count > 0 && **filter != Filter::Wins)
        .map(|(filter, &count)| Relaxed {
            facet: filter.facet(),
            count,
        })
        .collect();
    relaxed.sort_by_key(|way| std::cmp::Reverse(way.count));
    relaxed
}
