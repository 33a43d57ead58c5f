use crate::Orders;
use axum::extract::State;
use contracts::orders::{Orders as _, SubOrder};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{ParcelId, SubOrderId};

/// Says that a parcel of the shop's has arrived. With the last one the sub-order is delivered. Said twice, it has arrived
/// once.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/parcels/{parcel}/deliver",
    tag = "orders",
    operation_id = "deliver_seller_parcel",
    params(
        ("id" = SubOrderId, Path, description = "The sub-order"),
        ("parcel" = ParcelId, Path, description = "The parcel"),
    ),
    responses(
        (status = 200, description = "Arrived", body = SubOrder),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    seller: Seller<perm::FulfilSales>,
    Path((id, parcel)): Path<(SubOrderId, ParcelId)>,
) -> Result<Json<SubOrder>, Problem> {
    Ok(Json(
        orders.deliver(&seller.ctx, seller.tenant, id, parcel).await?,
    ))
}
