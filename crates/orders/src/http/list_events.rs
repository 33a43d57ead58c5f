use crate::Orders;
use axum::extract::State;
use contracts::orders::{OrderEvent, Orders as _};
use httpkit::{CartToken, Json, OrderReader, Path, Problem, ProblemDocument};
use kernel::OrderId;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = OrderEvents)]
pub(super) struct Response {
    /// From the first on.
    items: Vec<OrderEvent>,
}

/// Tells what happened to an order of the caller's.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/events",
    tag = "orders",
    operation_id = "list_order_events",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    responses(
        (status = 200, description = "Its events", body = Response),
        (status = 400, description = "`cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    reader: OrderReader,
    Path(id): Path<OrderId>,
) -> Result<Json<Response>, Problem> {
    let OrderReader { ctx, owner } = reader;
    let items = orders.history(&ctx, owner, id).await?;
    Ok(Json(Response { items }))
}
