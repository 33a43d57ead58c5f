use super::owner;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use contracts::orders::Order;
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::{OrderId, ReturnId};

/// Takes a return of the caller's back, before anything of it is sent. Withdrawing twice is withdrawing once.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/returns/{return}/withdraw",
    tag = "checkout",
    operation_id = "withdraw_return",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("return" = ReturnId, Path, description = "The return"),
        CartToken,
    ),
    responses(
        (status = 200, description = "The order, without that return", body = Order),
        (status = 400, description = "`cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    Path((order, of)): Path<(OrderId, ReturnId)>,
) -> Result<Json<Order>, Problem> {
    let (ctx, owner) = owner(shopper, "order")?;
    Ok(Json(checkouts.withdraw_return(&ctx, owner, order, of).await?))
}
