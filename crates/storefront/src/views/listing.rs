//! Lists of products: a category, everything, or what a search found.

use askama::Template;

use super::common::{Choice, Link, ProductCard};
use super::page::Page;

#[derive(Clone, Debug, Template)]
#[template(path = "listing.html")]
pub struct ListingPage {
    pub page: Page,
    pub crumbs: Vec<Link>,
    pub heading: String,
    /// A line or two about the category; empty on searches.
    pub intro: String,
    /// Where the filter form goes: `/c/ceramics` or `/search`.
    pub action: String,
    /// The words searched for; empty on categories.
    pub query: String,
    pub total: u64,
    /// Whether a word of the query was taken for another, because nothing has it as it is written.
    pub approximate: bool,
    /// The search as it was perhaps meant.
    pub did_you_mean: Option<Link>,
    pub cards: Vec<ProductCard>,
    pub facets: Facets,
    /// Active filters, each linking to this list without it.
    pub chips: Vec<Link>,
    /// This list without any filter.
    pub clear_href: String,
    pub sort: Vec<Choice>,
    /// The next page, by cursor.
    pub more: Option<More>,
    /// Filled when nothing was found.
    pub help: Option<ZeroHelp>,
}

#[derive(Clone, Debug, Default)]
pub struct Facets {
    pub categories: Vec<CategoryLink>,
    pub price: Option<PriceRange>,
    pub rating: RatingChoices,
    pub groups: Vec<FacetGroup>,
    pub near: NearFields,
}

/// So many stars and more; empty where nothing was given any.
#[derive(Clone, Debug, Default)]
pub struct RatingChoices {
    /// The chosen one, as the address has it.
    pub chosen: String,
    pub choices: Vec<RangePart>,
}

/// Where the visitor is, as far as they say.
#[derive(Clone, Debug, Default)]
pub struct NearFields {
    /// A postcode, as it was typed.
    pub place: String,
    /// Only what is sent from near it.
    pub only: bool,
    /// Why nobody can tell where that is, and what to write instead.
    pub error: Option<String>,
}

impl Facets {
    /// Nothing to choose from: the whole width goes to what was found.
    fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.price.is_none() && self.groups.is_empty()
    }
}

/// A line of the category tree.
#[derive(Clone, Debug)]
pub struct CategoryLink {
    pub label: String,
    pub href: String,
    pub count: u64,
    /// 0 for the top of what is shown, at most 3.
    pub depth: u8,
    pub current: bool,
}

/// The two price fields, in whole units of the currency.
#[derive(Clone, Debug)]
pub struct PriceRange {
    pub min: String,
    pub max: String,
    pub lowest: String,
    pub highest: String,
    pub symbol: String,
    /// To choose from, where something is sold in several.
    pub currencies: Vec<Choice>,
}

/// Options of one facet: any of them may match.
#[derive(Clone, Debug)]
pub struct FacetGroup {
    /// The query parameter: `seller`, `province`, `available`, `attr.glaze`.
    pub name: String,
    pub label: String,
    pub open: bool,
    pub options: Vec<FacetOption>,
    /// Of facets that are numbers.
    pub range: Option<RangeFields>,
}

/// From and to, and parts to choose from.
#[derive(Clone, Debug)]
pub struct RangeFields {
    /// Distinguishes its fields: parameters may have blanks.
    pub id: String,
    /// The query parameters: `from.ml.Capacity`, `to.ml.Capacity`.
    pub from: String,
    pub to: String,
    pub min: String,
    pub max: String,
    pub lowest: String,
    pub highest: String,
    pub unit: String,
    pub parts: Vec<RangePart>,
}

#[derive(Clone, Debug)]
pub struct RangePart {
    pub label: String,
    pub href: String,
    pub count: u64,
    pub selected: bool,
}

/// How many options of a facet are seen before "show all".
const OPTIONS_SEEN: usize = 6;

impl FacetGroup {
    fn first(&self) -> &[FacetOption] {
        &self.options[..self.options.len().min(OPTIONS_SEEN)]
    }

    fn rest(&self) -> &[FacetOption] {
        self.options.get(OPTIONS_SEEN..).unwrap_or_default()
    }

    fn rest_open(&self) -> bool {
        self.rest().iter().any(|option| option.selected)
    }
}

#[derive(Clone, Debug)]
pub struct FacetOption {
    pub value: String,
    pub label: String,
    pub count: u64,
    pub selected: bool,
}

#[derive(Clone, Debug)]
pub struct More {
    pub href: String,
    /// How many are seen once this page is counted.
    pub seen: u64,
}

/// What to try when a search finds nothing.
#[derive(Clone, Debug, Default)]
pub struct ZeroHelp {
    pub did_you_mean: Option<Link>,
    /// This list without one of its filters, and how much that would find.
    pub relaxed: Vec<Link>,
    pub categories: Vec<Link>,
    pub suggestions: Vec<ProductCard>,
}
