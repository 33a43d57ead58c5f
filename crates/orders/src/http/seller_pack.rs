use crate::Orders;
use axum::extract::State;
use contracts::orders::{Orders as _, SubOrder};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::SubOrderId;

/// Says that a paid sub-order of the shop's is packed: from here on its buyer can no longer cancel it. Said twice, it is
/// packed once.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/pack",
    tag = "orders",
    operation_id = "pack_seller_order",
    params(("id" = SubOrderId, Path, description = "The sub-order")),
    responses(
        (status = 200, description = "Packed", body = SubOrder),
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
    Path(id): Path<SubOrderId>,
) -> Result<Json<SubOrder>, Problem> {
    Ok(Json(orders.pack(&seller.ctx, seller.tenant, id).await?))
}
