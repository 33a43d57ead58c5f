use crate::app::Notices;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::notifications::FailureAct;
use httpkit::{Admin, Path, Problem, ProblemDocument, perm};

/// Gives something that failed new attempts, from now on. What waits behind it follows when it succeeds.
#[utoipa::path(
    post, path = "/v1/admin/dead-letters/{id}/retry", tag = "dead letters", operation_id = "retry_dead_letter",
    params(("id" = String, Path, description = "As it is listed")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is done, and written down with who did it"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nothing of that name failed, or somebody has decided about it", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    admin: Admin<perm::ManageSystem>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    notices.decide(&admin.ctx, &id, FailureAct::Retry).await?;
    Ok(StatusCode::NO_CONTENT)
}
