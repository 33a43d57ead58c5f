use crate::Products;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use contracts::catalog::moderation::ModerationRules;
use httpkit::{Admin, Json, Problem, ProblemDocument, etag, perm};

/// What waits before buyers see it.
#[utoipa::path(
    get,
    path = "/v1/admin/moderation/rules",
    operation_id = "get_moderation_rules",
    tag = "catalog",
    responses(
        (status = 200, description = "The rules", body = ModerationRules, headers(("ETag" = String))),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    _admin: Admin<perm::ModerateCatalog>,
) -> Result<Response, Problem> {
    let found = products.moderation_rules().await?;
    Ok(([(header::ETAG, etag(found.version))], Json(found.rules)).into_response())
}
