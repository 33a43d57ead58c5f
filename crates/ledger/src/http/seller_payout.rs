use super::view::PayoutHistory;
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::PayoutId;

/// Reads a payout of the shop's, with what happened to it.
#[utoipa::path(
    get, path = "/v1/seller/payouts/{id}", tag = "ledger", operation_id = "get_seller_payout",
    params(("id" = PayoutId, Path, description = "The payout")),
    security(("bearer" = [])),
    responses(
        (status = 200, body = PayoutHistory),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
    Path(id): Path<PayoutId>,
) -> Result<Json<PayoutHistory>, Problem> {
    let view = ledger.payout(seller.tenant, id).await?;
    Ok(Json(PayoutHistory::new(view)?))
}
