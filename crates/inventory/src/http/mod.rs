//! The endpoints, one file each.

mod adjust_stock;
mod count_stock;
mod list_stock;
mod product_availability;

use crate::{Error, Stock};
use contracts::catalog::Catalog;
use kernel::{Ctx, ProductId, SkuId, TenantId, WarehouseId};
use serde::Serialize;
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
    stock: Stock,
    catalog: Arc<dyn Catalog>,
}

pub fn routes(stock: Stock, catalog: Arc<dyn Catalog>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(
            list_stock::handler,
            count_stock::handler,
            adjust_stock::handler
        ))
        .routes(routes!(product_availability::handler))
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

/// A list that is neither empty nor too long.
fn check_rows(rows: usize, list: &str) -> Result<(), kernel::Fault> {
    if (1..=STOCK_ROWS_MAX).contains(&rows) {
        return Ok(());
    }
    Err(kernel::Fault::field(
        "rows_out_of_range",
        format!("/{list}"),
        format!("Send 1 to {STOCK_ROWS_MAX} rows in one request."),
    ))
}
