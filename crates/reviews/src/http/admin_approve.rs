use super::request::Approval;
use crate::app::Ratings;
use axum::extract::State;
use contracts::reviews::{ModeratedReview, Verdict};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::ReviewId;

/// Lets a review stand. What readers reported of it until now is settled.
#[utoipa::path(
    post, path = "/v1/admin/reviews/{id}/approve", tag = "reviews", operation_id = "approve_review",
    params(("id" = ReviewId, Path, description = "The review")),
    request_body = Approval,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It stands", body = ModeratedReview),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
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
    Json(request): Json<Approval>,
) -> Result<Json<ModeratedReview>, Problem> {
    Ok(Json(
        ratings
            .decide(&admin.ctx, id, request.version, Verdict::Approve)
            .await?,
    ))
}
