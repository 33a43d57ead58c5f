use super::{Answer, CartBody, read};
use crate::app::Carts;
use axum::extract::State;
use contracts::cart::CartService;
use httpkit::{Problem, ProblemDocument, Shopper};

/// Reads the caller's open cart, with how each line stands now: its price, whether it is for sale, how many are left.
#[utoipa::path(
    get, path = "/v1/cart", tag = "cart", operation_id = "get_cart", params(httpkit::CartToken), security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`cart_token`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(State(carts): State<Carts>, shopper: Shopper) -> Result<Answer, Problem> {
    let cart = match shopper.owner {
        Some(owner) => carts.open(&shopper.ctx, owner).await?,
        None => None,
    };
    Ok(read(&carts, &shopper.ctx, cart.as_ref()).await?)
}
