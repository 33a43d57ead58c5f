use super::CartBody;
use crate::app::Carts;
use axum::extract::State;
use contracts::cart::CartService;
use httpkit::{Json, Path, Problem, ProblemDocument, Shopper};
use kernel::{Fault, SkuId};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// 0 to 999; zero takes the line out.
    #[schema(minimum = 0, maximum = 999)]
    quantity: u32,
}

/// Sets how many of something the cart holds.
#[utoipa::path(
    put, path = "/v1/cart/lines/{sku}", tag = "cart", operation_id = "set_cart_line",
    params(("sku" = String, Path, format = Uuid), httpkit::CartToken), request_body = Request, security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `quantity_out_of_range`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`out_of_stock`, `not_for_sale`, `currency_mismatch`, `cart_full`", content_type = "application/problem+json"),
    )
)]
pub async fn set(
    State(carts): State<Carts>,
    shopper: Shopper,
    Path(sku): Path<SkuId>,
    Json(request): Json<Request>,
) -> Result<Json<CartBody>, Problem> {
    put(&carts, shopper, sku, request.quantity).await
}

/// Takes something out of the cart.
#[utoipa::path(
    delete, path = "/v1/cart/lines/{sku}", tag = "cart", operation_id = "remove_cart_line",
    params(("sku" = String, Path, format = Uuid), httpkit::CartToken), security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn remove(
    State(carts): State<Carts>,
    shopper: Shopper,
    Path(sku): Path<SkuId>,
) -> Result<Json<CartBody>, Problem> {
    put(&carts, shopper, sku, 0).await
}

async fn put(carts: &Carts, shopper: Shopper, sku: SkuId, quantity: u32) -> Result<Json<CartBody>, Problem> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found("cart"))?;
    let cart = carts.set(&shopper.ctx, owner, sku, quantity).await?;
    Ok(Json(CartBody::of(cart, None)))
}
