//! Finding things.

pub mod promoted;
pub mod taste;
pub mod tuning;

use crate::Language;
use crate::catalog::{AttributeValue, Picture, Titles};
use crate::reviews::Rating;
use crate::service::service;
use kernel::{CartId, Currency, Cursor, Money, ProductId, SearchId, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    #[default]
    Relevance,
    PriceAsc,
    PriceDesc,
    Newest,
    /// What is sent from nearest to [`SearchQuery::near`] first.
    Distance,
}

/// A query: words, and filters that are OR within a facet and AND across facets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchQuery {
    pub q: String,
    /// A category path; its descendants count as well.
    pub category: Option<String>,
    /// Shop slugs.
    pub sellers: Vec<String>,
    /// ISO 3166-2 codes, or ISO 3166-1 for whole countries.
    pub regions: Vec<String>,
    /// Minor units, inclusive.
    pub price_min: Option<i64>,
    pub price_max: Option<i64>,
    /// In which prices are filtered, ranged and sorted: those in another currency fit no price filter and come last.
    /// Amounts of different currencies say nothing about each other, so whoever filters or sorts by price names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    pub in_stock: bool,
    /// ISO 3166-2 code of where the buyer is, or ISO 3166-1 where no more is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// From no further away than this; `near` says from where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_km: Option<u32>,
    /// Language of the words, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Attribute key to the accepted values.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Attribute key to the accepted quantities, which are as good as accepted values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ranges: BTreeMap<String, AttributeRange>,
    /// Stars that buyers gave, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating_min: Option<f64>,
    pub sort: Sort,
    /// What whoever asks has shown an interest in lately: of about equally good answers what is like it comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taste: Option<taste::Taste>,
    pub after: Option<Cursor>,
    /// At most [`kernel::limits::PAGE_SIZE_MAX`]; 0 asks for the default.
    pub limit: u16,
    /// Whether facets are wanted.
    pub facets: bool,
    /// Whether listings that shops pay for may be put forward among the answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub promoted: bool,
}

/// Quantities of an attribute, both ends included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AttributeRange {
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// As a facet names it; empty for bare numbers. Quantities in units that measure the same are converted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchPage {
    pub hits: Vec<SearchHit>,
    /// Exact number of matches.
    pub total: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<Facet>,
    /// Whether a word was taken for another, because nothing has it as it was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// The words as they were perhaps meant, where few products have them as they are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
    /// By what a click on one of its products is told; only first pages of searches with words have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchId>,
    /// Where nothing passes all filters: what would without one of them, most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relaxed: Vec<Relaxed>,
}

/// A facet without whose filter something would be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Relaxed {
    /// As [`Facet::key`].
    pub facet: String,
    /// Exact number of products.
    pub count: u64,
}

/// Somebody looked closer at something that a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Click {
    /// As the search's first page told it.
    pub search: SearchId,
    pub product: ProductId,
    /// Its place among all that was found, from 1.
    #[schema(minimum = 1, maximum = 10_000)]
    pub position: u32,
    /// The cart that it was put into, where that came of it: so an order of somebody who is not signed in counts for the search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart: Option<CartId>,
}

/// What a result card needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchHit {
    pub product: ProductId,
    pub tenant: TenantId,
    pub slug: String,
    pub title: String,
    pub shop_name: String,
    pub shop_slug: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Of the cheapest variant.
    pub price: Money,
    /// Whether other variants cost more.
    pub price_from: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<Money>,
    /// The lowest price of the thirty days before the present one, where that is compared with another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_30_days: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Picture>,
    pub in_stock: bool,
    /// From the middle of the buyer's region to that of the shop's, where the search says where the buyer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_km: Option<u32>,
    /// What buyers gave it; absent where nobody has reviewed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// How many shops sell the same, where several do. This is the offer that is put first, save where shops or places are
    /// chosen: then each offer is found by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 2, example = 3)]
    pub offers: Option<u32>,
    /// It stands here because its shop pays for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub promoted: bool,
    /// As the index keeps them. Answers have the one that is read in `title`, and these no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub titles: Option<Titles>,
}

impl SearchHit {
    /// Gives it the title that is for readers of `language`.
    pub fn read_in(&mut self, language: Option<Language>) {
        let titles = self.titles.take();
        let title = titles
            .zip(language)
            .and_then(|(titles, language)| titles.read_in(&[language.code()]));
        if let Some(title) = title {
            self.title = title;
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Facet {
    /// `category`, `seller`, `region`, `price`, `rating`, `availability`, or `attr.<key>`.
    pub key: String,
    /// What people call it, where a category defines the attribute: in the `language` of the search, or in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Height")]
    pub label: Option<String>,
    /// What its bare numbers are counted in, where a category says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "cm")]
    pub counted_in: Option<String>,
    pub values: Vec<FacetValue>,
    /// For numeric facets: the least and greatest value among the matches, in `unit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// The unit of `range` and `buckets`, as a filter takes it. Absent for bare numbers and minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// For numeric facets of many values: ranges to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<FacetBucket>,
}

impl Facet {
    /// Without anything to choose from yet.
    #[must_use]
    pub fn bare(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            label: None,
            counted_in: None,
            values: Vec::new(),
            range: None,
            unit: None,
            buckets: Vec::new(),
        }
    }
}

/// A part of a numeric facet's range, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FacetBucket {
    pub min: f64,
    pub max: f64,
    /// Exact number of matches within it, with the other facets' filters applied.
    pub count: u64,
    pub selected: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FacetValue {
    /// What a filter is given.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Exact number of matches that have it, with the other facets' filters applied.
    pub count: u64,
    pub selected: bool,
}

/// What someone may be about to type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Suggestions {
    /// Whole queries: what others found things by, then words that titles and labels have.
    #[serde(default)]
    pub queries: Vec<String>,
    pub products: Vec<SearchHit>,
    pub categories: Vec<Suggestion>,
    pub sellers: Vec<Suggestion>,
}

/// A category or a shop whose name goes on as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Suggestion {
    /// What a filter is given: a category path or a shop's slug.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// The attribute value as the index and its facets spell it.
#[must_use]
pub fn facet_values(value: &AttributeValue) -> Vec<String> {
    match value {
        AttributeValue::Bool(true) => vec!["yes".to_owned()],
        AttributeValue::Bool(false) => vec!["no".to_owned()],
        AttributeValue::Number(n) => vec![n.to_string()],
        AttributeValue::Text(t) => vec![t.clone()],
        AttributeValue::Many(many) => many.clone(),
    }
}

service! {
    /// The search context.
    Search as "search", remote RemoteSearch, served ServedSearch {
        fn search(query: SearchQuery) -> SearchPage;
        /// Products, categories and shops for what was typed so far; a few of each. Products have the titles that are for readers
        /// of `language`.
        fn suggest(q: String, language: Option<Language>) -> Suggestions;
        /// Notes a click; it may be forgotten when too many come at once.
        fn clicked(click: Click) -> ();
    }
}

crate::service::public_event! {
    /// A product sells so much better, or worse, that its place among results may change.
    "search.popularity_changed" PopularityChanged { product: ProductId } key product, tenant |_| None
}
