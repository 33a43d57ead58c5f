use super::request::Unanswered;
use crate::app::Ratings;
use axum::extract::State;
use contracts::reviews::Review;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm};
use kernel::Page;

/// Lists published reviews of the shop's products, the latest first.
#[utoipa::path(
    get, path = "/v1/seller/reviews", tag = "reviews", operation_id = "list_seller_reviews",
    params(Unanswered),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of reviews", body = Page<Review>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ratings): State<Ratings>,
    seller: Seller<perm::ReadShop>,
    Query(parameters): Query<Unanswered>,
) -> Result<Json<Page<Review>>, Problem> {
    let (unanswered, page) = parameters.read();
    let limit = super::limit(&page)?;
    Ok(Json(
        ratings
            .of_seller(seller.tenant, unanswered, page.after, limit)
            .await?,
    ))
}
