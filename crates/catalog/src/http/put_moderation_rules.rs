use crate::Products;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use contracts::catalog::moderation::ModerationRules;
use httpkit::{Admin, IfMatch, Json, Problem, ProblemDocument, etag, perm};

/// Says what waits before buyers see it, from the next change on. At first nothing does.
#[utoipa::path(
    put,
    path = "/v1/admin/moderation/rules",
    operation_id = "put_moderation_rules",
    tag = "catalog",
    params(("If-Match" = String, Header, description = "The `ETag` of the rules you saw")),
    request_body = ModerationRules,
    responses(
        (status = 200, description = "The rules, as they are kept", body = ModerationRules, headers(("ETag" = String))),
        (status = 400, description = "`field_invalid`, `if_match`, `rules_out_of_range`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "`version_changed`, with the present `version`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    admin: Admin<perm::ModerateCatalog>,
    IfMatch(version): IfMatch,
    Json(rules): Json<ModerationRules>,
) -> Result<Response, Problem> {
    let kept = products.set_moderation_rules(&admin.ctx, version, rules).await?;
    Ok(([(header::ETAG, etag(kept.version))], Json(kept.rules)).into_response())
}
