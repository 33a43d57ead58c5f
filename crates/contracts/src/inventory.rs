//! What is in stock.

mod warehouses;

pub use warehouses::*;

use crate::service::{public_event, service};
use kernel::{Cursor, Page, ProductId, SkuId, TenantId, WarehouseId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Availability {
    pub sku: SkuId,
    /// On hand less reserved, over all warehouses.
    pub available: i64,
}

/// The stock a shop says it has of one SKU, in its default warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockCount {
    pub sku: SkuId,
    pub product: ProductId,
    pub on_hand: i64,
    /// Where it was stated before it is passed on: a number that rises with every statement about the SKU. Inventory
    /// does nothing about a number it has had, or one below it, so a count may be passed on again.
    #[serde(default)]
    pub stated: Option<i64>,
}

/// What lies on a shop's shelves of one SKU, over all warehouses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfLevel {
    pub sku: SkuId,
    pub on_hand: i64,
    /// Held for orders that are placed and not yet sent.
    pub reserved: i64,
}

/// A place where a shop's stock lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockPlace {
    pub warehouse: WarehouseId,
    pub name: String,
    /// Where counts go that name no warehouse.
    pub is_default: bool,
}

/// Which of a shop's SKUs to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockQuery {
    /// Only SKUs that were ever stocked there.
    pub warehouse: Option<WarehouseId>,
    /// Only SKUs with fewer available than their reorder point.
    pub low: bool,
    /// Only these.
    pub skus: Option<Vec<SkuId>>,
    pub after: Option<Cursor>,
    pub limit: u16,
}

/// What a shop has of one SKU, warehouse by warehouse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuStock {
    pub sku: SkuId,
    pub product: ProductId,
    /// The SKU runs low when fewer are available over all warehouses.
    pub low_below: i64,
    pub levels: Vec<PlaceLevel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceLevel {
    pub warehouse: WarehouseId,
    pub on_hand: i64,
    pub reserved: i64,
    pub incoming: i64,
}

/// How many SKUs a shop has stock numbers of, and how many of them run low.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockTally {
    pub skus: u64,
    pub low: u64,
}

service! {
    /// A shop's own look at its stock.
    StockRoom as "stock_room", remote RemoteStockRoom, served ServedStockRoom {
        /// By SKU; those never counted are left out.
        fn shelf(tenant: TenantId, skus: Vec<SkuId>) -> Vec<ShelfLevel>;
        fn tally(tenant: TenantId) -> StockTally;
        /// Open warehouses, the default one first.
        fn places(tenant: TenantId) -> Vec<StockPlace>;
        /// By SKU.
        fn stock(tenant: TenantId, query: StockQuery) -> Page<SkuStock>;
        /// Counts one warehouse: each difference becomes a movement with `note`.
        fn count_in(tenant: TenantId, warehouse: WarehouseId, counts: Vec<StockCount>, note: String) -> ();
    }
}

service! {
    /// The inventory context.
    Inventory as "inventory", remote RemoteInventory, served ServedInventory {
        /// By SKU; a SKU nobody ever counted has none available.
        fn availability(skus: Vec<SkuId>) -> Vec<Availability>;
        /// Sets counted stock; each difference becomes a movement. A count below what is reserved is refused.
        fn count(tenant: TenantId, counts: Vec<StockCount>) -> ();
    }
}

public_event! {
    /// A SKU ran out, or came back.
    "inventory.availability_changed" AvailabilityChanged { sku: SkuId, product: ProductId, tenant: TenantId, in_stock: bool } key product, tenant |e| Some(e.tenant)
}

public_event! {
    /// A SKU went from enough to fewer available units than its reorder point; once each time it does.
    "inventory.low_stock" LowStock {
        sku: SkuId, product: ProductId, tenant: TenantId,
        /// Over all warehouses.
        available: i64,
        low_below: i64,
    } key product, tenant |e| Some(e.tenant)
}
