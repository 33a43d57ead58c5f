//! A shop's warehouses, what moves between them, and what they say they have.

use crate::Blob;
use crate::service::service;
use chrono::NaiveDate;
use kernel::{Cursor, DateTime, InboundId, Page, ProductId, SkuId, StockFeedId, TenantId, WarehouseId};
use serde::{Deserialize, Serialize};

/// By which rule orders are sent from a shop's warehouses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutingRule {
    /// The shop's own order.
    Preference,
    /// The one nearest to the buyer's province first.
    Nearest,
    /// The warehouses whose parcels cost least together.
    Cheapest,
    /// As few warehouses as hold it all.
    FewestParcels,
}

/// Where a warehouse stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehousePlace {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 3166-2; told by the postcode in Spain.
    pub region: Option<String>,
    pub postcode: String,
    pub town: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehouseCard {
    pub id: WarehouseId,
    pub code: String,
    pub name: String,
    /// Where counts go that name no warehouse.
    pub is_default: bool,
    /// Lower is emptied first.
    pub priority: i16,
    pub place: Option<WarehousePlace>,
    /// What sending a parcel from here costs, in minor units of the shop's currency.
    pub parcel_cost: i64,
    pub closed_at: Option<DateTime>,
}

/// What a shop says of a warehouse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehouseForm {
    pub code: String,
    pub name: String,
    pub priority: i16,
    /// Stays as it is, if absent.
    pub place: Option<WarehousePlace>,
    pub parcel_cost: i64,
}

/// All warehouses of a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehouseBook {
    pub rule: RoutingRule,
    /// The default one first, then by priority; closed ones last.
    pub warehouses: Vec<WarehouseCard>,
}

/// Where goods come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoodsFrom {
    /// Another warehouse of the shop's: a transfer.
    Warehouse(WarehouseId),
    /// A supplier: a purchase.
    Supplier(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoodsState {
    /// Sent or ordered; some of it may have arrived.
    UnderWay,
    /// All of it arrived.
    Received,
    /// Ended with units that never came.
    Closed,
}

impl GoodsState {
    pub const ALL: [Self; 3] = [Self::UnderWay, Self::Received, Self::Closed];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UnderWay => "under_way",
            Self::Received => "received",
            Self::Closed => "closed",
        }
    }
}

/// Goods on their way to a warehouse: a transfer or a purchase order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodsUnderWay {
    pub id: InboundId,
    pub from: GoodsFrom,
    pub to: WarehouseId,
    pub state: GoodsState,
    pub expected_on: Option<NaiveDate>,
    pub note: Option<String>,
    pub created_at: DateTime,
    pub ended_at: Option<DateTime>,
    pub lines: Vec<GoodsLine>,
}

/// Units of one SKU that were sent or ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodsLine {
    pub sku: SkuId,
    pub product: ProductId,
    pub expected: i64,
    pub received: i64,
    /// Known not to come.
    pub missing: i64,
}

impl GoodsLine {
    #[must_use]
    pub fn to_come(&self) -> i64 {
        self.expected - self.received - self.missing
    }
}

/// Units of one SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodsUnits {
    pub sku: SkuId,
    pub quantity: i64,
}

/// Goods that a shop sends or orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGoods {
    pub from: GoodsFrom,
    pub to: WarehouseId,
    pub expected_on: Option<NaiveDate>,
    /// Empty for none.
    pub note: String,
    /// Each SKU once.
    pub lines: Vec<GoodsUnits>,
}

/// What a warehouse says it has, against the books, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedCard {
    pub id: StockFeedId,
    pub warehouse: WarehouseId,
    pub file_name: String,
    pub created_at: DateTime,
    pub rows: i64,
    /// Rows that cannot be read, or whose code stands there twice.
    pub failed: i64,
    pub matching: i64,
    pub differing: i64,
    /// Lines whose code is none of the shop's.
    pub unknown: i64,
    /// SKUs that lie there by the books and that the file does not name.
    pub missing: i64,
    /// The first of what cannot be read.
    pub errors: Vec<FeedProblem>,
    /// Of which kinds lines are left that may be believed; lists do not say.
    pub open: Vec<FeedMismatch>,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedProblem {
    pub row: u64,
    pub code: String,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedMismatch {
    /// Both know it, in other numbers.
    Differs,
    /// The code is none of the shop's.
    Unknown,
    /// The file does not name it.
    Missing,
}

impl FeedMismatch {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
        }
    }
}

/// One line that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedLineCard {
    pub kind: FeedMismatch,
    pub row: Option<i64>,
    pub code: String,
    pub sku: Option<SkuId>,
    /// Units by the books when the file was read.
    pub ours: Option<i64>,
    /// Units by the file.
    pub theirs: Option<i64>,
    pub adjusted_at: Option<DateTime>,
}

/// What became of the lines that a shop believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedAdjusted {
    pub adjusted: u64,
    pub refused: u64,
}

service! {
    /// A shop's warehouses, what moves between them, and what they say they have.
    WarehouseDesk as "warehouse_desk", remote RemoteWarehouseDesk, served ServedWarehouseDesk {
        fn warehouses(tenant: TenantId) -> WarehouseBook;
        fn open_warehouse(tenant: TenantId, form: WarehouseForm) -> WarehouseCard;
        fn change_warehouse(tenant: TenantId, id: WarehouseId, form: WarehouseForm) -> WarehouseCard;
        /// One that is empty and expects nothing.
        fn close_warehouse(tenant: TenantId, id: WarehouseId) -> ();
        fn set_rule(tenant: TenantId, rule: RoutingRule) -> ();
        /// Transfers and purchases, newest first.
        fn goods(tenant: TenantId, state: Option<GoodsState>, after: Option<Cursor>, limit: u16) -> Page<GoodsUnderWay>;
        fn goods_of(tenant: TenantId, id: InboundId) -> GoodsUnderWay;
        /// Sends a transfer, whose units leave at once, or orders a purchase. The same key is done once.
        fn begin_goods(tenant: TenantId, new: NewGoods, key: String) -> GoodsUnderWay;
        /// Takes in what arrived: all of it, or nothing. The same key is done once.
        fn receive_goods(tenant: TenantId, id: InboundId, lines: Vec<GoodsUnits>, key: String) -> GoodsUnderWay;
        /// Ends it: what has not come will not.
        fn close_goods(tenant: TenantId, id: InboundId) -> GoodsUnderWay;
        /// Newest first.
        fn feeds(tenant: TenantId, after: Option<Cursor>, limit: u16) -> Page<FeedCard>;
        fn feed(tenant: TenantId, id: StockFeedId) -> FeedCard;
        fn feed_lines(tenant: TenantId, id: StockFeedId, after: Option<Cursor>, limit: u16) -> Page<FeedLineCard>;
        /// All of them, as comma-separated lines.
        fn feed_csv(tenant: TenantId, id: StockFeedId) -> String;
        /// Compares a warehouse's own list with the books. Nothing changes.
        fn reconcile(tenant: TenantId, warehouse: WarehouseId, file_name: String, bytes: Blob) -> FeedCard;
        /// Believes the warehouse about all lines that differ and, if `missing` too, about those that it does not name.
        fn believe(tenant: TenantId, id: StockFeedId, missing: bool) -> FeedAdjusted;
    }
}
