use crate::app::Purses;
use axum::extract::State;
use contracts::purses::{PurseMovement, Purses as _, StoreCredit};
use httpkit::{Buyer, Json, PageQuery, Problem, ProblemDocument, Query};
use kernel::Page;
use serde::Serialize;

/// A buyer's store credit.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StoreCredits)]
pub struct Credits {
    /// One per currency; empty for who never had any.
    items: Vec<StoreCredit>,
}

/// Tells how much store credit you have.
#[utoipa::path(
    get, path = "/v1/store-credit", tag = "ledger", operation_id = "get_store_credit",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Credits, description = "What you have, by currency"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn balance(State(purses): State<Purses>, buyer: Buyer) -> Result<Json<Credits>, Problem> {
    let items = purses.credit(&buyer.ctx, buyer.user).await?;
    Ok(Json(Credits { items }))
}

/// Lists what became of your store credit, the latest first.
#[utoipa::path(
    get, path = "/v1/store-credit/movements", tag = "ledger", operation_id = "list_store_credit_movements",
    params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Page<PurseMovement>, description = "A page of movements"),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn movements(
    State(purses): State<Purses>,
    buyer: Buyer,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<PurseMovement>>, Problem> {
    let limit = query.limit()?.get() as u16;
    let page = purses
        .credit_movements(&buyer.ctx, buyer.user, query.after, limit)
        .await?;
    Ok(Json(page))
}
