use crate::app::Wishes;
use axum::extract::State;
use contracts::wishlists::Wishlist;
use httpkit::{Buyer, Json, Problem, ProblemDocument};

/// Shares the caller's wish list: whoever has the token reads it. Shared already, it keeps its token.
#[utoipa::path(
    put, path = "/v1/wishlist/share", tag = "wishlists", operation_id = "share_wishlist",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Wishlist),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(State(wishes): State<Wishes>, buyer: Buyer) -> Result<Json<Wishlist>, Problem> {
    Ok(Json(wishes.share(buyer.user, true).await?))
}
