use crate::app::Wishes;
use axum::extract::State;
use contracts::wishlists::Wishlist;
use httpkit::{Buyer, Json, Problem, ProblemDocument};

/// Ends the sharing: the token opens nothing any more.
#[utoipa::path(
    delete, path = "/v1/wishlist/share", tag = "wishlists", operation_id = "unshare_wishlist",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Wishlist),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(State(wishes): State<Wishes>, buyer: Buyer) -> Result<Json<Wishlist>, Problem> {
    Ok(Json(wishes.share(buyer.user, false).await?))
}
