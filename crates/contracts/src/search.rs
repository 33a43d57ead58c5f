//! Finding things.

use crate::catalog::{AttributeValue, Picture};
use crate::service::service;
use kernel::{Currency, Cursor, Money, ProductId, TenantId};
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
    /// Attribute key to the accepted values.
    pub attributes: BTreeMap<String, Vec<String>>,
    pub sort: Sort,
    pub after: Option<Cursor>,
    /// At most [`kernel::limits::PAGE_SIZE_MAX`]; 0 asks for the default.
    pub limit: u16,
    /// Whether facets are wanted.
    pub facets: bool,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Picture>,
    pub in_stock: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Facet {
    /// `category`, `seller`, `region`, `price`, `availability`, or `attr.<key>`.
    pub key: String,
    pub values: Vec<FacetValue>,
    /// For numeric facets: the least and greatest value among the matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
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
        /// Products, categories and shops for what was typed so far; a few of each.
        fn suggest(q: String) -> Suggestions;
    }
}

crate::service::public_event! {
    /// A product sells so much better, or worse, that its place among results may change.
    "search.popularity_changed" PopularityChanged { product: ProductId } key product, tenant |_| None
}
