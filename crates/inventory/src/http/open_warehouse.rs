use super::Api;
use super::warehouse::{Change, Location, Warehouse};
use crate::{Error, WarehouseDraft};
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpenWarehouseRequest)]
pub(super) struct Request {
    /// Short, unique in the shop.
    #[schema(example = "madrid", min_length = 1, max_length = 40)]
    code: String,
    #[schema(example = "Madrid, Getafe", min_length = 1, max_length = 80)]
    name: String,
    location: Location,
    /// Lower is emptied first, where the shop's rule leaves a choice.
    #[serde(default)]
    #[schema(minimum = -32768, maximum = 32767)]
    priority: i16,
    /// What sending a parcel from here costs, in minor units of the shop's currency.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_i64)]
    parcel_cost: i64,
}

/// Opens another warehouse: at most 20 per shop are open.
#[utoipa::path(
    post,
    path = "/v1/seller/warehouses",
    tag = "inventory",
    operation_id = "open_warehouse",
    request_body = Request,
    responses(
        (status = 201, description = "Open", body = Warehouse),
        (status = 400, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`, `location_invalid`, `parcel_cost_out_of_range`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`warehouse_code_taken`, `warehouses_too_many`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Warehouse>), Problem> {
    let draft = draft(request)?;
    let warehouse = api
        .stock
        .open_warehouse(&seller.ctx, seller.tenant, &draft)
        .await?;
    Ok((StatusCode::CREATED, Json(Warehouse::of(seller.tenant, warehouse))))
}

fn draft(request: Request) -> Result<WarehouseDraft, Error> {
    let change = Change {
        code: Some(request.code),
        name: Some(request.name),
        priority: Some(request.priority),
        location: Some(request.location),
        parcel_cost: Some(request.parcel_cost),
    };
    change.onto_nothing()
}
