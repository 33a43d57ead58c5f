use super::wish::Wish;
use crate::Checkouts;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::checkout::{Checkout, OrderRefund, RefundOrder, RefundTo, RefundUnits};
use httpkit::{Admin, IdempotencyKey, Json, Path, Problem, ProblemDocument, perm};
use kernel::{Money, OrderId, SubOrderId};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RefundOrderRequest)]
pub(super) struct Request {
    /// The part of the order that the money is given back for.
    sub_order: SubOrderId,
    /// Units to give back what was paid for. Either these, or an amount.
    #[serde(default)]
    #[schema(max_items = 50)]
    lines: Vec<RefundUnits>,
    /// Whether what was paid for the delivery, and is left of it, is given back too.
    #[serde(default)]
    delivery: bool,
    /// In the currency of the order, above zero.
    #[serde(default)]
    amount: Option<Money>,
    /// Why: the buyer reads it.
    #[schema(min_length = 1, max_length = 255, example = "The parcel never arrived.")]
    reason: String,
    /// `store_credit` where the buyer wants it there; by default it goes back where it came from.
    #[serde(default)]
    to: RefundTo,
}

/// Gives money back for a sub-order of any shop's: for units of its lines, or an amount. Never more than was paid for them
/// and is not given back, or about to be, already. The shop bears it; the marketplace gives up its commission on it.
#[utoipa::path(
    post,
    path = "/v1/admin/orders/{id}/refunds",
    tag = "checkout",
    operation_id = "refund_order",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("Idempotency-Key" = String, Header, description = "The same key and request are the same refund"),
    ),
    request_body = Request,
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
    admin: Admin<perm::RefundAnyOrder>,
    Path(order): Path<OrderId>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<OrderRefund>), Problem> {
    let wish = Wish {
        lines: request.lines,
        delivery: request.delivery,
        amount: request.amount,
        reason: request.reason,
        to: request.to,
    };
    let (wish, reason) = wish.checked()?;
    let request = RefundOrder {
        sub_order: request.sub_order,
        wish,
        reason,
        to: request.to,
        idempotency_key,
    };
    let refund = checkouts.refund_order(&admin.ctx, order, request).await?;
    Ok((StatusCode::CREATED, Json(refund)))
}
