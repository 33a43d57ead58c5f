use super::{Answer, CartBody, changed};
use crate::app::Carts;
use axum::extract::State;
use contracts::cart::CartOwner;
use contracts::making::Answers;
use httpkit::{IfMatch, Json, Problem, ProblemDocument, Shopper};
use kernel::SkuId;
use serde::Deserialize;
use std::num::NonZeroU32;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddToCartRequest)]
pub struct Request {
    sku: SkuId,
    /// 1 to 999, added to what the cart already holds of it.
    #[schema(value_type = u32, minimum = 1, maximum = 999)]
    quantity: NonZeroU32,
    /// Of goods made to order: what their product asks, by the key of the question.
    #[serde(default)]
    answers: Answers,
}

/// Puts something into the cart. Goods made to order are put in with their buyer's answers, and at the price with their
/// surcharges; the same goods with other answers are another line, and share the stock. A guest without a cart gets one, with its token in the answer.
#[utoipa::path(
    post, path = "/v1/cart/lines", tag = "cart", operation_id = "add_to_cart", params(httpkit::CartToken, ("If-Match" = Option<String>, Header, description = "The `ETag` of the cart as it was seen; another version is refused")), request_body = Request,
    security((), ("bearer" = [])),
    responses(
        (status = 200, body = CartBody),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `quantity_out_of_range`, `cart_token`, `if_match`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`out_of_stock`, `not_for_sale`, `currency_mismatch`, `cart_full`, `cart_changed`", content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, description = "`version_conflict`, with the present `version`", content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, description = "`sku_unknown`, `answers_invalid`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(carts): State<Carts>,
    shopper: Shopper,
    seen: Option<IfMatch>,
    Json(request): Json<Request>,
) -> Result<Answer, Problem> {
    let (owner, new_token) = match shopper.owner {
        Some(owner) => (owner, None),
        None => {
            let token = kernel::secret::token();
            (CartOwner::Guest(token.clone()), Some(token))
        }
    };
    let (units, seen) = (request.quantity.get(), seen.map(|seen| seen.0));
    let cart = carts
        .add_units(&shopper.ctx, &owner, request.sku, units, &request.answers, seen)
        .await?;
    Ok(changed(&cart, new_token))
}
