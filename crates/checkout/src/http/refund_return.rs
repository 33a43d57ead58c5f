use super::terms::Terms;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{Checkout, OrderRefund};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{ReturnId, SubOrderId};

/// Gives money back for a return, before its goods are there or after: what was paid for its units, less what the shop keeps
/// and says why. A return is refunded once; asked again, this tells how that refund stands.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/returns/{return}/refund",
    tag = "checkout",
    operation_id = "refund_return",
    params(
        ("id" = SubOrderId, Path, description = "The sub-order"),
        ("return" = ReturnId, Path, description = "The return"),
    ),
    request_body = Terms,
    responses(
        (status = 200, description = "The money is on its way back, or is being asked for: see `status`", body = OrderRefund),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `refund_too_large`, with `left`; `refunds_too_many`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`deduction_invalid`, with `goods`; `currency_differs`; `refund_invalid`: nothing is left to give back", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    seller: Seller<perm::RefundSales>,
    Path((id, of)): Path<(SubOrderId, ReturnId)>,
    Json(terms): Json<Terms>,
) -> Result<Json<OrderRefund>, Problem> {
    let refunded = checkouts.refund_return(&seller.ctx, seller.tenant, id, of, terms.into());
    Ok(Json(refunded.await?))
}
