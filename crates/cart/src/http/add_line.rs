use super::CartBody;
use crate::app::Carts;
use axum::extract::State;
use contracts::cart::{CartOwner, CartService};
use httpkit::{Json, Problem, ProblemDocument, Shopper};
use kernel::SkuId;
use serde::Deserialize;
use std::num::NonZeroU32;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    sku: SkuId,
    /// 1 to 999, added to what the cart already holds of it.
    #[schema(value_type = u32, minimum = 1, maximum = 999)]
    quantity: NonZeroU32,
}

/// Puts something into the cart. A guest without a cart gets one, with its token in the answer.
#[utoipa::path(
    post, path = "/v1/cart/lines", tag = "cart", operation_id = "add_to_cart", params(httpkit::CartToken), request_body = Request,
    security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `quantity_out_of_range`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`out_of_stock`, `not_for_sale`, `currency_mismatch`, `cart_full`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(carts): State<Carts>,
    shopper: Shopper,
    Json(request): Json<Request>,
) -> Result<Json<CartBody>, Problem> {
    let (owner, new_token) = match shopper.owner {
        Some(owner) => (owner, None),
        None => {
            let token = kernel::secret::token();
            (CartOwner::Guest(token.clone()), Some(token))
        }
    };
    let cart = carts
        .add(&shopper.ctx, owner, request.sku, request.quantity.get())
        .await?;
    Ok(Json(CartBody::of(cart, new_token)))
}
