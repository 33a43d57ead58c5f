use super::request::Earlier;
use super::{Named, tagged};
use crate::app::Notices;
use axum::extract::State;
use axum::response::Response;
use contracts::notifications::NoticeTemplate;
use httpkit::{Admin, IfMatch, Json, Path, Problem, ProblemDocument, perm};

/// Takes up the words of an earlier version again, as a version of its own; 0 is what comes with the program.
#[utoipa::path(
    post, path = "/v1/admin/notification-templates/{kind}/{language}/restore", tag = "notifications", operation_id = "restore_notification_template",
    params(("kind" = String, Path, description = "The kind of notification, or of mail: those begin with `mail_`"), ("language" = String, Path, description = "`en` or `es`"), ("If-Match" = String, Header, description = "The `ETag` that was seen")),
    request_body = Earlier,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The words as they are now", body = NoticeTemplate),
        (status = 400, description = "`if_match`, `json_malformed`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such kind, language or version", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "`version_changed`: somebody else wrote meanwhile", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    admin: Admin<perm::ManageSystem>,
    Path(named): Path<Named>,
    IfMatch(seen): IfMatch,
    Json(earlier): Json<Earlier>,
) -> Result<Response, Problem> {
    let named = named.read()?;
    let written = notices
        .restore_template(&admin.ctx, named, seen, earlier.version)
        .await?;
    Ok(tagged(written))
}
