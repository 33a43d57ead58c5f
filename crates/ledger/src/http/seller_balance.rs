use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use kernel::{Currency, Fault, Money};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
pub struct SellerBalance {
    /// What the marketplace owes the shop, one amount per currency it sold in.
    payable: Vec<Money>,
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
    seller: Seller<perm::ReadSales>,
) -> Result<Json<SellerBalance>, Problem> {
    let payable = ledger
        .shop_balances(seller.tenant)
        .await?
        .into_iter()
        .filter(|row| row.account == crate::Account::SellerPayable.name())
        .map(|row| {
            let currency: Currency = row.currency.parse().map_err(|_| Fault::internal())?;
            // A liability is a credit, which the ledger keeps as a negative number.
            Ok(Money::new(-row.balance, currency))
        })
        .collect::<Result<_, Fault>>()?;
    Ok(Json(SellerBalance { payable }))
}
