use super::owner;
use crate::Orders;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::digital::{DownloadRight, DownloadTicket, Downloads as _};
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::{FileId, LineId, OrderId};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = BeginDownload)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    line: LineId,
    file: FileId,
}

/// Begins a download of a file of an order of the caller's: counts it, and says from where the file is read.
///
/// The address has a secret in it and holds for four hours, in which the file is read any number of times, whole or in
/// parts: that is one download. A refund or a cancellation ends it at once.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/downloads",
    tag = "orders",
    operation_id = "begin_download",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    request_body = Request,
    responses(
        (status = 201, description = "Granted", body = DownloadTicket),
        (status = 400, description = "`parameter_invalid`, `body_invalid`, `cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such order, or not yours, or no such file in it", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`download_unpaid`; `download_used_up`; `download_expired`; `download_ended`: it was cancelled, or its money went back", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    shopper: Shopper,
    Path(id): Path<OrderId>,
    Json(request): Json<Request>,
) -> Result<Response, Problem> {
    let (ctx, owner) = owner(shopper)?;
    let by = DownloadRight::Owner(owner, id);
    let ticket = orders.begin(&ctx, by, request.line, request.file).await?;
    Ok((StatusCode::CREATED, Json(ticket)).into_response())
}
