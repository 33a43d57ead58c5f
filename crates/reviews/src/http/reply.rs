use crate::app::Ratings;
use axum::extract::State;
use contracts::reviews::Review;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ReviewId;
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplyToReviewRequest)]
pub struct Request {
    #[schema(min_length = 1, max_length = 4_000)]
    text: String,
}

/// Writes the shop's reply to a published review, or another in its place.
#[utoipa::path(
    put, path = "/v1/seller/reviews/{id}/reply", tag = "reviews", operation_id = "reply_to_review",
    params(("id" = ReviewId, Path, description = "The review")),
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Everybody reads it", body = Review),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such published review of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    seller: Seller<perm::EditShop>,
    Path(id): Path<ReviewId>,
    Json(request): Json<Request>,
) -> Result<Json<Review>, Problem> {
    Ok(Json(
        ratings
            .reply(&seller.ctx, seller.tenant, id, &request.text)
            .await?,
    ))
}
