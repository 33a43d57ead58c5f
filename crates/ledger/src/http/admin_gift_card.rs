use crate::app::Purses;
use axum::extract::State;
use contracts::purses::{GiftCard, GiftCardHistory, Purses as _};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::PurseId;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchGiftCard {
    /// Why, for the operator's staff: kept with who did it.
    #[schema(min_length = 1, max_length = 500, example = "Reported as stolen")]
    reason: String,
}

/// Shows a gift card with what was spent of it and who switched it off, without its code.
#[utoipa::path(
    get, path = "/v1/admin/gift-cards/{id}", tag = "ledger", operation_id = "get_gift_card",
    params(("id" = PurseId, Path, description = "The card")),
    security(("bearer" = [])),
    responses(
        (status = 200, body = GiftCardHistory, description = "The card"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn get(
    State(purses): State<Purses>,
    admin: Admin<perm::ReadLedger>,
    Path(id): Path<PurseId>,
) -> Result<Json<GiftCardHistory>, Problem> {
    Ok(Json(purses.card(&admin.ctx, id).await?))
}

/// Switches a gift card off: nothing more is spent of it, save what orders have set aside already. What goes back to it is
/// kept on it.
#[utoipa::path(
    post, path = "/v1/admin/gift-cards/{id}/disable", tag = "ledger", operation_id = "disable_gift_card",
    params(("id" = PurseId, Path, description = "The card")),
    request_body = SwitchGiftCard,
    security(("bearer" = [])),
    responses(
        (status = 200, body = GiftCard, description = "It is off"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn disable(
    State(purses): State<Purses>,
    admin: Admin<perm::ManageLedger>,
    Path(id): Path<PurseId>,
    Json(request): Json<SwitchGiftCard>,
) -> Result<Json<GiftCard>, Problem> {
    Ok(Json(purses.disable(&admin.ctx, id, request.reason).await?))
}

/// Lets a gift card that was switched off be spent again.
#[utoipa::path(
    post, path = "/v1/admin/gift-cards/{id}/enable", tag = "ledger", operation_id = "enable_gift_card",
    params(("id" = PurseId, Path, description = "The card")),
    request_body = SwitchGiftCard,
    security(("bearer" = [])),
    responses(
        (status = 200, body = GiftCard, description = "It is on"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn enable(
    State(purses): State<Purses>,
    admin: Admin<perm::ManageLedger>,
    Path(id): Path<PurseId>,
    Json(request): Json<SwitchGiftCard>,
) -> Result<Json<GiftCard>, Problem> {
    Ok(Json(purses.enable(&admin.ctx, id, request.reason).await?))
}
