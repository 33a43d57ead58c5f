use super::ByHand;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{Intervention, PaymentDesk as _, PaymentSaga};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::OrderId;

/// Undoes a payment: its order is cancelled, its goods are free, its money is let go or goes back.
#[utoipa::path(
    post, path = "/v1/admin/payments/{order}/compensate", tag = "checkout", operation_id = "compensate_payment",
    params(("order" = OrderId, Path, description = "The order that is paid")),
    request_body = ByHand,
    security(("bearer" = [])),
    responses(
        (status = 200, body = PaymentSaga, description = "The payment as it stands now"),
        (status = 400, description = "`json_malformed`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`payment_busy`, with Retry-After; `order_cancelled`; `transition_illegal`, with what is `allowed`; `captured_apart`; `capture_under_way`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
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
    let saga = checkouts.intervene(
        &admin.ctx,
        order,
        admin.user,
        request.note()?,
        Intervention::Compensate,
    );
    Ok(Json(saga.await?))
}
