use super::request::Words;
use super::{Named, tagged};
use crate::app::Notices;
use axum::extract::State;
use axum::response::Response;
use contracts::notifications::NoticeTemplate;
use httpkit::{Admin, IfMatch, Json, Path, Problem, ProblemDocument, perm};

/// Writes other words for one kind of notification in one language. Names in braces are filled in; a brace that is meant is
/// written twice.
#[utoipa::path(
    put, path = "/v1/admin/notification-templates/{kind}/{language}", tag = "notifications", operation_id = "put_notification_template",
    params(("kind" = String, Path, description = "The kind of notification, or of mail: those begin with `mail_`"), ("language" = String, Path, description = "`en` or `es`"), ("If-Match" = String, Header, description = "The `ETag` that was seen")),
    request_body = Words,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The words as they are now", body = NoticeTemplate),
        (status = 400, description = "`if_match`, `json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `brace_unclosed`, `brace_unopened`, `placeholder_unnamed`, `placeholder_unknown`, `placeholder_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such kind or language", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "`version_changed`: somebody else wrote meanwhile", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    admin: Admin<perm::ManageSystem>,
    Path(named): Path<Named>,
    IfMatch(seen): IfMatch,
    Json(words): Json<Words>,
) -> Result<Response, Problem> {
    let named = named.read()?;
    let written = notices
        .write_template(&admin.ctx, named, seen, &words.title, &words.text)
        .await?;
    Ok(tagged(written))
}
