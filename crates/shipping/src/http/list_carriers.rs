use crate::Shipments;
use axum::extract::State;
use contracts::shipping::Carrier;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = CarrierList)]
pub(super) struct Response {
    items: Vec<Carrier>,
}

/// Lists the carriers that labels can be booked with, and what they offer.
#[utoipa::path(
    get,
    path = "/v1/seller/carriers",
    tag = "shipping",
    operation_id = "list_carriers",
    responses(
        (status = 200, description = "The carriers", body = Response),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    _seller: Seller<perm::ReadSales>,
) -> Result<Json<Response>, Problem> {
    Ok(Json(Response {
        items: shipments.known_carriers(),
    }))
}
