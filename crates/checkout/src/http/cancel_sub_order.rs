use super::owner;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use contracts::orders::Order;
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::{OrderId, SubOrderId};

/// Cancels one shop's part of a paid order, until the shop has packed it. Its goods are free at once and its money goes
/// back, delivery included; the other parts are not touched. Cancelling twice is cancelling once.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/sub-orders/{sub_order}/cancel",
    tag = "checkout",
    operation_id = "cancel_sub_order",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("sub_order" = SubOrderId, Path, description = "The part of it"),
        CartToken,
    ),
    responses(
        (status = 200, description = "The order, that part of it cancelled", body = Order),
        (status = 400, description = "`cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    Path((order, sub_order)): Path<(OrderId, SubOrderId)>,
) -> Result<Json<Order>, Problem> {
    let (ctx, owner) = owner(shopper, "order")?;
    Ok(Json(checkouts.cancel_part(&ctx, owner, order, sub_order).await?))
}
