use super::list_credit_notes::Response;
use crate::Orders;
use axum::extract::State;
use contracts::orders::Orders as _;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::SubOrderId;

/// Lists the credit notes of a sub-order of the shop's, with what the marketplace gave back of its commission.
#[utoipa::path(
    get,
    path = "/v1/seller/orders/{id}/credit-notes",
    tag = "orders",
    operation_id = "list_seller_credit_notes",
    params(("id" = SubOrderId, Path, description = "The sub-order")),
    responses(
        (status = 200, description = "Its credit notes", body = Response),
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
) -> Result<Json<Response>, Problem> {
    let notes = orders.credit_notes_of_sale(&seller.ctx, seller.tenant, id);
    Ok(Json(Response { items: notes.await? }))
}
