use super::{Api, Level, NOTE_CHARS_MAX, check_rows, hash, warehouse_or_default};
use crate::{Adjustment, Once};
use axum::extract::State;
use httpkit::{IdempotencyKey, Json, Problem, ProblemDocument, Seller, perm, text};
use kernel::{SkuId, WarehouseId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdjustStockRequest)]
pub(super) struct Request {
    /// Why, for the record.
    #[schema(example = "broken in transit", max_length = 200)]
    reason: String,
    /// The shop's default warehouse if absent.
    #[serde(default)]
    warehouse: Option<WarehouseId>,
    /// 1 to 500 SKUs, each once.
    #[schema(min_items = 1, max_items = 500)]
    adjustments: Vec<Row>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdjustStockRow)]
struct Row {
    sku: SkuId,
    /// Units to add to the warehouse, or to take away when negative. Reserved units cannot be taken away.
    #[schema(example = -2)]
    delta: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AdjustStockResponse)]
pub(super) struct Response {
    /// The adjusted SKUs' levels as they are now, over all warehouses.
    levels: Vec<Level>,
}

/// Adds to the stock of SKUs, or takes away from it. All of them, or none.
#[utoipa::path(
    patch,
    path = "/v1/seller/stock",
    tag = "inventory",
    operation_id = "adjust_stock",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "The same key with the same body adjusts once")),
    request_body = Request,
    responses(
        (status = 200, description = "Adjusted", body = Response),
        (status = 400, description = "`idempotency_key`, `field_invalid`, `rows_out_of_range`, `sku_named_twice`, `on_hand_out_of_range`, `text_empty`, `text_too_long`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`warehouse_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`warehouse_closed`, `stock_insufficient`, with `available`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`sku_unknown`, `idempotency_key_reused`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    IdempotencyKey(key): IdempotencyKey,
    Json(request): Json<Request>,
) -> Result<Json<Response>, Problem> {
    let note = text::line("/reason", &request.reason, NOTE_CHARS_MAX).map_err(Problem)?;
    check_rows(request.adjustments.len(), "adjustments").map_err(Problem)?;
    let request_hash = hash(&request).map_err(Problem)?;
    let skus: Vec<SkuId> = request.adjustments.iter().map(|a| a.sku).collect();
    let products = api
        .products_of(&seller.ctx, seller.tenant, &skus, "adjustments")
        .await?;
    let adjustments: Vec<Adjustment> = request
        .adjustments
        .iter()
        .zip(products)
        .map(|(row, product)| Adjustment {
            sku: row.sku,
            product,
            delta: row.delta,
        })
        .collect();
    let once = Once { key, request_hash };
    let warehouse = warehouse_or_default(seller.tenant, request.warehouse);
    let levels = api
        .stock
        .adjust(
            &seller.ctx,
            seller.tenant,
            warehouse,
            &adjustments,
            Some(&note),
            once,
        )
        .await?;
    Ok(Json(Response {
        levels: levels.into_iter().map(Level::from).collect(),
    }))
}
