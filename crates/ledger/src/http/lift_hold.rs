use super::place_hold::NOTE_CHARS_MAX;
use super::view::Hold;
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm, text};
use kernel::HoldId;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftHold {
    /// Why, for the operator's staff.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Lets held money go before its time.
#[utoipa::path(
    post, path = "/v1/admin/ledger/holds/{id}/lift", tag = "ledger", operation_id = "lift_hold",
    params(("id" = HoldId, Path, description = "The hold")),
    request_body = LiftHold,
    security(("bearer" = [])),
    responses(
        (status = 200, body = Hold, description = "The hold as it ended"),
        (status = 400, description = "`json_malformed`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`hold_ended`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Path(id): Path<HoldId>,
    Json(request): Json<LiftHold>,
) -> Result<Json<Hold>, Problem> {
    let note = text::line("/note", &request.note, NOTE_CHARS_MAX)?;
    let row = ledger.lift_hold(&admin.ctx, id, &note).await?;
    Ok(Json(Hold::for_operator(row)?))
}
