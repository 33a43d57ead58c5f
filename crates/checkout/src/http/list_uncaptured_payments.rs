use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{PaymentDesk as _, UncapturedPayment};
use httpkit::{Admin, Json, PageQuery, Problem, ProblemDocument, Query, perm};
use kernel::Page;

/// Lists payments of which something lapses within a day, or lapsed within a month, because it was not sent in time; and those
/// whose capture was tried in vain again and again. What lapses first is listed before the rest.
#[utoipa::path(
    get, path = "/v1/admin/uncaptured-payments", tag = "checkout", operation_id = "list_uncaptured_payments",
    params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of payments", body = Page<UncapturedPayment>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ReadAnyOrder>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<UncapturedPayment>>, Problem> {
    let limit = page.limit()?.get() as u16;
    let page = checkouts.uncaptured(&admin.ctx, page.after, limit);
    Ok(Json(page.await?))
}
