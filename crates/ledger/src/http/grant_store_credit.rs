use crate::app::Purses;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::purses::{NewCreditGrant, PurseMovement, Purses as _};
use httpkit::{Admin, IdempotencyKey, Json, Problem, ProblemDocument, perm};
use kernel::{Money, UserId};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantStoreCredit {
    user: UserId,
    /// Above zero.
    amount: Money,
    /// Why: the buyer reads it.
    #[schema(min_length = 1, max_length = 500, example = "For the late parcel.")]
    reason: String,
}

/// Gives a buyer store credit, at the marketplace's cost.
#[utoipa::path(
    post, path = "/v1/admin/store-credit", tag = "ledger", operation_id = "grant_store_credit",
    params(("Idempotency-Key" = String, Header, description = "The same key and request are the same grant")),
    request_body = GrantStoreCredit,
    security(("bearer" = [])),
    responses(
        (status = 201, body = PurseMovement, description = "The buyer has it"),
        (status = 400, description = "`idempotency_key`, `json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such user", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(purses): State<Purses>,
    admin: Admin<perm::ManageLedger>,
    IdempotencyKey(key): IdempotencyKey,
    Json(request): Json<GrantStoreCredit>,
) -> Result<(StatusCode, Json<PurseMovement>), Problem> {
    let new = NewCreditGrant {
        user: request.user,
        amount: request.amount,
        reason: request.reason,
        idempotency_key: key,
    };
    let granted = purses.grant(&admin.ctx, new).await?;
    Ok((StatusCode::CREATED, Json(granted)))
}
