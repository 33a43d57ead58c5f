use super::{Api, check_rows};
use crate::ReorderPoint;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use kernel::SkuId;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetReorderPointsRequest)]
pub(super) struct Request {
    /// 1 to 500 SKUs, each once.
    #[schema(min_items = 1, max_items = 500)]
    points: Vec<Row>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReorderPoint)]
struct Row {
    sku: SkuId,
    /// The SKU runs low when fewer units are available over all warehouses. 5 where nobody says otherwise.
    #[schema(minimum = 0, maximum = 1_000_000_000_i64)]
    low_below: i64,
    /// Units to have once it is reordered; twice `low_below` if absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_i64)]
    order_up_to: Option<i64>,
}

/// Sets when SKUs run low, and up to how many they are ordered then. All of them, or none.
#[utoipa::path(
    put,
    path = "/v1/seller/reorder-points",
    tag = "inventory",
    operation_id = "set_reorder_points",
    request_body = Request,
    responses(
        (status = 204, description = "Set"),
        (status = 400, description = "`field_invalid`, `rows_out_of_range`, `sku_named_twice`, `on_hand_out_of_range`, `order_up_to_too_low`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`sku_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    check_rows(request.points.len(), "points")?;
    let skus: Vec<SkuId> = request.points.iter().map(|point| point.sku).collect();
    let products = api
        .products_of(&seller.ctx, seller.tenant, &skus, "points")
        .await?;
    let points: Vec<ReorderPoint> = request
        .points
        .iter()
        .zip(products)
        .map(|(row, product)| ReorderPoint {
            sku: row.sku,
            product,
            low_below: row.low_below,
            order_up_to: row.order_up_to,
        })
        .collect();
    api.stock
        .set_reorder_points(&seller.ctx, seller.tenant, &points)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
