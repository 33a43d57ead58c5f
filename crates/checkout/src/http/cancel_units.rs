use super::owner;
use super::units::at_most;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{CancelUnits, Checkout};
use contracts::orders::{Order, ParcelLine};
use httpkit::{CartToken, IdempotencyKey, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::{OrderId, SubOrderId};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CancelUnitsRequest)]
pub(super) struct Request {
    /// What is not to be sent, each line once.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<ParcelLine>,
}

/// Cancels units of one shop's part of a paid order, until the shop has packed it: so a quantity becomes smaller. They are
/// free at once and what was paid for them goes back; the delivery is paid as before. With the last of its units the part is
/// cancelled, delivery included.
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/sub-orders/{sub_order}/cancel-units",
    tag = "checkout",
    operation_id = "cancel_units",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("sub_order" = SubOrderId, Path, description = "The part of it"),
        ("Idempotency-Key" = String, Header, description = "The same key and request are the same cancellation"),
        CartToken,
    ),
    request_body = Request,
    responses(
        (status = 200, description = "The order without them; the money is on its way back, or is being asked for", body = Order),
        (status = 400, description = "`idempotency_key`, `cart_token`, `json_malformed`, `field_invalid`, `units_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `units_too_many`, with `line`, `wanted` and `left`; `id_taken`: the key was used for other units; `refunds_too_many`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    Path((order, sub_order)): Path<(OrderId, SubOrderId)>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(request): Json<Request>,
) -> Result<Json<Order>, Problem> {
    let (ctx, owner) = owner(shopper, "order")?;
    at_most(request.lines.len())?;
    let request = CancelUnits {
        sub_order,
        lines: request.lines,
        note: String::new(),
        idempotency_key,
    };
    Ok(Json(checkouts.cancel_units(&ctx, owner, order, request).await?))
}
