use super::Api;
use super::warehouse::Warehouse;
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::WarehouseId;

/// Closes a warehouse that is empty and expects nothing. It stays in the shop's history; goods of its orders that come
/// back go to the default one.
#[utoipa::path(
    post,
    path = "/v1/seller/warehouses/{id}/close",
    tag = "inventory",
    operation_id = "close_warehouse",
    params(("id" = WarehouseId, Path, description = "The warehouse")),
    responses(
        (status = 200, description = "Closed", body = Warehouse),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`warehouse_unknown`, `not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`warehouse_in_use`, with `on_hand` and `incoming`; `warehouse_default`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Path(id): Path<WarehouseId>,
) -> Result<Json<Warehouse>, Problem> {
    let warehouse = api.stock.close_warehouse(&seller.ctx, seller.tenant, id).await?;
    Ok(Json(Warehouse::of(seller.tenant, warehouse)))
}
