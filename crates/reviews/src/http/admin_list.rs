use super::request::Queue;
use crate::app::Ratings;
use axum::extract::State;
use contracts::reviews::ModeratedReview;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, perm};
use kernel::Page;

/// Lists reviews for moderators: those that wait, the longest first, or all that were rejected or stand, the latest first.
/// What readers reported waits as well, while it stands.
#[utoipa::path(
    get, path = "/v1/admin/reviews", tag = "reviews", operation_id = "list_moderated_reviews",
    params(Queue),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of reviews", body = Page<ModeratedReview>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    _admin: Admin<perm::ModerateReviews>,
    Query(parameters): Query<Queue>,
) -> Result<Json<Page<ModeratedReview>>, Problem> {
    let (status, page) = parameters.read();
    let limit = super::limit(&page)?;
    Ok(Json(ratings.queue(status, page.after, limit).await?))
}
