use super::Named;
use super::request::Words;
use crate::app::Notices;
use contracts::notifications::TemplatePreview;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};

/// Shows words as somebody would read them, with examples filled in; or what is wrong with them, and at which character.
#[utoipa::path(
    post, path = "/v1/admin/notification-templates/{kind}/{language}/preview", tag = "notifications", operation_id = "preview_notification_template",
    params(("kind" = String, Path, description = "The kind of notification, or of mail: those begin with `mail_`"), ("language" = String, Path, description = "`en` or `es`")),
    request_body = Words,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What would be read, or what is wrong", body = TemplatePreview),
        (status = 400, description = "`json_malformed`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such kind or language", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    _: Admin<perm::ManageSystem>,
    Path(named): Path<Named>,
    Json(words): Json<Words>,
) -> Result<Json<TemplatePreview>, Problem> {
    let (kind, language) = named.read()?;
    Ok(Json(Notices::preview(kind, language, &words.title, &words.text)))
}
