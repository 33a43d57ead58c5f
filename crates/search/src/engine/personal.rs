//! What whoever asks has shown an interest in lately, as a factor of scores: small, bounded, and 1 for all where nothing is
//! known of them.

use super::columns::Columns;
use super::document::currency_key;
use super::rules::docs_of;
use super::schema::Fields;
use contracts::search::taste::{Liking, PriceBand, Taste};
use contracts::search::tuning::RuleTarget;
use tantivy::{BitSet, DocId, SegmentReader};

/// What the kinds of likeness are worth beside each other: together 1.
const CATEGORY: f32 = 0.5;
const SELLER: f32 = 0.3;
const PRICE: f32 = 0.2;

/// Something that a product may have in common with what was looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Likeness {
    /// Of a category or a shop.
    Of(RuleTarget),
    Priced(PriceBand),
}

/// Each likeness with its worth: those that a product can have come to 1 at most.
pub fn likenesses(taste: &Taste) -> impl Iterator<Item = (Likeness, f32)> {
    let worth = |one: &Liking, kind: f32| kind * f32::from(one.percent) / 100.0;
    let categories = taste.categories.iter().map(move |one| {
        let path = one.value.clone();
        (Likeness::Of(RuleTarget::Category { path }), worth(one, CATEGORY))
    });
    let sellers = taste.sellers.iter().map(move |one| {
        let slug = one.value.clone();
        (Likeness::Of(RuleTarget::Seller { slug }), worth(one, SELLER))
    });
    let price = taste.price.map(|band| (Likeness::Priced(band), PRICE));
    categories.chain(sellers).chain(price)
}

/// A taste over the documents of one segment.
pub struct SegmentTaste<'a> {
    share: f32,
    alike: Vec<(BitSet, f32)>,
    price: Option<(&'a Columns, PriceBand, u32)>,
}

impl<'a> SegmentTaste<'a> {
    /// `share` is the most that it adds to a score.
    pub fn open(
        taste: Option<&Taste>,
        share: f32,
        reader: &SegmentReader,
        fields: &Fields,
        columns: &'a Columns,
    ) -> tantivy::Result<Self> {
        let mut opened = Self {
            share,
            alike: Vec::new(),
            price: None,
        };
        for (likeness, worth) in taste.into_iter().flat_map(likenesses) {
            match likeness {
                Likeness::Of(target) => opened.alike.push((docs_of(&target, reader, fields)?, worth)),
                Likeness::Priced(band) => opened.price = Some((columns, band, currency_key(band.currency))),
            }
        }
        Ok(opened)
    }

    /// What a score is multiplied by: 1 and up to the share more.
    #[inline]
    pub fn factor(&self, doc: DocId) -> f32 {
        if self.alike.is_empty() && self.price.is_none() {
            return 1.0;
        }
        let mut likeness: f32 = self
            .alike
            .iter()
            .filter(|(docs, _)| docs.contains(doc))
            .map(|(_, worth)| worth)
            .sum();
        if let Some((columns, band, currency)) = &self.price {
            let facts = columns.facts(doc);
            if (band.min..=band.max).contains(&facts.price) && facts.is_priced_in(Some(*currency)) {
                likeness += PRICE;
            }
        }
        1.0 + self.share * likeness
    }
}
