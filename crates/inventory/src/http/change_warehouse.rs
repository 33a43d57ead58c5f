use super::Api;
use super::warehouse::{Change, Warehouse};
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::WarehouseId;

/// Renames a warehouse, or says where it stands and what its parcels cost. What is absent stays as it is.
#[utoipa::path(
    patch,
    path = "/v1/seller/warehouses/{id}",
    tag = "inventory",
    operation_id = "change_warehouse",
    params(("id" = WarehouseId, Path, description = "The warehouse")),
    request_body = Change,
    responses(
        (status = 200, description = "As it is now", body = Warehouse),
        (status = 400, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`, `location_invalid`, `parcel_cost_out_of_range`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`warehouse_unknown`, `not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`warehouse_code_taken`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Path(id): Path<WarehouseId>,
    Json(change): Json<Change>,
) -> Result<Json<Warehouse>, Problem> {
    let warehouse = api
        .stock
        .change_warehouse(seller.tenant, id, |known| change.onto(known))
        .await?;
    Ok(Json(Warehouse::of(seller.tenant, warehouse)))
}
