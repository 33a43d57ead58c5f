use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{Checkout, OrderRefund};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::{OrderId, RefundId};

/// Asks the payment provider again for a refund that it refused, if that much is still to be given back, or that came back.
/// Who asked is kept in its timeline. One that is on
/// its way is looked at now; one that went through is left alone.
#[utoipa::path(
    post,
    path = "/v1/admin/orders/{id}/refunds/{refund}/retry",
    tag = "checkout",
    operation_id = "retry_refund",
    params(
        ("id" = OrderId, Path, description = "The order"),
        ("refund" = RefundId, Path, description = "The refund"),
    ),
    responses(
        (status = 200, description = "How it stands", body = OrderRefund),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`refund_too_large`, with `left`: it was given back otherwise meanwhile", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::RefundAnyOrder>,
    Path((order, refund)): Path<(OrderId, RefundId)>,
) -> Result<Json<OrderRefund>, Problem> {
    Ok(Json(checkouts.retry_refund(&admin.ctx, order, refund).await?))
}
