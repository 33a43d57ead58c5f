use super::request::Request;
use super::view::Promotion;
use crate::app::{Owner, Promotions};
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};
use kernel::Fault;

/// Makes a promotion of the shop's, which pays for it. It is never changed: to change one, end it and make another.
#[utoipa::path(
    post, path = "/v1/seller/promotions", tag = "promotions", operation_id = "make_seller_promotion",
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 201, body = Promotion, description = "It is made"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `feature_off`: `coupons`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`code_taken`: another promotion of yours has it; `too_many_promotions`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(promotions): State<Promotions>,
    seller: Seller<perm::RunPromotions>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Promotion>), Problem> {
    if request.shop().is_some_and(|shop| shop != seller.tenant) {
        let detail = "A shop's promotions are for its own goods: leave `shop` out.";
        return Err(Problem(Fault::field("field_invalid", "/shop", detail)));
    }
    let mut new = request.read(&seller.ctx)?;
    new.conditions.shop = None;
    let row = promotions
        .make(&seller.ctx, Owner::Shop(seller.tenant), new)
        .await?;
    Ok((StatusCode::CREATED, Json(Promotion::new(row)?)))
}
