use crate::Shipments;
use axum::extract::State;
use contracts::Address;
use contracts::shipping::{Shipment, ShipmentState, TrackingEvent};
use httpkit::{Json, Partner, Path, Problem, ProblemDocument, scope};
use kernel::DateTime;
use serde::Serialize;
use utoipa::ToSchema;

/// A parcel as its carrier may see it: where it goes and what was told, nothing of what is in it.
#[derive(Serialize, ToSchema)]
#[schema(as = CarriedParcel)]
pub(super) struct Response {
    tracking: String,
    service: String,
    weight_g: u32,
    sender: Address,
    recipient: Address,
    state: ShipmentState,
    #[serde(skip_serializing_if = "Option::is_none")]
    eta: Option<DateTime>,
    created_at: DateTime,
    /// In order of the carrier's time.
    events: Vec<TrackingEvent>,
}

/// Reads a parcel of the carrier whose key this is. Needs a key with `shipments_read`.
#[utoipa::path(
    get,
    path = "/v1/partner/shipments/{tracking}",
    tag = "shipping",
    operation_id = "get_partner_shipment",
    params(("tracking" = String, Path, description = "The carrier's number", example = "SB000000000017")),
    responses(
        (status = 200, description = "The parcel", body = Response),
        (status = 401, description = "`token_missing`, `token_malformed`, `api_key_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no parcel of this carrier", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("partner" = []))
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    partner: Partner<scope::ShipmentsRead>,
    Path(tracking): Path<String>,
) -> Result<Json<Response>, Problem> {
    let shipment = shipments.of_carrier(&partner.carrier, &tracking).await?;
    Ok(Json(Response::from(shipment)))
}

impl From<Shipment> for Response {
    fn from(shipment: Shipment) -> Self {
        Self {
            tracking: shipment.tracking.unwrap_or_default(),
            service: shipment.service,
            weight_g: shipment.weight_g,
            sender: shipment.sender,
            recipient: shipment.recipient,
            state: shipment.state,
            eta: shipment.eta,
            created_at: shipment.created_at,
            events: shipment.events,
        }
    }
}
