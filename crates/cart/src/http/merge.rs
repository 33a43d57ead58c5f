use super::{Answer, CartBody, read};
use crate::app::Carts;
use axum::extract::State;
use httpkit::{Buyer, Json, Problem, ProblemDocument, text};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MergeCartRequest)]
pub struct Request {
    /// The secret of the cart filled before signing in.
    #[schema(max_length = 128)]
    cart_token: String,
}

/// Characters of a cart's secret.
const TOKEN_CHARS_MAX: usize = 128;

/// Takes a guest's cart over into the buyer's own, after they signed in. Of what both hold the larger quantity stands.
/// What does not fit, because it is sold in another currency or there are too many lines, stays in the guest's cart.
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
) -> Result<Answer, Problem> {
    let token = text::line("/cart_token", &request.cart_token, TOKEN_CHARS_MAX)?;
    let cart = carts.take_over(&buyer.ctx, &token, buyer.user).await?;
    Ok(read(&carts, &buyer.ctx, cart.as_ref()).await?)
}
