use super::owner;
use crate::Orders;
use axum::extract::State;
use contracts::digital::{Download, DownloadRight, Downloads as _};
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::OrderId;
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OrderDownloads)]
pub(super) struct Body {
    /// File by file, in the order of the lines; empty where nothing of the order is downloaded.
    files: Vec<Download>,
}

/// Lists the files of an order of the caller's, and how it stands with each.
#[utoipa::path(
    get,
    path = "/v1/orders/{id}/downloads",
    tag = "orders",
    operation_id = "list_downloads",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    responses(
        (status = 200, description = "Its files", body = Body),
        (status = 400, description = "`parameter_invalid`, `cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such order, or not yours", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    shopper: Shopper,
    Path(id): Path<OrderId>,
) -> Result<Json<Body>, Problem> {
    let (ctx, owner) = owner(shopper)?;
    let found = orders.of_order(&ctx, DownloadRight::Owner(owner, id)).await?;
    Ok(Json(Body { files: found.files }))
}
