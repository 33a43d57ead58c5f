use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{PaymentDesk as _, UncapturedPayment};
use httpkit::{Admin, Json, Problem, ProblemDocument, perm};
use serde::Serialize;

/// Payments that are set aside and lapse soon or are stuck, or that lapsed.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct UncapturedPayments {
    /// What lapses first before the rest; at most 100.
    items: Vec<UncapturedPayment>,
}

/// Lists payments of which something lapses within a day, or lapsed within a month, because it was not sent in time; and those
/// whose capture was tried in vain again and again.
#[utoipa::path(
    get, path = "/v1/admin/uncaptured-payments", tag = "checkout", operation_id = "list_uncaptured_payments",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All of them", body = UncapturedPayments),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ReadAnyOrder>,
) -> Result<Json<UncapturedPayments>, Problem> {
    let items = checkouts.uncaptured(&admin.ctx).await?;
    Ok(Json(UncapturedPayments { items }))
}
