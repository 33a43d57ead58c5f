use super::place_hold::NOTE_CHARS_MAX;
use super::view::Payout;
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm, text};
use kernel::PayoutId;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnPayout {
    /// Why the bank sent it back. The shop is told.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// The bank's reference of the return.
    #[schema(min_length = 1, max_length = 100)]
    reference: String,
}

const REFERENCE_CHARS_MAX: usize = 100;

/// Notes that the bank sent a paid payout back, where its provider does not say so by itself. The money is owed to the shop
/// again; who said so stays in the payout's history.
#[utoipa::path(
    post, path = "/v1/admin/ledger/payouts/{id}/return", tag = "ledger", operation_id = "return_payout",
    params(("id" = PayoutId, Path, description = "The payout")),
    request_body = ReturnPayout,
    security(("bearer" = [])),
    responses(
        (status = 200, body = Payout, description = "The payout as it stands; also where it was noted before"),
        (status = 400, description = "`json_malformed`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`payout_not_paid`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Path(id): Path<PayoutId>,
    Json(request): Json<ReturnPayout>,
) -> Result<Json<Payout>, Problem> {
    let reason = text::line("/reason", &request.reason, NOTE_CHARS_MAX)?;
    let reference = text::line("/reference", &request.reference, REFERENCE_CHARS_MAX)?;
    let row = ledger.came_back(&admin.ctx, id, &reference, &reason).await?;
    Ok(Json(Payout::new(row)?))
}
