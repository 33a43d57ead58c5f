use super::{Answer, CartBody, changed};
use crate::app::Carts;
use crate::error::Error;
use axum::extract::State;
use contracts::cart::CartService;
use contracts::promotions::code;
use httpkit::{IfMatch, Json, Path, Problem, ProblemDocument, Shopper};
use kernel::Fault;
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddCouponRequest)]
pub struct Request {
    /// As the buyer read it: letters, digits and dashes. Capitals do not matter.
    #[schema(min_length = 3, max_length = 24, example = "SPRING10")]
    code: String,
}

/// Puts a coupon into the cart, which holds at most five. Whether it holds, and why it does not, says the quote.
#[utoipa::path(
    post, path = "/v1/cart/coupons", tag = "cart", operation_id = "add_cart_coupon",
    params(httpkit::CartToken, ("If-Match" = Option<String>, Header, description = "The `ETag` of the cart as it was seen; another version is refused")), request_body = Request, security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`code_invalid`, `field_invalid`, `cart_token`, `if_match`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`: a guest who has no cart yet", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`too_many_codes`, `cart_changed`", content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, description = "`version_conflict`, with the present `version`", content_type = "application/problem+json"),
    )
)]
pub async fn add(
    State(carts): State<Carts>,
    shopper: Shopper,
    seen: Option<IfMatch>,
    Json(request): Json<Request>,
) -> Result<Answer, Problem> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found("cart"))?;
    let seen = seen.map(|seen| seen.0);
    let cart = carts.put_code(&shopper.ctx, &owner, &request.code, seen).await?;
    Ok(changed(&cart, None))
}

/// Takes a coupon out of the cart.
#[utoipa::path(
    delete, path = "/v1/cart/coupons/{code}", tag = "cart", operation_id = "remove_cart_coupon",
    params(("code" = String, Path, description = "The coupon's code", min_length = 3, max_length = 24, example = "SPRING10"), httpkit::CartToken, ("If-Match" = Option<String>, Header, description = "The `ETag` of the cart as it was seen; another version is refused")), security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`code_invalid`, `cart_token`, `if_match`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`: no cart of yours, or the coupon is not in it", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`cart_changed`", content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, description = "`version_conflict`, with the present `version`", content_type = "application/problem+json"),
    )
)]
pub async fn remove(
    State(carts): State<Carts>,
    shopper: Shopper,
    Path(text): Path<String>,
    seen: Option<IfMatch>,
) -> Result<Answer, Problem> {
    let owner = shopper.owner.ok_or_else(|| Fault::not_found("cart"))?;
    let wanted = code(&text).ok_or(Error::BadCode(text))?;
    let cart = carts.open(&shopper.ctx, owner.clone()).await?;
    if !cart.is_some_and(|cart| cart.codes.contains(&wanted)) {
        return Err(Problem(Fault::not_found("coupon in the cart")));
    }
    let seen = seen.map(|seen| seen.0);
    let cart = carts.take_code(&shopper.ctx, &owner, &wanted, seen).await?;
    Ok(changed(&cart, None))
}
