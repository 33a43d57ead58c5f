use super::view::Promotion;
use crate::app::{Owner, Promotions};
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::PromotionId;

/// One of the marketplace's promotions, with how much of it is used.
#[utoipa::path(
    get, path = "/v1/admin/promotions/{id}", tag = "promotions", operation_id = "get_promotion",
    params(("id" = PromotionId, Path, description = "The promotion")),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Promotion),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such promotion of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(promotions): State<Promotions>,
    _admin: Admin<perm::ManagePromotions>,
    Path(id): Path<PromotionId>,
) -> Result<Json<Promotion>, Problem> {
    let row = promotions.get(Owner::Marketplace, id).await?;
    Ok(Json(Promotion::new(row)?))
}
