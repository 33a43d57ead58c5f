use super::CartBody;
use crate::app::Carts;
use axum::extract::State;
use contracts::cart::CartService;
use httpkit::{Json, Problem, ProblemDocument, Shopper};

/// Reads the caller's open cart.
#[utoipa::path(
    get, path = "/v1/cart", tag = "cart", operation_id = "get_cart", params(httpkit::CartToken), security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(State(carts): State<Carts>, shopper: Shopper) -> Result<Json<CartBody>, Problem> {
    let cart = match shopper.owner {
        Some(owner) => carts.open(&shopper.ctx, owner).await?,
        None => None,
    };
    Ok(Json(
        cart.map_or_else(CartBody::empty, |cart| CartBody::of(cart, None)),
    ))
}
