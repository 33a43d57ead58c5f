use crate::app::Notices;
use axum::extract::State;
use contracts::notifications::FailedWork;
use httpkit::{Admin, Json, PageQuery, Problem, ProblemDocument, Query, perm};
use kernel::Page;

/// Lists what failed in every attempt and is tried no more by itself, of all parts of the marketplace, the latest first.
#[utoipa::path(
    get, path = "/v1/admin/dead-letters", tag = "dead letters", operation_id = "list_dead_letters",
    params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of it", body = Page<FailedWork>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    _: Admin<perm::ManageSystem>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FailedWork>>, Problem> {
    let limit = super::limit(&page)?;
    Ok(Json(notices.failures(page.after, limit).await?))
}
