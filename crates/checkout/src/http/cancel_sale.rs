use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use contracts::orders::SubOrder;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm, text};
use kernel::SubOrderId;
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a note to a buyer.
const NOTE_CHARS_MAX: usize = 500;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CancelSaleRequest)]
pub(super) struct Request {
    /// Why: the buyer reads it.
    #[schema(
        min_length = 1,
        max_length = 500,
        example = "The last bowl broke when it was packed."
    )]
    note: String,
}

/// Cancels a sub-order of the shop's, until something of it is sent. Its goods are back in stock and its money goes back,
/// delivery included; other shops' parts of the order are not touched. Cancelling twice is cancelling once.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/cancel",
    tag = "checkout",
    operation_id = "cancel_sale",
    params(("id" = SubOrderId, Path, description = "The sub-order")),
    request_body = Request,
    responses(
        (status = 200, description = "Cancelled", body = SubOrder),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    seller: Seller<perm::FulfilSales>,
    Path(id): Path<SubOrderId>,
    Json(request): Json<Request>,
) -> Result<Json<SubOrder>, Problem> {
    let note = text::line("/note", &request.note, NOTE_CHARS_MAX)?;
    Ok(Json(
        checkouts
            .cancel_sale(&seller.ctx, seller.tenant, id, note)
            .await?,
    ))
}
