use super::list_breaks::SettlementBreak;
use super::place_hold::NOTE_CHARS_MAX;
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Admin, Json, Problem, ProblemDocument, perm, text};
use serde::Deserialize;

/// Characters of what names a break: a provider, its reference, and a little more.
const PLACE_CHARS_MAX: usize = 200;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainBreak {
    /// The break's `break`.
    #[serde(rename = "break")]
    #[schema(min_length = 1, max_length = 200)]
    place: String,
    /// What you found out.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Says why a provider's file and the ledger disagree somewhere: it is no longer listed among those that wait for somebody. Who
/// said so is kept; what was said before is, too.
#[utoipa::path(
    post, path = "/v1/admin/ledger/breaks/explain", tag = "ledger", operation_id = "explain_settlement_break",
    request_body = ExplainBreak,
    security(("bearer" = [])),
    responses(
        (status = 200, body = SettlementBreak, description = "The break, explained"),
        (status = 400, description = "`json_malformed`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: files and ledger agree there by now", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Json(request): Json<ExplainBreak>,
) -> Result<Json<SettlementBreak>, Problem> {
    let place = text::line("/break", &request.place, PLACE_CHARS_MAX)?;
    let note = text::line("/note", &request.note, NOTE_CHARS_MAX)?;
    let row = ledger.explain_break(&admin.ctx, &place, &note).await?;
    Ok(Json(SettlementBreak::new(row)?))
}
