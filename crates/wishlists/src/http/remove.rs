use crate::app::Wishes;
use crate::error::Error;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Buyer, Path, Problem, ProblemDocument};
use kernel::ProductId;

/// Takes a product off the caller's wish list.
#[utoipa::path(
    delete, path = "/v1/wishlist/items/{product}", tag = "wishlists", operation_id = "remove_from_wishlist",
    params(("product" = ProductId, Path, description = "The product")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is not there any more"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: it is not on the list", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(wishes): State<Wishes>,
    buyer: Buyer,
    Path(product): Path<ProductId>,
) -> Result<StatusCode, Problem> {
    match wishes.remove(buyer.user, &[product]).await? {
        0 => Err(Error::NotThere.into()),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
