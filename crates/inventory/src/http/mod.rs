//! The endpoints, one file each.

mod adjust_by_feed;
mod adjust_stock;
mod change_warehouse;
mod close_inbound;
mod close_warehouse;
mod count_stock;
mod feed;
mod get_inbound;
mod get_stock_feed;
pub(crate) mod inbound;
mod list_inbound;
mod list_reorder_proposals;
mod list_stock;
mod list_stock_feed_lines;
mod list_stock_feeds;
mod list_warehouses;
pub(crate) mod open_warehouse;
pub(crate) mod order_purchase;
mod product_availability;
mod receive_inbound;
mod send_transfer;
mod set_reorder_points;
mod set_stock_routing;
pub(crate) mod stock_feed_csv;
pub(crate) mod upload_stock_feed;
pub(crate) mod warehouse;

use crate::{Error, Stock};
use contracts::catalog::Catalog;
use kernel::{Ctx, ProductId, SkuId, TenantId, WarehouseId};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Rows of one request to count or adjust.
const STOCK_ROWS_MAX: usize = 500;
/// Characters of a seller's reason.
const NOTE_CHARS_MAX: usize = 200;

/// What the endpoints need: the stock, and the catalogue, which knows whose a SKU is.
#[derive(Clone)]
pub(crate) struct Api {
    pub stock: Stock,
    pub catalog: Arc<dyn Catalog>,
}

pub fn routes(stock: Stock, catalog: Arc<dyn Catalog>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(
            list_stock::handler,
            count_stock::handler,
            adjust_stock::handler
        ))
        .routes(routes!(product_availability::handler))
        .routes(routes!(list_warehouses::handler, open_warehouse::handler))
        .routes(routes!(change_warehouse::handler))
        .routes(routes!(close_warehouse::handler))
        .routes(routes!(set_stock_routing::handler))
        .routes(routes!(send_transfer::handler))
        .routes(routes!(order_purchase::handler))
        .routes(routes!(list_inbound::handler))
        .routes(routes!(get_inbound::handler))
        .routes(routes!(receive_inbound::handler))
        .routes(routes!(close_inbound::handler))
        .routes(routes!(set_reorder_points::handler))
        .routes(routes!(list_reorder_proposals::handler))
        .routes(routes!(upload_stock_feed::handler, list_stock_feeds::handler))
        .routes(routes!(get_stock_feed::handler))
        .routes(routes!(list_stock_feed_lines::handler))
        .routes(routes!(stock_feed_csv::handler))
        .routes(routes!(adjust_by_feed::handler))
        .with_state(Api { stock, catalog })
}

/// What a shop has of one SKU in one warehouse.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StockLevel)]
pub(crate) struct Level {
    sku: SkuId,
    product: ProductId,
    warehouse: WarehouseId,
    on_hand: i64,
    /// Held for orders that are not paid yet.
    reserved: i64,
    available: i64,
    /// On its way here: transfers and purchases.
    incoming: i64,
}

impl From<crate::domain::Level> for Level {
    fn from(level: crate::domain::Level) -> Self {
        Self {
            available: level.available(),
            sku: level.sku,
            product: level.product,
            warehouse: level.warehouse,
            on_hand: level.on_hand,
            reserved: level.reserved,
            incoming: level.incoming,
        }
    }
}

impl Api {
    /// The product of each SKU, all of which must be the shop's own.
    async fn products_of(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        skus: &[SkuId],
        list: &str,
    ) -> Result<Vec<ProductId>, Error> {
        let offers = self.catalog.offers(ctx, skus.to_vec()).await?;
        let owned: HashMap<SkuId, ProductId> = offers
            .into_iter()
            .filter(|offer| offer.tenant == tenant)
            .map(|offer| (offer.sku, offer.product))
            .collect();
        skus.iter()
            .enumerate()
            .map(|(i, &sku)| {
                owned.get(&sku).copied().ok_or_else(|| Error::UnknownSku {
                    pointer: format!("/{list}/{i}/sku"),
                    sku,
                })
            })
            .collect()
    }
}

/// What tells a request under an idempotency key from another.
pub(crate) fn hash(request: &impl Serialize) -> Result<Vec<u8>, kernel::Fault> {
    let json = serde_json::to_vec(request).map_err(|_| kernel::Fault::internal())?;
    Ok(Sha256::digest(json).to_vec())
}

/// The warehouse a call names, or the shop's default one.
fn warehouse_or_default(tenant: TenantId, named: Option<WarehouseId>) -> WarehouseId {
    named.unwrap_or_else(|| crate::domain::default_warehouse(tenant))
}

/// A list that is neither empty nor too long.
pub(crate) fn check_rows(rows: usize, list: &str) -> Result<(), kernel::Fault> {
    if (1..=STOCK_ROWS_MAX).contains(&rows) {
        return Ok(());
    }
    Err(kernel::Fault::field(
        "rows_out_of_range",
        format!("/{list}"),
        format!("Send 1 to {STOCK_ROWS_MAX} rows in one request."),
    ))
}
