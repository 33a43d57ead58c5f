use crate::app::Wishes;
use axum::extract::State;
use contracts::wishlists::SharedWishlist;
use httpkit::{Anyone, Json, Path, Problem, ProblemDocument};

/// A wish list that is shared, for whoever has its token.
#[utoipa::path(
    get, path = "/v1/wishlists/{token}", tag = "wishlists", operation_id = "shared_wishlist",
    params(("token" = String, Path, description = "As its owner was told")),
    security((), ("bearer" = [])),
    responses(
        (status = 200, body = SharedWishlist),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody shares a list by this token", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(wishes): State<Wishes>,
    anyone: Anyone,
    Path(token): Path<String>,
) -> Result<Json<SharedWishlist>, Problem> {
    Ok(Json(wishes.shared(&anyone.ctx, &token).await?))
}
