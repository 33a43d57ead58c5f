use super::place_hold::NOTE_CHARS_MAX;
use crate::app::Ledger;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm, text};
use kernel::EntryId;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseEntry {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct EntryReversed {
    /// The entry that undoes it.
    reversed_by: EntryId,
}

/// Reverses an entry that a provider's file has made, or a listing fee. Others follow from what happened elsewhere and are undone there.
#[utoipa::path(
    post, path = "/v1/admin/ledger/entries/{id}/reverse", tag = "ledger", operation_id = "reverse_entry",
    params(("id" = EntryId, Path, description = "The entry")),
    request_body = ReverseEntry,
    security(("bearer" = [])),
    responses(
        (status = 201, body = EntryReversed),
        (status = 400, description = "`json_malformed`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`already_reversed`, `not_reversible`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Path(id): Path<EntryId>,
    Json(request): Json<ReverseEntry>,
) -> Result<(StatusCode, Json<EntryReversed>), Problem> {
    let reason = text::line("/reason", &request.reason, NOTE_CHARS_MAX)?;
    let reversed_by = ledger.reverse(&admin.ctx, id, &reason).await?;
    Ok((StatusCode::CREATED, Json(EntryReversed { reversed_by })))
}
