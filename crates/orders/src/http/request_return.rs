use super::owner;
use crate::Orders;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::orders::{NewReturn, Order, Orders as _, ParcelLine, ReturnReason, ReturnWish};
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::{OrderId, ReturnId, SubOrderId};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReturnRequest)]
pub(super) struct Request {
    /// Chosen by the caller: asked for again under the same id, it is one return. One is made where none is named.
    #[serde(default)]
    id: Option<ReturnId>,
    sub_order: SubOrderId,
    /// What is to go back, each line once.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<ParcelLine>,
    reason: ReturnReason,
    /// Needed where the reason is `other`.
    #[serde(default)]
    #[schema(max_length = 500, example = "The rim is chipped.")]
    note: String,
    #[serde(default)]
    wish: ReturnWish,
}

/// Asks to return units of a delivered sub-order of the caller's, until its `return_until`. The shop answers.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/returns",
    tag = "orders",
    operation_id = "request_return",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    request_body = Request,
    responses(
        (status = 201, description = "The order, with the return", body = Order),
        (status = 400, description = "`cart_token`, `json_malformed`, `field_invalid`, `units_invalid`, `note_missing`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`: it has not been delivered; `return_too_late`, with `until`; `units_too_many`, with `line`, `wanted` and `left`; `returns_too_many`; `id_taken`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    shopper: Shopper,
    Path(order): Path<OrderId>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Order>), Problem> {
    let (ctx, owner) = owner(shopper)?;
    let new = NewReturn {
        id: request.id.unwrap_or_else(|| ReturnId::new(ctx.now)),
        sub_order: request.sub_order,
        lines: request.lines,
        reason: request.reason,
        note: request.note,
        wish: request.wish,
    };
    let order = orders.request_return(&ctx, owner, order, new).await?;
    Ok((StatusCode::CREATED, Json(order)))
}
