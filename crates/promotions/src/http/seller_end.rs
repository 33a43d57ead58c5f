use super::request::PromotionEnd;
use super::view::Promotion;
use crate::app::{Owner, Promotions};
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::PromotionId;

/// Ends one of the shop's promotions now. Orders that were placed keep what they got by it.
#[utoipa::path(
    post, path = "/v1/seller/promotions/{id}/end", tag = "promotions", operation_id = "end_seller_promotion",
    params(("id" = PromotionId, Path, description = "The promotion")),
    request_body = PromotionEnd,
    security(("bearer" = [])),
    responses(
        (status = 200, body = Promotion),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such promotion of yours", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`promotion_ended`: it has ended already", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(promotions): State<Promotions>,
    seller: Seller<perm::RunPromotions>,
    Path(id): Path<PromotionId>,
    Json(request): Json<PromotionEnd>,
) -> Result<Json<Promotion>, Problem> {
    let note = request.note()?;
    let row = promotions
        .end(&seller.ctx, Owner::Shop(seller.tenant), id, &note)
        .await?;
    Ok(Json(Promotion::new(row)?))
}
