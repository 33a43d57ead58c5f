use crate::Products;
use axum::extract::State;
use contracts::catalog::moderation::ModerationRules;
use httpkit::{Admin, Json, Problem, ProblemDocument, perm};

/// Says what waits before buyers see it, from the next change on. At first nothing does.
#[utoipa::path(
    put,
    path = "/v1/admin/moderation/rules",
    operation_id = "put_moderation_rules",
    tag = "catalog",
    request_body = ModerationRules,
    responses(
        (status = 200, description = "The rules, as they are kept", body = ModerationRules),
        (status = 400, description = "`field_invalid`, `rules_out_of_range`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    _admin: Admin<perm::ModerateCatalog>,
    Json(rules): Json<ModerationRules>,
) -> Result<Json<ModerationRules>, Problem> {
    Ok(Json(products.set_moderation_rules(rules).await?))
}
