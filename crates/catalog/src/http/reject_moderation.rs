use crate::Products;
use axum::extract::State;
use contracts::catalog::moderation::{ModerationItem, Verdict};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::ModerationId;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RejectModerationRequest)]
pub(super) struct Request {
    /// The version you looked at.
    version: i64,
    /// Why: the seller reads it.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Rejects what waits: buyers see what they saw before, and the seller reads why.
#[utoipa::path(
    post,
    path = "/v1/admin/moderation/{id}/reject",
    operation_id = "reject_moderation",
    tag = "catalog",
    params(("id" = ModerationId, Path)),
    request_body = Request,
    responses(
        (status = 200, description = "Rejected", body = ModerationItem),
        (status = 400, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`moderation_decided`: it waits no more", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "`version_changed`, with the `version` that waits now", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    admin: Admin<perm::ModerateCatalog>,
    Path(id): Path<ModerationId>,
    Json(request): Json<Request>,
) -> Result<Json<ModerationItem>, Problem> {
    let verdict = Verdict::Reject {
        reason: request.reason,
    };
    let item = products.decide(&admin.ctx, id, request.version, verdict).await?;
    Ok(Json(item))
}
