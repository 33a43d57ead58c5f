use super::request::Rejection;
use crate::app::Ratings;
use axum::extract::State;
use contracts::reviews::{ModeratedReview, Verdict};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::ReviewId;

/// Rejects a review: nobody but its author reads it any more, who is told why and may change it.
#[utoipa::path(
    post, path = "/v1/admin/reviews/{id}/reject", tag = "reviews", operation_id = "reject_review",
    params(("id" = ReviewId, Path, description = "The review")),
    request_body = Rejection,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It does not stand", body = ModeratedReview),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such review", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`review_changed`: it says something else by now", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    admin: Admin<perm::ModerateReviews>,
    Path(id): Path<ReviewId>,
    Json(request): Json<Rejection>,
) -> Result<Json<ModeratedReview>, Problem> {
    let verdict = Verdict::Reject {
        reason: request.reason,
    };
    Ok(Json(
        ratings.decide(&admin.ctx, id, request.version, verdict).await?,
    ))
}
