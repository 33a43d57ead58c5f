use crate::Orders;
use axum::extract::State;
use contracts::orders::{NewParcel, Orders as _, ParcelLine, SubOrder};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{ParcelId, ReturnId, SubOrderId};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShipRequest)]
pub(super) struct Request {
    /// Chosen by the caller: sent again under the same id, a parcel is sent once. One is made where none is named.
    #[serde(default)]
    parcel: Option<ParcelId>,
    /// What is in it, each line once; all that is left where this is absent.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    lines: Option<Vec<ParcelLine>>,
    #[serde(default)]
    #[schema(example = "Correos", max_length = 80)]
    carrier: String,
    /// The carrier's number.
    #[serde(default)]
    #[schema(example = "PQ4F5A0712345678901", max_length = 80)]
    tracking: String,
    /// The exchanged return whose goods are sent again in it.
    #[serde(default)]
    exchange: Option<ReturnId>,
}

/// Sends a parcel of a packed sub-order of the shop's: all that is left of it, or some units; the rest follows in others.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/ship",
    tag = "orders",
    operation_id = "ship_seller_order",
    params(("id" = SubOrderId, Path, description = "The sub-order")),
    request_body = Request,
    responses(
        (status = 200, description = "On its way, with the parcel", body = SubOrder),
        (status = 400, description = "`field_invalid`, `units_invalid`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `units_too_many`, with `line`, `wanted` and `left`; `id_taken`: the parcel was sent with something else in it", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    seller: Seller<perm::FulfilSales>,
    Path(id): Path<SubOrderId>,
    Json(request): Json<Request>,
) -> Result<Json<SubOrder>, Problem> {
    let parcel = NewParcel {
        id: request.parcel.unwrap_or_else(|| ParcelId::new(seller.ctx.now)),
        lines: request.lines,
        carrier: request.carrier,
        tracking: request.tracking,
        exchange: request.exchange,
    };
    Ok(Json(orders.ship(&seller.ctx, seller.tenant, id, parcel).await?))
}
