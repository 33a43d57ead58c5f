use super::Refunds;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::SubOrderId;

/// Lists what was given back for a sub-order of the shop's, what is on its way, and what the payment provider refuses to
/// give back; oldest first.
#[utoipa::path(
    get,
    path = "/v1/seller/orders/{id}/refunds",
    tag = "checkout",
    operation_id = "list_sale_refunds",
    params(("id" = SubOrderId, Path, description = "The sub-order")),
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
    seller: Seller<perm::ReadSales>,
    Path(id): Path<SubOrderId>,
) -> Result<Json<Refunds>, Problem> {
    let items = checkouts.refunds_of_sale(&seller.ctx, seller.tenant, id).await?;
    Ok(Json(Refunds { items }))
}
