use crate::app::Wishes;
use axum::extract::State;
use contracts::wishlists::Wishlist;
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::ProductId;

/// Puts a product on the caller's wish list. What is there already stays as it was added.
#[utoipa::path(
    put, path = "/v1/wishlist/items/{product}", tag = "wishlists", operation_id = "add_to_wishlist",
    params(("product" = ProductId, Path, description = "The product")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It is there", body = Wishlist),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such product, or it is not for sale", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`wishlist_full`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(wishes): State<Wishes>,
    buyer: Buyer,
    Path(product): Path<ProductId>,
) -> Result<Json<Wishlist>, Problem> {
    wishes.add(&buyer.ctx, buyer.user, vec![product]).await?;
    Ok(Json(wishes.of_buyer(buyer.user).await?))
}
