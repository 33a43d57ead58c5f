use crate::app::Wishes;
use axum::extract::State;
use contracts::wishlists::Wishlist;
use httpkit::{Buyer, Json, Problem, ProblemDocument};

/// The caller's wish list, with what each product cost when it was added.
#[utoipa::path(
    get, path = "/v1/wishlist", tag = "wishlists", operation_id = "get_wishlist",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Wishlist),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(State(wishes): State<Wishes>, buyer: Buyer) -> Result<Json<Wishlist>, Problem> {
    Ok(Json(wishes.of_buyer(buyer.user).await?))
}
