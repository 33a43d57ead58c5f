use crate::app::Ratings;
use axum::extract::State;
use contracts::reviews::OwnReview;
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::ReviewId;

/// One of the caller's own reviews.
#[utoipa::path(
    get, path = "/v1/reviews/{id}", tag = "reviews", operation_id = "get_own_review",
    params(("id" = ReviewId, Path, description = "The review")),
    security(("bearer" = [])),
    responses(
        (status = 200, body = OwnReview),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such review of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    buyer: Buyer,
    Path(id): Path<ReviewId>,
) -> Result<Json<OwnReview>, Problem> {
    Ok(Json(ratings.own(buyer.user, id).await?))
}
