use super::Votes;
use crate::app::Ratings;
use axum::extract::State;
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::ReviewId;

/// Takes the caller's vote for a review back, if there is one.
#[utoipa::path(
    delete, path = "/v1/reviews/{id}/vote", tag = "reviews", operation_id = "take_review_vote_back",
    params(("id" = ReviewId, Path, description = "The review")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "How many find it helpful now", body = Votes),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such published review", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`own_review`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    buyer: Buyer,
    Path(id): Path<ReviewId>,
) -> Result<Json<Votes>, Problem> {
    let helpful = ratings.vote(&buyer.ctx, buyer.user, id, false).await?;
    Ok(Json(Votes { helpful }))
}
