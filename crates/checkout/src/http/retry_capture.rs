use super::ByHand;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{PaymentDesk as _, PaymentSaga};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::OrderId;

/// Tries what is to be captured of an order's shares again now, instead of when it is due. A share whose shop has shipped is
/// captured, also where that was not heard of. Who asked and why is kept in the payment's timeline.
#[utoipa::path(
    post, path = "/v1/admin/uncaptured-payments/{order}/retry", tag = "checkout", operation_id = "retry_capture",
    params(("order" = OrderId, Path, description = "The order that is paid")),
    request_body = ByHand,
    security(("bearer" = [])),
    responses(
        (status = 200, body = PaymentSaga, description = "The payment as it stands now"),
        (status = 400, description = "`json_malformed`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: it was captured at once, or never paid", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`payment_busy`, with Retry-After; `capture_ended`: nothing is left to capture", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ManagePayments>,
    Path(order): Path<OrderId>,
    Json(request): Json<ByHand>,
) -> Result<Json<PaymentSaga>, Problem> {
    let saga = checkouts.retry_capture(&admin.ctx, order, admin.user, request.note()?);
    Ok(Json(saga.await?))
}
