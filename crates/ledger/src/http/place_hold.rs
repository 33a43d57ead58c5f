use super::view::Hold;
use crate::app::{Ledger, PlaceHold};
use crate::domain::HoldReason;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Admin, Json, Problem, ProblemDocument, moment, perm, text};
use kernel::{DateTime, Money, TenantId};
use serde::Deserialize;

/// Characters of a note.
pub const NOTE_CHARS_MAX: usize = 500;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    shop: TenantId,
    /// Above zero. It may be more than the shop is owed: later sales then make up for it.
    amount: Money,
    /// `reserve`, `dispute` or `manual`; sales are held for delivery by themselves.
    reason: HoldReason,
    /// For the operator's staff.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
    /// When it ends by itself; until somebody lifts it if absent.
    #[serde(default)]
    release_at: Option<DateTime>,
}

/// Sets a shop's money aside.
#[utoipa::path(
    post, path = "/v1/admin/ledger/holds", tag = "ledger", operation_id = "place_hold",
    request_body = NewHold,
    security(("bearer" = [])),
    responses(
        (status = 201, body = Hold, description = "The money is held"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `release_in_the_past`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Json(request): Json<NewHold>,
) -> Result<(StatusCode, Json<Hold>), Problem> {
    let release_at = request
        .release_at
        .map(|at| moment("/release_at", at))
        .transpose()?;
    let hold = PlaceHold {
        tenant: request.shop,
        amount: request.amount,
        reason: request.reason,
        note: text::line("/note", &request.note, NOTE_CHARS_MAX)?,
        release_at,
    };
    let row = ledger.place_hold(&admin.ctx, hold).await?;
    Ok((StatusCode::CREATED, Json(Hold::for_operator(row)?)))
}
