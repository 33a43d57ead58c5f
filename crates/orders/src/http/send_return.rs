use super::owner;
use crate::Orders;
use axum::extract::State;
use contracts::orders::{Order, Orders as _};
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::{OrderId, ReturnId};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SendReturnRequest)]
pub(super) struct Request {
    #[serde(default)]
    #[schema(example = "Correos", max_length = 80)]
    carrier: String,
    /// The carrier's number.
    #[serde(default)]
    #[schema(example = "PQ4F5A0712345678901", max_length = 80)]
    tracking: String,
}

/// Says that the goods of an authorised return are on their way back. Said again, the later word holds.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/returns/{return}/send",
    tag = "orders",
    operation_id = "send_return",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("return" = ReturnId, Path, description = "The return"),
        CartToken,
    ),
    request_body = Request,
    responses(
        (status = 200, description = "The order, with the return on its way", body = Order),
        (status = 400, description = "`cart_token`, `json_malformed`, `field_invalid`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    shopper: Shopper,
    Path((order, of)): Path<(OrderId, ReturnId)>,
    Json(request): Json<Request>,
) -> Result<Json<Order>, Problem> {
    let (ctx, owner) = owner(shopper)?;
    let sent = orders.send_back(&ctx, owner, order, of, request.carrier, request.tracking);
    Ok(Json(sent.await?))
}
