//! The sandbox's bank: confirms a payment, or does not.

use super::Shop;
use super::failure::Failure;
use super::posted::Posted;
use super::visit::{Visit, redirect, safe_next};
use crate::views::checkout::BankChallengePage;
use crate::views::common::Price;
use axum::extract::{Path, State};
use axum::response::Response;

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(reference): Path<String>,
) -> Result<Response, Failure> {
    let challenge = shop
        .payments
        .sandbox_challenge(&visit.ctx, reference.clone())
        .await?;
    if !challenge.open {
        return Ok(redirect(safe_next(&challenge.return_path)));
    }
    let view = BankChallengePage {
        page: visit.keyed_page(&shop, "bank.title").await,
        merchant: "Stoa".to_owned(),
        amount: Price::new(visit.locale, challenge.amount),
        card: "•••• 3220".to_owned(),
        action: format!("/sandbox/3ds/{reference}"),
        reference,
    };
    Ok(visit.show(&shop, &view))
}

pub async fn answer(
    State(shop): State<Shop>,
    Path(reference): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let approve = posted.get("answer") == "approve";
    let back = shop
        .payments
        .sandbox_answer(&posted.visit.ctx, reference, approve)
        .await?;
    Ok(redirect(safe_next(&back)))
}
