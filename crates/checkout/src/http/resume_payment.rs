use super::{Outcome, owner};
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::OrderId;

/// Asks what became of a payment: after the buyer came back from their bank, or after an answer that was lost.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/resume",
    tag = "checkout",
    operation_id = "resume_payment",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    responses(
        (status = 200, description = "How the payment stands", body = Outcome),
        (status = 400, description = "`cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    Path(order): Path<OrderId>,
) -> Result<Json<Outcome>, Problem> {
    let (ctx, owner) = owner(shopper, "order")?;
    Ok(Json(Outcome::from(checkouts.resume(&ctx, owner, order).await?)))
}
