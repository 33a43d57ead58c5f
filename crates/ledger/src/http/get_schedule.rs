use super::put_schedule::PayoutTerms;
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};

/// Reads when the shop is paid, and the least that is.
#[utoipa::path(
    get, path = "/v1/seller/payout-schedule", tag = "ledger", operation_id = "get_payout_schedule",
    security(("bearer" = [])),
    responses(
        (status = 200, body = PayoutTerms),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
) -> Result<Json<PayoutTerms>, Problem> {
    Ok(Json(PayoutTerms::new(ledger.terms(seller.tenant).await?)))
}
