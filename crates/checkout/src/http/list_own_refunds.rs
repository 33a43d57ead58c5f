use super::{Refunds, owner};
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::OrderId;

/// Lists the money that went back for an order, and that is on its way; oldest first.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/refunds",
    tag = "checkout",
    operation_id = "list_own_refunds",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    responses(
        (status = 200, description = "Its refunds", body = Refunds),
        (status = 400, description = "`cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    Path(order): Path<OrderId>,
) -> Result<Json<Refunds>, Problem> {
    let (ctx, owner) = owner(shopper, "order")?;
    let items = checkouts.refunds_of_order(&ctx, Some(owner), order).await?;
    Ok(Json(Refunds { items }))
}
