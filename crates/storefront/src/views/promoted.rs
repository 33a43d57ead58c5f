//! Listings that shops pay for being put forward in searches.

use askama::Template;

use super::common::{Choice, Field};
use super::page::Page;
use super::work::{Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_promoted.html")]
pub struct SellerPromotedPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Section>,
    /// What a day costs, in a sentence; none where nothing is put forward in the shop's currency.
    pub price: Option<String>,
    /// Products to choose from; empty where none can be chosen.
    pub products: Vec<Choice>,
    pub days: Vec<Choice>,
    pub rows: Vec<PromotedRow>,
    pub may_edit: bool,
}

#[derive(Clone, Debug)]
pub struct PromotedRow {
    pub title: String,
    pub href: String,
    pub status: Status,
    pub when: String,
    /// Days that were charged.
    pub days: String,
    /// What they came to, with the tax on it left out.
    pub cost: String,
    /// Where it is stopped; none where it is over.
    pub stop: Option<String>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_promoted.html")]
pub struct OperatorPromotedPage {
    pub page: Page,
    pub work: WorkBar,
    pub rows: Vec<TariffRow>,
    pub currency: Field,
    pub price: Field,
    pub tax: Field,
    pub note: Field,
}

#[derive(Clone, Debug)]
pub struct TariffRow {
    pub price: String,
    pub tax: String,
    pub since: String,
    pub note: String,
}
