use super::owner;
use crate::Checkouts;
use axum::extract::State;
use contracts::Address;
use contracts::checkout::Checkout;
use contracts::orders::Order;
use httpkit::{CartToken, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::OrderId;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeAddressRequest)]
pub(super) struct Request {
    address: Address,
}

/// Sends an order elsewhere, until a shop has packed its part. What it costs was agreed to: an address is refused if a shop
/// does not send there in the chosen way, if that costs something else than to the address before, or if other taxes are
/// due there. Then the order can be cancelled and placed again.
#[utoipa::path(
    put,
    path = "/v1/orders/{id}/address",
    tag = "checkout",
    operation_id = "change_order_address",
    params(("id" = OrderId, Path, description = "The order"), CartToken),
    request_body = Request,
    responses(
        (status = 200, description = "The order, which goes there now", body = Order),
        (status = 400, description = "`cart_token`, `json_malformed`, `address_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `delivery_price_differs`, with `tenant`, `was` and `now`; `taxes_differ`, with `tenant`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`address_not_served`, with `tenant` and `reason`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    Path(order): Path<OrderId>,
    Json(request): Json<Request>,
) -> Result<Json<Order>, Problem> {
    let (ctx, owner) = owner(shopper, "order")?;
    let changed = checkouts.change_address(&ctx, owner, order, request.address);
    Ok(Json(changed.await?))
}
