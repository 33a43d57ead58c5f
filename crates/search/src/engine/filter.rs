//! Filters: OR within a facet, AND across facets.

use super::columns::Columns;
use super::document::{SEPARATOR, currency_key, term};
use super::quantity::{Quantity, Range, Unit};
use super::schema::Fields;
use contracts::search::{AttributeRange, SearchQuery};
use std::collections::BTreeSet;
use tantivy::postings::SegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, SegmentReader, TERMINATED};

/// What a query restricts, one entry per facet.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// A category and everything below it.
    Category(String),
    /// Slugs.
    Seller(Vec<String>),
    /// Subdivisions or whole countries.
    Region(Vec<String>),
    /// Minor units, inclusive, of the currency whose key this is.
    Price(i64, i64, Option<u32>),
    /// Hundredths of a star, at least.
    Rating(u64),
    /// From this region, at most so many kilometres.
    Near(String, u32),
    InStock,
    /// Put first of the offers of its item: an item is found once, unless shops or places are chosen.
    Wins,
    /// Any of the values, or a quantity within the range.
    Attribute {
        key: String,
        values: Vec<String>,
        range: Option<Range>,
    },
}

impl Filter {
    /// The key of the facet it chooses from.
    #[must_use]
    pub fn facet(&self) -> String {
        match self {
            Self::Category(_) => "category".to_owned(),
            Self::Seller(_) => "seller".to_owned(),
            Self::Region(_) => "region".to_owned(),
            Self::Price(..) => "price".to_owned(),
            Self::Rating(_) => "rating".to_owned(),
            Self::Near(..) => "distance".to_owned(),
            Self::InStock => "availability".to_owned(),
            Self::Wins => "offer".to_owned(),
            Self::Attribute { key, .. } => format!("attr.{key}"),
        }
    }

    /// Whether it says whose offers are wanted. Then each offer is found by itself.
    #[must_use]
    pub fn is_of_offers(&self) -> bool {
        matches!(self, Self::Seller(_) | Self::Region(_) | Self::Near(..))
    }

    /// Whether `facet` is counted without it: what would be found if it were chosen otherwise.
    #[must_use]
    pub fn is_chosen_in(&self, facet: &str) -> bool {
        match self {
            Self::Wins => matches!(facet, "seller" | "region"),
            _ => self.facet() == facet,
        }
    }
}

/// Whether without `filter` items would be found instead of offers.
#[must_use]
pub fn folds_without(filters: &[Filter], filter: &Filter) -> bool {
    filter.is_of_offers() && filters.iter().filter(|one| one.is_of_offers()).count() == 1
}

/// The filters of a query, in a fixed order.
#[must_use]
pub fn filters_of(query: &SearchQuery) -> Vec<Filter> {
    let mut filters = Vec::new();
    filters.extend(query.category.clone().map(Filter::Category));
    if !query.sellers.is_empty() {
        filters.push(Filter::Seller(query.sellers.clone()));
    }
    if !query.regions.is_empty() {
        filters.push(Filter::Region(query.regions.clone()));
    }
    if query.price_min.is_some() || query.price_max.is_some() {
        let (min, max) = (
            query.price_min.unwrap_or(i64::MIN),
            query.price_max.unwrap_or(i64::MAX),
        );
        filters.push(Filter::Price(min, max, query.currency.map(currency_key)));
    }
    if query.in_stock {
        filters.push(Filter::InStock);
    }
    if let (Some(from), Some(km)) = (&query.near, query.near_km) {
        filters.push(Filter::Near(from.clone(), km));
    }
    filters.extend(query.rating_min.map(|stars| Filter::Rating(hundredths(stars))));
    let keys: BTreeSet<&String> = query.attributes.keys().chain(query.ranges.keys()).collect();
    for key in keys {
        filters.push(Filter::Attribute {
            key: key.clone(),
            values: query.attributes.get(key).cloned().unwrap_or_default(),
            range: query.ranges.get(key).and_then(range_of),
        });
    }
    if !filters.iter().any(Filter::is_of_offers) {
        filters.push(Filter::Wins);
    }
    filters
}

/// Stars in hundredths.
#[must_use]
pub fn hundredths(stars: f64) -> u64 {
    (stars.max(0.0) * 100.0).round() as u64
}

/// `None` where the unit is not known, so that nothing is within it.
fn range_of(range: &AttributeRange) -> Option<Range> {
    let unit = Unit::named(&range.unit)?;
    Some(Range {
        min: range.min.map_or(f64::NEG_INFINITY, |min| unit.to_base(min)),
        max: range.max.map_or(f64::INFINITY, |max| unit.to_base(max)),
        unit,
    })
}

/// How a document fares with all filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passes,
    /// It passes all but this one: it counts in that filter's own facet.
    FailsOnly(usize),
    Fails,
}

