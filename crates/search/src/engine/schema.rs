//! The fields of the index.
//!
//! Three weighted text fields carry the ranking; `all` holds every word once, without frequencies, and decides
//! what matches, so that a query of three words intersects three lists and not twelve. Facets are single columns of
//! terms: thousands of attribute keys are values of one column, not columns of their own.

use super::analysis::{ANALYZER, FOLDER, analyzer, folder};
use tantivy::Index;
use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};

/// To be raised with every change of the fields: an index made by another version is rebuilt.
pub const SCHEMA_VERSION: u32 = 6;

/// Weighted text fields, heaviest first.
pub const TEXT_FIELDS: usize = 3;

#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// 16 bytes of the product's id.
    pub id: Field,
    pub id_high: Field,
    pub id_low: Field,
    pub tenant: Field,
    pub title: Field,
    /// Brand, category names, tags.
    pub label: Field,
    /// Description, attribute values, seller.
    pub text: Field,
    pub all: Field,
    /// The words that say what the thing is, see [`super::heads`].
    pub head: Field,
    /// Words of title and labels as they are written, without stemming.
    pub words: Field,
    pub category: Field,
    pub seller: Field,
    pub region: Field,
    pub attribute: Field,
    pub price: Field,
    /// The price's currency, see [`super::document::currency_key`].
    pub currency: Field,
    pub in_stock: Field,
    pub created: Field,
    pub popularity: Field,
    pub rating: Field,
    /// Whether it is put first of the offers of its item.
    pub wins: Field,
    pub card: Field,
}

impl Fields {
    #[must_use]
    pub fn text_fields(&self) -> [Field; TEXT_FIELDS] {
        [self.title, self.label, self.text]
    }
}

#[must_use]
pub fn schema() -> (Schema, Fields) {
    let text = |analyzer, record, fieldnorms| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(analyzer)
                .set_index_option(record)
                .set_fieldnorms(fieldnorms),
        )
    };
    let facet = || {
        TextOptions::default().set_fast("raw").set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false),
        )
    };
    let key = || BytesOptions::default().set_indexed();
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_bytes_field("id", key()),
        id_high: builder.add_u64_field("id_high", FAST),
        id_low: builder.add_u64_field("id_low", FAST),
        tenant: builder.add_bytes_field("tenant", key()),
        title: builder.add_text_field(
            "title",
            text(ANALYZER, IndexRecordOption::WithFreqsAndPositions, true),
        ),
        label: builder.add_text_field("label", text(ANALYZER, IndexRecordOption::WithFreqs, true)),
        text: builder.add_text_field("text", text(ANALYZER, IndexRecordOption::WithFreqs, true)),
        all: builder.add_text_field("all", text(ANALYZER, IndexRecordOption::Basic, false)),
        head: builder.add_text_field("head", text(ANALYZER, IndexRecordOption::Basic, false)),
        words: builder.add_text_field("words", text(FOLDER, IndexRecordOption::Basic, false)),
        category: builder.add_text_field("category", facet()),
        seller: builder.add_text_field("seller", facet()),
        region: builder.add_text_field("region", facet()),
        attribute: builder.add_text_field("attribute", facet()),
        price: builder.add_i64_field("price", FAST),
        currency: builder.add_u64_field("currency", FAST),
        in_stock: builder.add_u64_field("in_stock", FAST | INDEXED),
        created: builder.add_i64_field("created", FAST),
        popularity: builder.add_u64_field("popularity", FAST),
        rating: builder.add_u64_field("rating", FAST),
        wins: builder.add_u64_field("wins", FAST),
        card: builder.add_text_field("card", TextOptions::default() | STORED),
    };
    (builder.build(), fields)
}

/// Makes our chain known to an index that was opened or created.
pub fn register_analyzer(index: &Index) {
    index.tokenizers().register(ANALYZER, analyzer());
    index.tokenizers().register(FOLDER, folder());
}
