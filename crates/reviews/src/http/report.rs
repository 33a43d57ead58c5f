use crate::app::Ratings;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::reviews::ReportReason;
use httpkit::{Buyer, Json, Path, Problem, ProblemDocument};
use kernel::ReviewId;
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportReviewRequest)]
pub struct Request {
    reason: ReportReason,
    /// What is wrong with it, in words.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: String,
}

/// Reports a review to the moderators. It stays where it is until one has looked; the same reader's second report of it adds
/// nothing.
#[utoipa::path(
    post, path = "/v1/reviews/{id}/reports", tag = "reviews", operation_id = "report_review",
    params(("id" = ReviewId, Path, description = "The review")),
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 204, description = "A moderator will look"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
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
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    ratings
        .report(&buyer.ctx, buyer.user, id, request.reason, &request.note)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
