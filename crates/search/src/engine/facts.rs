//! What filters, ranking and facets ask of a document, side by side in memory.
//!
//! A search looks at thousands of documents from all over a segment. In packed columns each question is a look at another
//! place; here the first question brings the answers to all.

use tantivy::SegmentReader;
use tantivy::columnar::{Cardinality, Column, ColumnValues};

/// Half a cache line, so that none lies across two.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub struct Facts {
    /// Minor units of the currency whose key [`Self::currency`] is.
    pub price: i64,
    /// Microseconds since 1970.
    pub created: i64,
    pub currency: u32,
    pub popularity: u32,
    /// Hundredths of a star.
    pub rating: u16,
    pub in_stock: bool,
    /// Put first of the offers of its item.
    pub wins: bool,
}

impl Facts {
    /// Of all documents of a segment, by their number.
    pub fn of(reader: &SegmentReader) -> tantivy::Result<Vec<Self>> {
        let fast = reader.fast_fields();
        let documents = 0..reader.max_doc();
        let price = single(fast.i64("price")?, 0);
        let created = single(fast.i64("created")?, 0);
        let currency = single(fast.u64("currency")?, 0);
        let popularity = single(fast.u64("popularity")?, 0);
        let rating = single(fast.u64("rating")?, 0);
        let in_stock = single(fast.u64("in_stock")?, 0);
        let wins = single(fast.u64("wins")?, 1);
        let facts = documents.map(|doc| Self {
            price: price.get_val(doc),
            created: created.get_val(doc),
            currency: u32::try_from(currency.get_val(doc)).unwrap_or(u32::MAX),
            popularity: u32::try_from(popularity.get_val(doc)).unwrap_or(u32::MAX),
            rating: u16::try_from(rating.get_val(doc)).unwrap_or(u16::MAX),
            in_stock: in_stock.get_val(doc) != 0,
            wins: wins.get_val(doc) != 0,
        });
        Ok(facts.collect())
    }

    /// Whether the price is in `currency`, by its key; every price is, where none is asked for.
    #[must_use]
    pub fn is_priced_in(&self, currency: Option<u32>) -> bool {
        currency.is_none_or(|key| self.currency == key)
    }
}

/// Every document has exactly one value: read it without asking how many there are.
pub fn single<T>(column: Column<T>, missing: T) -> std::sync::Arc<dyn ColumnValues<T>>
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
{
    match column.get_cardinality() {
        Cardinality::Full => column.values,
        _ => column.first_or_default_col(missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fit_into_a_cache_line() {
        assert_eq!(size_of::<Facts>(), 32);
    }
}
