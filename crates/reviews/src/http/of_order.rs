use super::request::OrderReviews;
use crate::app::Ratings;
use axum::extract::State;
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::OrderId;

/// What the caller may review of an order, and has. What has not arrived is in neither list.
#[utoipa::path(
    get, path = "/v1/orders/{id}/reviews", tag = "reviews", operation_id = "order_reviews",
    params(("id" = OrderId, Path, description = "The order")),
    security(("bearer" = [])),
    responses(
        (status = 200, body = OrderReviews),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nothing of such an order has arrived at the caller", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    buyer: Buyer,
    Path(id): Path<OrderId>,
) -> Result<Json<OrderReviews>, Problem> {
    let found = ratings.of_order(buyer.user, id).await?;
    if found.open.is_empty() && found.written.is_empty() {
        return Err(crate::Error::NoSuchOrder.into());
    }
    Ok(Json(OrderReviews {
        open: found.open,
        written: found.written,
    }))
}
