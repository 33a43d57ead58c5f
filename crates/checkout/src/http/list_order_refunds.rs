use super::Refunds;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::OrderId;

/// Lists what was given back for an order, what is on its way, and what the payment provider refuses to give back; oldest
/// first.
#[utoipa::path(
    get,
    path = "/v1/admin/orders/{id}/refunds",
    tag = "checkout",
    operation_id = "list_order_refunds",
    params(("id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "Its refunds", body = Refunds),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ReadAnyOrder>,
    Path(order): Path<OrderId>,
) -> Result<Json<Refunds>, Problem> {
    let items = checkouts.refunds_of_order(&admin.ctx, None, order).await?;
    Ok(Json(Refunds { items }))
}
