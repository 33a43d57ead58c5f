//! The seller's stock.

use askama::Template;

use super::common::{Choice, Image, Link};
use super::page::Page;
use super::work::{Section, Tab, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_stock.html")]
pub struct SellerStockPage {
    pub page: Page,
    pub work: WorkBar,
    pub parts: Vec<Section>,
    pub tabs: Vec<Tab>,
    /// Names of the warehouses that have a column.
    pub places: Vec<String>,
    /// The filter by warehouse; the first is all of them.
    pub warehouses: Vec<Choice>,
    /// Whether the shop has more than one.
    pub several: bool,
    /// The warehouse that counts go to: its name, and its id.
    pub counted_in: String,
    pub counted: String,
    /// This very list, to come back to.
    pub back: String,
    pub low: bool,
    /// Part of a title or an article number, as it was searched for.
    pub text: String,
    pub rows: Vec<StockRow>,
    pub more: Option<Link>,
    pub may_edit: bool,
}

#[derive(Clone, Debug)]
pub struct StockRow {
    pub sku: String,
    pub title: String,
    pub code: String,
    pub options: String,
    pub href: String,
    pub image: Option<Image>,
    /// One for each warehouse that has a column.
    pub places: Vec<PlaceUnits>,
    /// Units held for orders, over all warehouses.
    pub reserved: i64,
    pub available: i64,
    pub incoming: i64,
    pub low: bool,
    /// Units in the warehouse that counts go to; none of what does not run out.
    pub on_hand: Option<i64>,
    /// Whether it is downloaded and does not run out: its units are no number to read.
    pub is_unlimited: bool,
}

#[derive(Clone, Debug)]
pub struct PlaceUnits {
    pub name: String,
    /// None where nobody ever counted, or where it does not run out.
    pub on_hand: Option<i64>,
}
