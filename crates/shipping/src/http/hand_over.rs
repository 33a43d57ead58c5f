use crate::Shipments;
use axum::extract::State;
use contracts::shipping::Shipment;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ShipmentId;

/// Says that the carrier has the parcel: its sub-order sends it, with the carrier's name and number. Said twice, it is sent
/// once. A parcel that its carrier has scanned is sent without this.
#[utoipa::path(
    post,
    path = "/v1/seller/shipments/{id}/hand-over",
    tag = "shipping",
    operation_id = "hand_over_shipment",
    params(("id" = ShipmentId, Path, description = "The shipment")),
    responses(
        (status = 200, description = "On its way", body = Shipment),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`not_booked`, with `from`; `transition_illegal`, with `from` and `allowed`; `nothing_to_ship`: all of it was cancelled or sent otherwise", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    seller: Seller<perm::FulfilSales>,
    Path(id): Path<ShipmentId>,
) -> Result<Json<Shipment>, Problem> {
    Ok(Json(shipments.hand_over(&seller.ctx, seller.tenant, id).await?))
}
