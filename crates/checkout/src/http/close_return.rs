use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::Checkout;
use contracts::orders::SubOrder;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{ReturnId, SubOrderId};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CloseReturnRequest)]
pub(super) struct Request {
    /// Why: the buyer reads it.
    #[schema(
        min_length = 1,
        max_length = 500,
        example = "Keep it, we do not need it back."
    )]
    note: String,
}

/// Closes a return of which nothing more is expected: it was never sent, or there is nothing to give back for what came, or
/// the goods may stay where they are. What was given back or sent again before stays so; what was to be sent again and was
/// not is back in stock.
#[utoipa::path(
    post,
    path = "/v1/seller/orders/{id}/returns/{return}/close",
    tag = "checkout",
    operation_id = "close_return",
    params(
        ("id" = SubOrderId, Path, description = "The sub-order"),
        ("return" = ReturnId, Path, description = "The return"),
    ),
    request_body = Request,
    responses(
        (status = 200, description = "Closed", body = SubOrder),
        (status = 400, description = "`json_malformed`, `field_invalid`, `note_missing`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`transition_illegal`, with `from` and `allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    seller: Seller<perm::RefundSales>,
    Path((id, of)): Path<(SubOrderId, ReturnId)>,
    Json(request): Json<Request>,
) -> Result<Json<SubOrder>, Problem> {
    let closed = checkouts.close_return(&seller.ctx, seller.tenant, id, of, request.note);
    Ok(Json(closed.await?))
}
