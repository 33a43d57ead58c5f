use crate::Orders;
use axum::extract::State;
use contracts::orders::{Orders as _, SubOrder};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::SubOrderId;

/// Reads a sub-order of the shop's.
#[utoipa::path(
    get,
    path = "/v1/seller/orders/{id}",
    tag = "orders",
    operation_id = "get_seller_order",
    params(("id" = SubOrderId, Path, description = "The sub-order")),
    responses(
        (status = 200, description = "The sub-order", body = SubOrder),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    seller: Seller<perm::ReadSales>,
    Path(id): Path<SubOrderId>,
) -> Result<Json<SubOrder>, Problem> {
    Ok(Json(orders.sub_order(&seller.ctx, seller.tenant, id).await?))
}
