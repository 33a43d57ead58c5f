//! One search over the whole index: what passes, in which order, and how much there is of everything.

use super::columns::View;
use super::cores::Share;
use super::filter::Filter;
use super::matching::Matched;
use super::part::{Common, Part};
use super::plan::{Plan, documents};
use super::promoted;
use super::rank::{Factors, Parts, Place, Ranked, Scorer, score_of};
use super::ranking::Ranking;
use super::rules::{Merchandising, Pin, SegmentRules};
use super::schema::Fields;
use contracts::search::taste::Taste;
use contracts::search::{Facet, Relaxed, SearchQuery};
use kernel::SearchRuleId;
use std::time::Instant;
use tantivy::DocId;

/// Opening the lists of one of the plan's terms in a segment is like looking at so many documents.
const OPENING: u64 = 32;

/// What a search is made of.
pub struct Run<'a> {
    pub view: &'a View,
    pub fields: &'a Fields,
    pub share: &'a Share<'a>,
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

impl Run<'_> {
    pub fn find(&self) -> tantivy::Result<Found> {
        let common = Common::of(self)?;
        let spans = self.share.spans(self.view, self.looked_at());
        let found = spans.work(|span| Part::of(self, &common, span), Part::join)?;
        let mut pinned = found.pinned;
        pinned.sort_by_key(|(pin, _)| pin.position);
        let mut ranked = found.top.into_ranked();
        let promoted = self.put_forward(found.worthy, &ranked);
        ranked.retain(|one| {
            promoted
                .iter()
                .all(|shown| shown.place.product != one.place.product)
        });
        ranked.truncate(self.wanted);
        let total = found.total;
        let counts = found.counts;
        Ok(Found {
            ranked,
            pinned,
            promoted,
            total,
            facets: counts.map(|counts| counts.into_facets(total)).unwrap_or_default(),
            relaxed: if total == 0 {
                relaxed(self.filters, &found.without)
            } else {
                Vec::new()
            },
            hidden: found.hidden,
        })
    }

    /// How many documents it looks at, about, and what is as much work.
    fn looked_at(&self) -> u64 {
        let matches = match self.matched {
            Some(matched) => matched.count(),
            None => self.plan.matches_about(documents(self.view)),
        };
        let terms: usize = self.plan.words.iter().map(|word| word.terms.len()).sum();
        let lists = terms * self.view.columns.len();
        matches + OPENING * lists as u64
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

    pub fn scorer<'s>(&'s self, factors: &'s Factors, segment: u32) -> tantivy::Result<Scorer<'s>> {
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
