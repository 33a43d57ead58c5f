use crate::app::Ratings;
use axum::extract::State;
use contracts::reviews::OwnReview;
use httpkit::{Buyer, Json, PageQuery, Problem, ProblemDocument, Query};
use kernel::Page;

/// Lists the caller's own reviews, the latest first, whatever became of them.
#[utoipa::path(
    get, path = "/v1/reviews", tag = "reviews", operation_id = "list_own_reviews",
    params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of reviews", body = Page<OwnReview>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    buyer: Buyer,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<OwnReview>>, Problem> {
    let limit = super::limit(&page)?;
    Ok(Json(ratings.of_buyer(buyer.user, page.after, limit).await?))
}
