use crate::app::Ratings;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Buyer, Path, Problem, ProblemDocument};
use kernel::ReviewId;

/// Takes one of the caller's reviews back. The purchase may be reviewed anew.
#[utoipa::path(
    delete, path = "/v1/reviews/{id}", tag = "reviews", operation_id = "delete_review",
    params(("id" = ReviewId, Path, description = "The review")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Nobody reads it any more"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such review of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    buyer: Buyer,
    Path(id): Path<ReviewId>,
) -> Result<StatusCode, Problem> {
    ratings.delete(&buyer.ctx, buyer.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
