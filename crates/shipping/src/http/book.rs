use crate::Shipments;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::orders::ParcelLine;
use contracts::shipping::{NewShipment, Shipment, ShipmentState};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{ReturnId, ShipmentId, SubOrderId};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BookRequest)]
pub(super) struct Request {
    /// Chosen by the caller: asked for again under the same id, a label is booked once. One is made where none is named.
    #[serde(default)]
    shipment: Option<ShipmentId>,
    /// What goes into the parcel, each line once; all that is left where this is absent.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    lines: Option<Vec<ParcelLine>>,
    #[schema(example = "sandbox")]
    carrier: String,
    #[schema(example = "standard")]
    service: String,
    #[schema(minimum = 1, maximum = 70000)]
    weight_g: u32,
    /// The exchanged return whose goods are sent again in it.
    #[serde(default)]
    exchange: Option<ReturnId>,
}

/// Books a label for a parcel of a packed sub-order of the shop's, or for goods of an exchanged return.
///
/// A carrier that does not answer leaves the shipment `requested` (202): it is asked again until it does, and never books
/// twice. One that will not take the parcel leaves it `refused`.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/shipments",
    tag = "shipping",
    operation_id = "book_shipment",
    params(("id" = SubOrderId, Path, description = "The sub-order")),
    request_body = Request,
    responses(
        (status = 201, description = "The carrier has answered", body = Shipment),
        (status = 202, description = "The carrier has not answered yet", body = Shipment),
        (status = 400, description = "`field_invalid`, `carrier_unknown`, `service_unknown`, `weight_invalid`, `units_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`: it is not packed, or all of it was sent; the return is not exchanged; `id_taken`: another label was asked for under this id", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    seller: Seller<perm::FulfilSales>,
    Path(id): Path<SubOrderId>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Shipment>), Problem> {
    let new = NewShipment {
        id: request
            .shipment
            .unwrap_or_else(|| ShipmentId::new(seller.ctx.now)),
        lines: request.lines,
        carrier: request.carrier,
        service: request.service,
        weight_g: request.weight_g,
        exchange: request.exchange,
    };
    let shipment = shipments.book(&seller.ctx, seller.tenant, id, new).await?;
    let status = match shipment.state {
        ShipmentState::Requested => StatusCode::ACCEPTED,
        _ => StatusCode::CREATED,
    };
    Ok((status, Json(shipment)))
}
