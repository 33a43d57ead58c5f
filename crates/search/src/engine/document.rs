//! A product as the index takes it in.

use super::analysis::foreign_terms;
use super::heads;
use super::schema::Fields;
use contracts::search::SearchHit;
use kernel::{Currency, Money, ProductId, TenantId, Timestamp};
use tantivy::TantivyDocument;
use tantivy::tokenizer::{PreTokenizedString, Token};

/// Between a facet's value and its label, and between an attribute's key and its value.
pub const SEPARATOR: char = '\u{1}';
/// Attribute values of one product that become facets.
pub const ATTRIBUTES_MAX: usize = 256;
/// Characters of an attribute's key or value beyond which nobody filters by it.
pub const ATTRIBUTE_CHARS_MAX: usize = 80;

/// A value people filter by, and how they read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    pub value: String,
    pub label: String,
}

/// Title and description in another language, without markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translated {
    /// Its tag (BCP 47).
    pub language: String,
    pub title: String,
    pub description: String,
}

impl Translated {
    fn told(&self) -> (Option<&str>, &str, &str) {
        (Some(&self.language), &self.title, &self.description)
    }
}

/// What is known of a product that is for sale.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub product: ProductId,
    pub tenant: TenantId,
    pub title: String,
    /// Of title and description, by its tag, where the seller said.
    pub language: Option<String>,
    pub brand: String,
    /// The path and each of its ancestors, root first.
    pub categories: Vec<Labelled>,
    /// Names of the categories in other languages, to be found by.
    pub category_aliases: Vec<String>,
    pub tags: Vec<String>,
    /// What other shops call it whose offers of the same item come after this one: it is found by their words.
    pub also_called: Vec<String>,
    /// Without markup.
    pub description: String,
    pub translations: Vec<Translated>,
    /// Key and value, each pair once.
    pub attributes: Vec<(String, String)>,
    pub seller: Labelled,
    /// ISO 3166-2, where the shop's country has subdivisions.
    pub region: Option<Labelled>,
    /// ISO 3166-1.
    pub country: Labelled,
    /// Of the cheapest variant.
    pub price: Money,
    pub in_stock: bool,
    pub created_at: Timestamp,
    /// How much it is sought after; 0 says nothing against it.
    pub popularity: u64,
    /// What buyers gave it, in hundredths of a star; 0 where nobody gave any.
    pub rating: u16,
    /// Whether it is put first of the offers of its item, or is the only one.
    pub wins: bool,
    /// What the result list shows.
    pub card: SearchHit,
}

impl Document {
    /// Title and description in each language, with its tag where it is known.
    pub(crate) fn told(&self) -> impl Iterator<Item = (Option<&str>, &str, &str)> {
        let own = (
            self.language.as_deref(),
            self.title.as_str(),
            self.description.as_str(),
        );
        std::iter::once(own).chain(self.translations.iter().map(Translated::told))
    }

    pub(super) fn to_index(&self, fields: &Fields) -> serde_json::Result<TantivyDocument> {
        let mut doc = TantivyDocument::new();
        let (high, low) = self.product.0.as_u64_pair();
        doc.add_bytes(fields.id, self.product.0.as_bytes());
        doc.add_u64(fields.id_high, high);
        doc.add_u64(fields.id_low, low);
        doc.add_bytes(fields.tenant, self.tenant.0.as_bytes());

        let mut text = |field, value: &str| {
            if !value.is_empty() {
                doc.add_text(field, value);
                doc.add_text(fields.all, value);
            }
        };
        text(fields.title, &self.title);
        for words in &self.translations {
            text(fields.title, &words.title);
            text(fields.text, &words.description);
        }
        text(fields.label, &self.brand);
        self.categories.iter().for_each(|c| text(fields.label, &c.label));
        self.category_aliases
            .iter()
            .for_each(|name| text(fields.label, name));
        self.tags.iter().for_each(|tag| text(fields.label, tag));
        text(fields.text, &self.description);
        self.also_called.iter().for_each(|title| text(fields.text, title));
        text(fields.text, &self.seller.label);
        // What is merely so or not so is no word to find a product by.
        for (_, value) in self
            .attributes
            .iter()
            .filter(|(_, value)| value != "yes" && value != "no")
        {
            text(fields.text, value);
        }

        for (language, title, description) in self.told() {
            for (field, text) in [(fields.title, title), (fields.text, description)] {
                let stems = foreign_terms(language, text);
                if !stems.is_empty() {
                    doc.add_pre_tokenized_text(field, tokens(&stems));
                    doc.add_pre_tokenized_text(fields.all, tokens(&stems));
                }
            }
        }

        let labels = self.categories.iter().map(|c| &c.label);
        let written = [&self.title, &self.brand].into_iter().chain(labels);
        for written in written.chain(&self.category_aliases).chain(&self.tags) {
            doc.add_text(fields.words, written);
        }
        doc.add_text(fields.head, heads::head_of(&self.title));
        for head in self
            .categories
            .last()
            .iter()
            .flat_map(|own| heads::heads_of_category(&own.label))
        {
            doc.add_text(fields.head, head);
        }

        for category in &self.categories {
            doc.add_text(fields.category, category.term());
        }
        doc.add_text(fields.seller, self.seller.term());
        doc.add_text(fields.region, self.country.term());
        if let Some(region) = &self.region {
            doc.add_text(fields.region, region.term());
        }
        for (key, value) in attribute_terms(&self.attributes) {
            doc.add_text(fields.attribute, term(&key, &value));
        }
        doc.add_i64(fields.price, self.price.amount);
        doc.add_u64(fields.currency, u64::from(currency_key(self.price.currency)));
        doc.add_u64(fields.in_stock, u64::from(self.in_stock));
        doc.add_i64(fields.created, self.created_at.timestamp_micros());
        doc.add_u64(fields.popularity, self.popularity);
        doc.add_u64(fields.rating, u64::from(self.rating));
        doc.add_u64(fields.wins, u64::from(self.wins));
        doc.add_text(fields.card, serde_json::to_string(&self.card)?);
        Ok(doc)
    }
}

/// Terms as the index takes them in as they are.
fn tokens(terms: &[String]) -> PreTokenizedString {
    let token = |(position, term): (usize, &String)| Token {
        position,
        text: term.clone(),
        ..Token::default()
    };
    PreTokenizedString {
        text: String::new(),
        tokens: terms.iter().enumerate().map(token).collect(),
    }
}

/// A currency as a column holds it: the letters of its code.
#[must_use]
pub fn currency_key(currency: Currency) -> u32 {
    currency
        .code()
        .bytes()
        .fold(0, |key, letter| (key << 8) | u32::from(letter))
}

impl Labelled {
    fn term(&self) -> String {
        term(&self.value, &self.label)
    }
}

/// `value` and `label` (or key and value) as one facet term.
#[must_use]
pub fn term(value: &str, label: &str) -> String {
    format!("{value}{SEPARATOR}{label}")
}

/// The pairs that become facets: tidy, short, sorted, each once.
pub(crate) fn attribute_terms(attributes: &[(String, String)]) -> Vec<(String, String)> {
    let mut terms: Vec<_> = attributes
        .iter()
        .map(|(key, value)| (tidy(key), tidy(value)))
        .filter(|(key, value)| is_facet_text(key) && is_facet_text(value))
        .collect();
    terms.sort_unstable();
    terms.dedup();
    terms.truncate(ATTRIBUTES_MAX);
    terms
}

/// An attribute's key or value as its facet spells it: control characters out, blanks single.
#[must_use]
pub fn tidy(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_facet_text(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= ATTRIBUTE_CHARS_MAX
}
