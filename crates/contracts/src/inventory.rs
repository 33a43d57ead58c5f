//! What is in stock.

use crate::service::{public_event, service};
use kernel::{ProductId, SkuId, TenantId};
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
