//! Filters: OR within a facet, AND across facets.

use super::columns::Columns;
use super::document::{currency_key, term};
use super::schema::Fields;
use contracts::search::SearchQuery;
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
    Price(i64, i64, Option<u64>),
    InStock,
    Attribute {
        key: String,
        values: Vec<String>,
    },
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
    for (key, values) in &query.attributes {
        filters.push(Filter::Attribute {
            key: key.clone(),
            values: values.clone(),
        });
    }
    filters
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
    Price(&'a Columns, i64, i64, Option<u64>),
    InStock(&'a Columns),
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
            Filter::InStock => Ok(Test::InStock(columns)),
            Filter::Attribute { key, values } => {
                let mut set = BitSet::with_max_value(reader.max_doc());
                let inverted = reader.inverted_index(fields.attribute)?;
                for value in values {
                    if let Some(found) = inverted.terms().get(term(key, value))? {
                        let postings =
                            inverted.read_postings_from_terminfo(&found, IndexRecordOption::Basic)?;
                        add_docs(postings, &mut set);
                    }
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
                    (*min..=*max).contains(&columns.price.get_val(doc))
                        && columns.is_priced_in(*currency, doc)
                }
                Test::InStock(columns) => columns.in_stock.get_val(doc) != 0,
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
fn add_terms_beginning(
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

fn add_docs(mut postings: SegmentPostings, set: &mut BitSet) {
    let mut doc = postings.doc();
    while doc != TERMINATED {
        set.insert(doc);
        doc = postings.advance();
    }
}
