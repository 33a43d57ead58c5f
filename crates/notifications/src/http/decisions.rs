use crate::app::Notices;
use axum::extract::State;
use contracts::notifications::FailureDecision;
use httpkit::{Admin, Json, Problem, ProblemDocument, perm};

/// Decisions that are listed.
const DECISIONS: u16 = 100;

/// Lists what operators did with what failed: the latest 100.
#[utoipa::path(
    get, path = "/v1/admin/dead-letters/decisions", tag = "dead letters", operation_id = "list_dead_letter_decisions",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The latest first", body = Vec<FailureDecision>),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    admin: Admin<perm::ManageSystem>,
) -> Result<Json<Vec<FailureDecision>>, Problem> {
    Ok(Json(notices.decisions(&admin.ctx, DECISIONS).await?))
}
