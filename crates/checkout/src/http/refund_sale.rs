use super::wish::Wish;
use crate::Checkouts;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::checkout::{Checkout, OrderRefund, RefundOrder};
use httpkit::{IdempotencyKey, Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::SubOrderId;

/// Gives money back for a sub-order of the shop's: for units of its lines, or an amount. Never more than was paid for them
/// and is not given back, or about to be, already. The marketplace gives up its commission on it.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/refunds",
    tag = "checkout",
    operation_id = "refund_sale",
    params(
        ("id" = SubOrderId, Path, description = "The sub-order"),
        ("Idempotency-Key" = String, Header, description = "The same key and request are the same refund"),
    ),
    request_body = Wish,
    responses(
        (status = 201, description = "The money is on its way back, or is being asked for: see `status`", body = OrderRefund),
        (status = 400, description = "`idempotency_key`, `json_malformed`, `field_invalid`, `refund_unclear`, `units_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`: nothing was paid yet; `refund_too_large`, with `left`; `refunds_too_many`; `not_captured`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`, `currency_differs`, `refund_invalid`, `buyer_without_account`, `amounts_incompatible`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    seller: Seller<perm::RefundSales>,
    Path(sub_order): Path<SubOrderId>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, Json<OrderRefund>), Problem> {
    let to = wish.to;
    let (wish, reason) = wish.checked()?;
    let request = RefundOrder {
        sub_order,
        wish,
        reason,
        to,
        idempotency_key,
    };
    let refund = checkouts.refund_sale(&seller.ctx, seller.tenant, request).await?;
    Ok((StatusCode::CREATED, Json(refund)))
}
