use super::skip_payment_step::SkipStep;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{PaymentDesk as _, RefundSaga};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::{OrderId, RefundId};

/// Goes on with a refund as if its provider had answered, for a provider that does not, but whose books you have read:
/// `refunded` or `declined` while it is under way, `came_back` after it went through.
#[utoipa::path(
    post, path = "/v1/admin/orders/{id}/refunds/{refund}/skip", tag = "checkout", operation_id = "skip_refund",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("refund" = RefundId, Path, description = "The refund"),
    ),
    request_body = SkipStep,
    security(("bearer" = [])),
    responses(
        (status = 200, body = RefundSaga, description = "The refund as it stands now"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`payment_busy`, with Retry-After; `step_not_skippable`, with what is `allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ManagePayments>,
    Path((order, refund)): Path<(OrderId, RefundId)>,
    Json(request): Json<SkipStep>,
) -> Result<Json<RefundSaga>, Problem> {
    let (note, skip) = request.read()?;
    let saga = checkouts.intervene_refund(&admin.ctx, order, refund, admin.user, note, skip);
    Ok(Json(saga.await?))
}
