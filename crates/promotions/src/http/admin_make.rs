use super::request::Request;
use super::view::Promotion;
use crate::app::{Owner, Promotions};
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Admin, Json, Problem, ProblemDocument, perm};

/// Makes a promotion of the marketplace's, which pays for it. It is never changed: to change one, end it and make another.
#[utoipa::path(
    post, path = "/v1/admin/promotions", tag = "promotions", operation_id = "make_promotion",
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 201, body = Promotion, description = "It is made"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`code_taken`: another promotion of yours has it; `too_many_promotions`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(promotions): State<Promotions>,
    admin: Admin<perm::ManagePromotions>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Promotion>), Problem> {
    let new = request.read(&admin.ctx)?;
    let row = promotions.make(&admin.ctx, Owner::Marketplace, new).await?;
    Ok((StatusCode::CREATED, Json(Promotion::new(row)?)))
}
