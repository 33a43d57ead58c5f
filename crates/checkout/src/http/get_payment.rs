use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{PaymentDesk as _, PaymentSaga};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::OrderId;

/// The payment of an order, with everything that was done about it.
#[utoipa::path(
    get, path = "/v1/admin/payments/{order}", tag = "checkout", operation_id = "get_payment",
    params(("order" = OrderId, Path, description = "The order that is paid")),
    security(("bearer" = [])),
    responses(
        (status = 200, body = PaymentSaga, description = "The payment"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ReadAnyOrder>,
    Path(order): Path<OrderId>,
) -> Result<Json<PaymentSaga>, Problem> {
    Ok(Json(checkouts.saga(&admin.ctx, order).await?))
}
