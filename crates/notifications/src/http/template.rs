use super::{Named, tagged};
use crate::app::Notices;
use axum::extract::State;
use axum::response::Response;
use contracts::notifications::NoticeTemplate;
use httpkit::{Admin, Path, Problem, ProblemDocument, perm};

/// Reads the words for one kind of notification in one language, with all that they were before.
#[utoipa::path(
    get, path = "/v1/admin/notification-templates/{kind}/{language}", tag = "notifications", operation_id = "get_notification_template",
    params(("kind" = String, Path, description = "The kind of notification, or of mail: those begin with `mail_`"), ("language" = String, Path, description = "`en` or `es`")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The words; `ETag` names their version", body = NoticeTemplate),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such kind or language", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    admin: Admin<perm::ManageSystem>,
    Path(named): Path<Named>,
) -> Result<Response, Problem> {
    let (kind, language) = named.read()?;
    Ok(tagged(notices.template(&admin.ctx, kind, language).await?))
}
