use crate::app::Wishes;
use axum::extract::State;
use contracts::wishlists::Viewed;
use httpkit::{Buyer, Json, Problem, ProblemDocument};

/// What the caller looked at lately, at most 24 products, and whether that is kept.
#[utoipa::path(
    get, path = "/v1/viewed", tag = "wishlists", operation_id = "list_viewed_products",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Viewed),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(State(wishes): State<Wishes>, buyer: Buyer) -> Result<Json<Viewed>, Problem> {
    Ok(Json(wishes.viewed(buyer.user).await?))
}
