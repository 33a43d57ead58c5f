//! The shop's warehouses, what moves between them, and what they say they have.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::page::Page;
use super::work::{Figure, Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_warehouses.html")]
pub struct SellerWarehousesPage {
    pub page: Page,
    pub work: WorkBar,
    pub parts: Vec<Section>,
    pub error: Option<String>,
    pub warehouses: Vec<WarehouseRow>,
    /// For another one.
    pub new: WarehouseFields,
    pub rules: Vec<Choice>,
    /// Whether there are several, so that there is a rule to be chosen.
    pub several: bool,
    pub may_edit: bool,
}

#[derive(Clone, Debug)]
pub struct WarehouseRow {
    pub name: String,
    pub code: String,
    /// Empty where it is not known.
    pub place: String,
    pub parcel_cost: String,
    pub status: Status,
    /// To change it; none where it is closed.
    pub form: Option<WarehouseFields>,
    /// Where it is closed; none for the one that stays.
    pub close: Option<String>,
}

/// What is asked of a warehouse.
#[derive(Clone, Debug)]
pub struct WarehouseFields {
    /// Distinguishes its fields.
    pub of: String,
    pub action: String,
    /// Whether it came back, and is to be seen.
    pub is_open: bool,
    pub currency: String,
    pub code: Field,
    pub name: Field,
    pub priority: Field,
    pub countries: Vec<Choice>,
    /// Empty where nothing is.
    pub country_wrong: String,
    pub provinces: Vec<Choice>,
    pub province_wrong: String,
    pub postcode: Field,
    pub town: Field,
    pub parcel_cost: Field,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_goods.html")]
pub struct SellerGoodsPage {
    pub page: Page,
    pub work: WorkBar,
    pub parts: Vec<Section>,
    pub tabs: Vec<Section>,
    pub rows: Vec<GoodsRow>,
    pub more: Option<Link>,
    pub may_edit: bool,
}

/// A transfer, or an order to a supplier.
#[derive(Clone, Debug)]
pub struct GoodsRow {
    pub href: String,
    pub made: String,
    pub from: String,
    pub to: String,
    /// Empty where nobody said.
    pub expected: String,
    /// Units that came, of all.
    pub units: String,
    pub status: Status,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_goods_new.html")]
pub struct SellerGoodsNewPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    /// The same key is done once.
    pub key: String,
    pub from: Field,
    pub origins: Vec<Choice>,
    pub supplier: Field,
    pub to: Field,
    pub targets: Vec<Choice>,
    pub expected: Field,
    pub note: Field,
    pub lines: Field,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_goods_one.html")]
pub struct SellerGoodsOnePage {
    pub page: Page,
    pub work: WorkBar,
    pub heading: String,
    pub status: Status,
    pub made: String,
    pub expected: String,
    pub note: String,
    pub lines: Vec<GoodsLineRow>,
    /// Where what came is told, with a key; none once it has ended.
    pub receive: Option<String>,
    pub key: String,
    /// Why what came was not taken in, if it was not.
    pub refused: Option<String>,
    pub close: Option<String>,
}

#[derive(Clone, Debug)]
pub struct GoodsLineRow {
    pub sku: String,
    pub title: String,
    /// Empty where the catalogue has forgotten it.
    pub code: String,
    pub expected: i64,
    pub received: i64,
    pub missing: i64,
    pub to_come: i64,
    /// What the field for what came shows.
    pub came: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_feeds.html")]
pub struct SellerFeedsPage {
    pub page: Page,
    pub work: WorkBar,
    pub parts: Vec<Section>,
    pub error: Option<String>,
    pub warehouses: Vec<Choice>,
    pub rows: Vec<FeedRow>,
    pub more: Option<Link>,
    pub may_edit: bool,
}

/// A comparison with a warehouse's own list.
#[derive(Clone, Debug)]
pub struct FeedRow {
    pub href: String,
    pub file: String,
    pub warehouse: String,
    pub made: String,
    pub matching: String,
    pub differing: String,
    pub missing: String,
    pub unknown: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_feed.html")]
pub struct SellerFeedPage {
    pub page: Page,
    pub work: WorkBar,
    pub file: String,
    pub warehouse: String,
    pub made: String,
    pub figures: Vec<Figure>,
    pub lines: Vec<FeedLineRow>,
    pub more: Option<Link>,
    /// Rows that cannot be read.
    pub errors: Vec<(u64, String)>,
    pub csv: String,
    /// Where the warehouse is believed; none where nothing is left to believe, or it may not be.
    pub believe: Option<Believe>,
}

/// Where a warehouse's list is believed.
#[derive(Clone, Debug)]
pub struct Believe {
    pub action: String,
    /// Whether lines are left that both know.
    pub differs: bool,
    /// Whether lines are left that the list does not name.
    pub missing: bool,
}

#[derive(Clone, Debug)]
pub struct FeedLineRow {
    pub kind: Status,
    pub code: String,
    /// Empty where it is none of the shop's.
    pub title: String,
    pub ours: String,
    pub theirs: String,
    /// With its sign.
    pub difference: String,
    /// When it was believed; empty where it was not.
    pub adjusted: String,
}
