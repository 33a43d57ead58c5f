use super::{Answer, CartBody, changed};
use crate::app::Carts;
use axum::extract::State;
use httpkit::{IfMatch, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::{CartLineId, Fault};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetCartLineRequest)]
pub struct Request {
    /// 0 to 999; zero takes the line out.
    #[schema(minimum = 0, maximum = 999)]
    quantity: u32,
}

/// Sets how many of something the cart holds. Plain goods that are not in it are put in.
#[utoipa::path(
    put, path = "/v1/cart/lines/{line}", tag = "cart", operation_id = "set_cart_line",
    params(("line" = String, Path, format = Uuid, description = "The `line` of the cart's line; of plain goods their SKU"), httpkit::CartToken, ("If-Match" = Option<String>, Header, description = "The `ETag` of the cart as it was seen; another version is refused")), request_body = Request, security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `quantity_out_of_range`, `cart_token`, `if_match`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`out_of_stock`, `not_for_sale`, `currency_mismatch`, `cart_full`, `cart_changed`", content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, description = "`version_conflict`, with the present `version`", content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, description = "`sku_unknown`, `answers_invalid`", content_type = "application/problem+json"),
    )
)]
pub async fn set(
    State(carts): State<Carts>,
    shopper: Shopper,
    Path(line): Path<CartLineId>,
    seen: Option<IfMatch>,
    Json(request): Json<Request>,
) -> Result<Answer, Problem> {
    put(&carts, shopper, line, request.quantity, seen).await
}

/// Takes something out of the cart.
#[utoipa::path(
    delete, path = "/v1/cart/lines/{line}", tag = "cart", operation_id = "remove_cart_line",
    params(("line" = String, Path, format = Uuid, description = "The `line` of the cart's line; of plain goods their SKU"), httpkit::CartToken, ("If-Match" = Option<String>, Header, description = "The `ETag` of the cart as it was seen; another version is refused")), security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`cart_token`, `if_match`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`cart_changed`", content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, description = "`version_conflict`, with the present `version`", content_type = "application/problem+json"),
    )
)]
pub async fn remove(
    State(carts): State<Carts>,
    shopper: Shopper,
    Path(line): Path<CartLineId>,
    seen: Option<IfMatch>,
) -> Result<Answer, Problem> {
    put(&carts, shopper, line, 0, seen).await
}

async fn put(
    carts: &Carts,
    shopper: Shopper,
    line: CartLineId,
    quantity: u32,
    seen: Option<IfMatch>,
) -> Result<Answer, Problem> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found("cart"))?;
    let seen = seen.map(|seen| seen.0);
    let cart = carts
        .set_units(&shopper.ctx, &owner, line, quantity, seen)
        .await?;
    Ok(changed(&cart, None))
}
