use super::Items;
use crate::Shipments;
use axum::extract::State;
use contracts::orders::AsOf;
use httpkit::{CartToken, Json, OrderReader, Path, Problem, ProblemDocument};
use kernel::OrderId;

/// Lists the parcels of an order of the caller's, with what their carriers tell of them.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/shipments",
    tag = "shipping",
    operation_id = "list_order_shipments",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    responses(
        (status = 200, description = "Its shipments, of all sellers", body = Items),
        (status = 400, description = "`cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such order, or not yours", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    reader: OrderReader,
    Path(id): Path<OrderId>,
) -> Result<Json<Items>, Problem> {
    let OrderReader { ctx, owner } = reader;
    let order = shipments.orders().order(&ctx, owner, id, AsOf::default()).await?;
    let items = shipments.of_order(order.id).await?;
    Ok(Json(Items { items }))
}
