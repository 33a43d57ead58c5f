use super::CartBody;
use crate::app::Carts;
use axum::extract::State;
use contracts::cart::CartService;
use httpkit::{Buyer, Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The secret of the cart filled before signing in.
    cart_token: String,
}

/// Takes a guest's cart over into the buyer's own, after they signed in.
#[utoipa::path(
    post, path = "/v1/cart/merge", tag = "cart", operation_id = "merge_cart", request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(carts): State<Carts>,
    buyer: Buyer,
    Json(request): Json<Request>,
) -> Result<Json<CartBody>, Problem> {
    let cart = carts.merge(&buyer.ctx, request.cart_token, buyer.user).await?;
    Ok(Json(
        cart.map_or_else(CartBody::empty, |cart| CartBody::of(cart, None)),
    ))
}
