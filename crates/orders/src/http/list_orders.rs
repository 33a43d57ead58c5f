use crate::Orders;
use axum::extract::State;
use contracts::orders::{OrderSummary, Orders as _};
use httpkit::{Buyer, Json, PageQuery, Problem, ProblemDocument, Query};
use kernel::Page;

/// Lists the buyer's orders, newest first.
#[utoipa::path(
    get,
    path = "/v1/orders",
    tag = "orders",
    operation_id = "list_orders",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of orders", body = Page<OrderSummary>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    buyer: Buyer,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<OrderSummary>>, Problem> {
    let limit = page.limit()?.get() as u16;
    Ok(Json(
        orders.of_buyer(&buyer.ctx, buyer.user, page.after, limit).await?,
    ))
}