enum Test<'a> {
    Set(BitSet),
    Price(&'a Columns, i64, i64, Option<u32>),
    Rating(&'a Columns, u64),
    InStock(&'a Columns),
    Wins(&'a Columns),
}

/// The filters, ready for one segment.
pub struct SegmentFilters<'a>(Vec<Test<'a>>);

impl<'a> SegmentFilters<'a> {
    pub fn open(
        filters: &[Filter],
        reader: &SegmentReader,
        fields: &Fields,
        columns: &'a Columns,
    ) -> tantivy::Result<Self> {
        let labelled = |field, values: &[String]| {
            let mut set = BitSet::with_max_value(reader.max_doc());
            for value in values {
                add_terms_beginning(reader, field, &term(value, ""), &mut set)?;
            }
            Ok::<_, tantivy::TantivyError>(Test::Set(set))
        };
        let tests = filters.iter().map(|filter| match filter {
            Filter::Category(path) => labelled(fields.category, std::slice::from_ref(path)),
            Filter::Seller(slugs) => labelled(fields.seller, slugs),
            Filter::Region(codes) => labelled(fields.region, codes),
            Filter::Price(min, max, currency) => Ok(Test::Price(columns, *min, *max, *currency)),
            Filter::Rating(least) => Ok(Test::Rating(columns, *least)),
            Filter::Near(from, km) => {
                let mut set = BitSet::with_max_value(reader.max_doc());
                add_regions_within(reader, fields.region, from, *km, &mut set)?;
                Ok(Test::Set(set))
            }
            Filter::InStock => Ok(Test::InStock(columns)),
            Filter::Wins => Ok(Test::Wins(columns)),
            Filter::Attribute { key, values, range } => {
                let mut set = BitSet::with_max_value(reader.max_doc());
                let inverted = reader.inverted_index(fields.attribute)?;
                for value in values {
                    if let Some(found) = inverted.terms().get(term(key, value))? {
                        let postings =
                            inverted.read_postings_from_terminfo(&found, IndexRecordOption::Basic)?;
                        add_docs(postings, &mut set);
                    }
                }
                if let Some(range) = range {
                    add_quantities(reader, fields.attribute, key, range, &mut set)?;
                }
                Ok(Test::Set(set))
            }
        });
        Ok(Self(tests.collect::<tantivy::Result<_>>()?))
    }

    #[inline]
    pub fn judge(&self, doc: DocId) -> Verdict {
        let mut verdict = Verdict::Passes;
        for (i, test) in self.0.iter().enumerate() {
            let passes = match test {
                Test::Set(set) => set.contains(doc),
                Test::Price(columns, min, max, currency) => {
                    let facts = columns.facts(doc);
                    (*min..=*max).contains(&facts.price) && facts.is_priced_in(*currency)
                }
                Test::Rating(columns, least) => u64::from(columns.facts(doc).rating) >= *least,
                Test::InStock(columns) => columns.facts(doc).in_stock,
                Test::Wins(columns) => columns.facts(doc).wins,
            };
            if !passes {
                if verdict != Verdict::Passes {
                    return Verdict::Fails;
                }
                verdict = Verdict::FailsOnly(i);
            }
        }
        verdict
    }
}

/// All documents with a term that begins with `start`: one value under whatever label.
pub fn add_terms_beginning(
    reader: &SegmentReader,
    field: Field,
    start: &str,
    set: &mut BitSet,
) -> tantivy::Result<()> {
    let inverted = reader.inverted_index(field)?;
    let mut stream = inverted.terms().range().ge(start).into_stream()?;
    while stream.advance() && stream.key().starts_with(start.as_bytes()) {
        add_docs(
            inverted.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?,
            set,
        );
    }
    Ok(())
}

/// All documents whose value of `key` is a quantity within `range`.
fn add_quantities(
    reader: &SegmentReader,
    field: Field,
    key: &str,
    range: &Range,
    set: &mut BitSet,
) -> tantivy::Result<()> {
    let start = term(key, "");
    let inverted = reader.inverted_index(field)?;
    let mut stream = inverted.terms().range().ge(start.as_str()).into_stream()?;
    while stream.advance() && stream.key().starts_with(start.as_bytes()) {
        let value = std::str::from_utf8(&stream.key()[start.len()..]).unwrap_or_default();
        if Quantity::read(value).is_some_and(|quantity| range.has(&quantity)) {
            add_docs(
                inverted.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?,
                set,
            );
        }
    }
    Ok(())
}

/// All documents whose region's middle is within so many kilometres of another region's.
fn add_regions_within(
    reader: &SegmentReader,
    field: Field,
    from: &str,
    km: u32,
    set: &mut BitSet,
) -> tantivy::Result<()> {
    let inverted = reader.inverted_index(field)?;
    let mut stream = inverted.terms().stream()?;
    while stream.advance() {
        let region = std::str::from_utf8(stream.key()).unwrap_or_default();
        let region = region.split(SEPARATOR).next().unwrap_or_default();
        if kernel::geo::distance_km(from, region).is_some_and(|distance| distance <= km) {
            add_docs(
                inverted.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?,
                set,
            );
        }
    }
    Ok(())
}

pub fn add_docs(mut postings: SegmentPostings, set: &mut BitSet) {
    let mut doc = postings.doc();
    while doc != TERMINATED {
        set.insert(doc);
        doc = postings.advance();
    }
}
