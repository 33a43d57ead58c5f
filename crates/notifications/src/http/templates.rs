use super::request::In;
use crate::app::Notices;
use axum::extract::State;
use contracts::notifications::TemplateCard;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, perm};

/// Lists the words for all kinds of notifications in one language.
#[utoipa::path(
    get, path = "/v1/admin/notification-templates", tag = "notifications", operation_id = "list_notification_templates",
    params(In),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All kinds", body = Vec<TemplateCard>),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    _: Admin<perm::ManageSystem>,
    Query(asked): Query<In>,
) -> Result<Json<Vec<TemplateCard>>, Problem> {
    Ok(Json(notices.templates(asked.language.unwrap_or_default()).await?))
}
