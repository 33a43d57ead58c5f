use super::NOTE_CHARS_MAX;
use super::units::at_most;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{CancelUnits, Checkout};
use contracts::orders::{ParcelLine, SubOrder};
use httpkit::{IdempotencyKey, Json, Path, Problem, ProblemDocument, Seller, perm, text};
use kernel::SubOrderId;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CancelSaleUnitsRequest)]
pub(super) struct Request {
    /// What will not be sent, each line once.
    #[schema(min_items = 1, max_items = 50)]
    lines: Vec<ParcelLine>,
    /// Why: the buyer reads it.
    #[schema(
        min_length = 1,
        max_length = 500,
        example = "Only two of the three bowls came out of the kiln whole."
    )]
    note: String,
}

/// Cancels units of a sub-order of the shop's that are not sent: they are back in stock, what was paid for them goes back,
/// and the marketplace gives up its commission on them. With the last of its units the sub-order is cancelled, delivery
/// included, unless some of it was sent. Other shops' parts of the order are not touched.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/cancel-units",
    tag = "checkout",
    operation_id = "cancel_sale_units",
    params(
        ("id" = SubOrderId, Path, description = "The sub-order"),
        ("Idempotency-Key" = String, Header, description = "The same key and request are the same cancellation"),
    ),
    request_body = Request,
    responses(
        (status = 200, description = "The sub-order without them; the money is on its way back, or is being asked for", body = SubOrder),
        (status = 400, description = "`idempotency_key`, `json_malformed`, `field_invalid`, `units_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `units_too_many`, with `line`, `wanted` and `left`; `id_taken`: the key was used for other units; `refunds_too_many`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    seller: Seller<perm::FulfilSales>,
    Path(sub_order): Path<SubOrderId>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(request): Json<Request>,
) -> Result<Json<SubOrder>, Problem> {
    at_most(request.lines.len())?;
    let request = CancelUnits {
        sub_order,
        lines: request.lines,
        note: text::line("/note", &request.note, NOTE_CHARS_MAX)?,
        idempotency_key,
    };
    let cancelled = checkouts.cancel_sale_units(&seller.ctx, seller.tenant, request);
    Ok(Json(cancelled.await?))
}
