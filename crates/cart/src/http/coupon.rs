use super::{Answer, CartBody, changed};
use crate::app::Carts;
use axum::extract::State;
use httpkit::{IfMatch, Path, Problem, ProblemDocument, Shopper};
use kernel::Fault;

/// Puts a coupon into the cart, which holds at most five. Whether it holds, and why it does not, says the quote. Capitals
/// do not matter.
#[utoipa::path(
    put, path = "/v1/cart/coupons/{code}", tag = "cart", operation_id = "add_cart_coupon",
    params(("code" = String, Path, description = "As the buyer read it", min_length = 3, max_length = 24, example = "SPRING10"), httpkit::CartToken, ("If-Match" = Option<String>, Header, description = "The `ETag` of the cart as it was seen; another version is refused")), security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`code_invalid`, `cart_token`, `if_match`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`too_many_codes`, `cart_changed`", content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, description = "`version_conflict`, with the present `version`", content_type = "application/problem+json"),
    )
)]
pub async fn add(
    State(carts): State<Carts>,
    shopper: Shopper,
    Path(code): Path<String>,
    seen: Option<IfMatch>,
) -> Result<Answer, Problem> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found("cart"))?;
    let seen = seen.map(|seen| seen.0);
    let cart = carts.put_code(&shopper.ctx, &owner, &code, seen).await?;
    Ok(changed(&cart, None))
}

/// Takes a coupon out of the cart.
#[utoipa::path(
    delete, path = "/v1/cart/coupons/{code}", tag = "cart", operation_id = "remove_cart_coupon",
    params(("code" = String, Path, description = "The coupon's code", min_length = 3, max_length = 24, example = "SPRING10"), httpkit::CartToken, ("If-Match" = Option<String>, Header, description = "The `ETag` of the cart as it was seen; another version is refused")), security((), ("bearer" = [])),
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
    Path(code): Path<String>,
    seen: Option<IfMatch>,
) -> Result<Answer, Problem> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found("cart"))?;
    let seen = seen.map(|seen| seen.0);
    let cart = carts.take_code(&shopper.ctx, &owner, &code, seen).await?;
    Ok(changed(&cart, None))
}
