use super::{Api, Level, NOTE_CHARS_MAX, check_rows, warehouse_or_default};
use axum::extract::State;
use contracts::inventory::StockCount;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm, text};
use kernel::{SkuId, WarehouseId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CountStockRequest)]
pub(super) struct Request {
    /// Why it was counted, for the record.
    #[schema(example = "yearly stock-taking", max_length = 200)]
    reason: String,
    /// The shop's default warehouse if absent.
    #[serde(default)]
    warehouse: Option<WarehouseId>,
    /// 1 to 500 SKUs, each once.
    #[schema(min_items = 1, max_items = 500)]
    counts: Vec<Count>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CountStockRow)]
struct Count {
    sku: SkuId,
    /// Units that lie in the warehouse, reserved ones included.
    #[schema(minimum = 0, maximum = 1_000_000_000_i64)]
    on_hand: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CountStockResponse)]
pub(super) struct Response {
    /// The counted SKUs' levels as they are now, over all warehouses.
    levels: Vec<Level>,
}

/// Sets the stock of counted SKUs. All of them, or none.
#[utoipa::path(
    put,
    path = "/v1/seller/stock",
    tag = "inventory",
    operation_id = "count_stock",
    request_body = Request,
    responses(
        (status = 200, description = "Counted", body = Response),
        (status = 400, description = "`field_invalid`, `rows_out_of_range`, `sku_named_twice`, `on_hand_out_of_range`, `text_empty`, `text_too_long`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`warehouse_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`warehouse_closed`, `count_below_reserved`, with `reserved`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`sku_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Json(request): Json<Request>,
) -> Result<Json<Response>, Problem> {
    let note = text::line("/reason", &request.reason, NOTE_CHARS_MAX).map_err(Problem)?;
    check_rows(request.counts.len(), "counts").map_err(Problem)?;
    let skus: Vec<SkuId> = request.counts.iter().map(|c| c.sku).collect();
    let products = api
        .products_of(&seller.ctx, seller.tenant, &skus, "counts")
        .await?;
    let counts: Vec<StockCount> = request
        .counts
        .iter()
        .zip(products)
        .map(|(count, product)| StockCount {
            sku: count.sku,
            product,
            on_hand: count.on_hand,
            stated: None,
        })
        .collect();
    let warehouse = warehouse_or_default(seller.tenant, request.warehouse);
    let levels = api
        .stock
        .count_in(&seller.ctx, seller.tenant, warehouse, &counts, Some(&note))
        .await?;
    Ok(Json(Response {
        levels: levels.into_iter().map(Level::from).collect(),
    }))
}
