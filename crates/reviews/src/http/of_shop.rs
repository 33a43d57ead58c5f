use super::Api;
use super::request::Parameters;
use axum::extract::State;
use contracts::reviews::ReviewPage;
use httpkit::{Anyone, Json, Path, Problem, ProblemDocument, Query};
use kernel::Fault;

/// What buyers say of a shop's products, with how many gave how many stars.
#[utoipa::path(
    get, path = "/v1/shops/{slug}/reviews", tag = "reviews", operation_id = "shop_reviews",
    params(("slug" = String, Path, description = "The shop"), Parameters),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of reviews", body = ReviewPage),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(api): State<Api>,
    anyone: Anyone,
    Path(slug): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<ReviewPage>, Problem> {
    let query = parameters.query()?;
    let shop = api.tenants.shop_by_slug(&anyone.ctx, slug).await?;
    let shop = shop.ok_or_else(|| Fault::not_found("shop"))?;
    Ok(Json(api.ratings.of_shop(shop.id, query).await?))
}
