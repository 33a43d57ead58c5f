use super::view::PayoutHistory;
use crate::app::{Asked, Ledger};
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{IdempotencyKey, Json, Problem, ProblemDocument, Seller, perm};
use kernel::Currency;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskPayout {
    currency: Currency,
}

/// Pays out at once what is available in one currency.
#[utoipa::path(
    post, path = "/v1/seller/payouts", tag = "ledger", operation_id = "ask_payout",
    params(("Idempotency-Key" = String, Header, description = "The same key and currency are the same payout")),
    request_body = AskPayout,
    security(("bearer" = [])),
    responses(
        (status = 201, body = PayoutHistory, description = "The payout is on its way"),
        (status = 400, description = "`idempotency_key`, `json_malformed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`nothing_due`, with `available` and `minimum`; `no_bank`: no bank is connected", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::EditShop>,
    IdempotencyKey(key): IdempotencyKey,
    Json(request): Json<AskPayout>,
) -> Result<(StatusCode, Json<PayoutHistory>), Problem> {
    let asked = Asked {
        currency: request.currency,
        key,
    };
    let view = ledger.pay_now(&seller.ctx, seller.tenant, &asked).await?;
    Ok((StatusCode::CREATED, Json(PayoutHistory::new(view)?)))
}
