//! Products of several shops that are the same thing: said by a seller, decided by the operator.

use askama::Template;

use super::common::{Image, Link, ProductCard};
use super::page::Page;
use super::work::WorkBar;

/// Whether somebody sells what a seller sells.
#[derive(Clone, Debug, Template)]
#[template(path = "seller_item.html")]
pub struct SellerItemPage {
    pub page: Page,
    pub work: WorkBar,
    /// The product's own page in the workplace.
    pub product: Link,
    /// What is said of it and not decided, in a sentence.
    pub proposed: Option<String>,
    /// Where that is taken back; none where nothing is said, and for those who may only look.
    pub withdraw: Option<String>,
    /// Other shops' offers that buyers see beside it.
    pub offers: Vec<OfferLine>,
    /// What was looked for.
    pub query: String,
    pub found: Vec<ProductCard>,
    /// Where it is said; none for those who may only look.
    pub action: Option<String>,
    pub search: String,
}

#[derive(Clone, Debug)]
pub struct OfferLine {
    pub shop: Link,
    pub price: String,
    /// Whether buyers are shown it first.
    pub wins: bool,
}

/// What sellers say is the same thing.
#[derive(Clone, Debug, Template)]
#[template(path = "operator_items.html")]
pub struct OperatorItemsPage {
    pub page: Page,
    pub work: WorkBar,
    pub rows: Vec<ProposalRow>,
}

#[derive(Clone, Debug)]
pub struct ProposalRow {
    /// `Taller Guadalquivir, 21 November 2026`.
    pub asked: String,
    pub own: AlikeSide,
    pub other: AlikeSide,
    pub accept: String,
    pub refuse: String,
}

/// One of two products that may be the same.
#[derive(Clone, Debug)]
pub struct AlikeSide {
    /// Its id, which the form names.
    pub product: String,
    pub title: Link,
    pub shop: String,
    pub image: Option<Image>,
    pub price: String,
    pub gtin: String,
}
