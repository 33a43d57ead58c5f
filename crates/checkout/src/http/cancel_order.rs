use super::owner;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use contracts::orders::Order;
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::OrderId;

/// Cancels an order. Its stock is free at once; if it was paid, the money goes back. Cancelling twice is cancelling once.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/cancel",
    tag = "checkout",
    operation_id = "cancel_order",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    responses(
        (status = 200, description = "Cancelled", body = Order),
        (status = 400, description = "`cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `captured_apart`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    Path(order): Path<OrderId>,
) -> Result<Json<Order>, Problem> {
    let (ctx, owner) = owner(shopper, "order")?;
    Ok(Json(checkouts.cancel(&ctx, owner, order).await?))
}
