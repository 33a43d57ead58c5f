use crate::app::Wishes;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Buyer, Problem, ProblemDocument};

/// Forgets what the caller looked at.
#[utoipa::path(
    delete, path = "/v1/viewed", tag = "wishlists", operation_id = "clear_viewed_products",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(State(wishes): State<Wishes>, buyer: Buyer) -> Result<StatusCode, Problem> {
    wishes.clear_viewed(buyer.user).await?;
    Ok(StatusCode::NO_CONTENT)
}
