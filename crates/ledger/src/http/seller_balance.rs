use crate::app::Ledger;
use crate::domain::Standing;
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use kernel::{Currency, Money};
use serde::Serialize;

/// One amount in each currency that the shop sold in.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SellerBalance {
    /// What the marketplace owes the shop, reserves apart.
    payable: Vec<Money>,
    /// What of it waits for delivery.
    pending: Vec<Money>,
    /// What is held in reserve beside it.
    reserved: Vec<Money>,
    /// What could be paid out; below zero when later sales must make up for it first.
    available: Vec<Money>,
}

/// Reads what the caller's shop is owed.
#[utoipa::path(
    get, path = "/v1/seller/balance", tag = "ledger", operation_id = "seller_balance", security(("bearer" = [])),
    responses(
        (status = 200, body = SellerBalance),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`permission_missing`, `wrong_audience`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
) -> Result<Json<SellerBalance>, Problem> {
    let standings: Vec<(Currency, Standing)> = ledger.standing(seller.tenant).await?;
    let each = |part: fn(&Standing) -> i64| {
        standings
            .iter()
            .map(|(currency, standing)| Money::new(part(standing), *currency))
            .collect()
    };
    Ok(Json(SellerBalance {
        payable: each(|s| s.payable),
        pending: each(|s| s.pending),
        reserved: each(|s| s.reserved),
        available: each(|s| s.available()),
    }))
}
