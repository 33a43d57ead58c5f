use super::Api;
use super::request::Parameters;
use axum::extract::State;
use contracts::reviews::ReviewPage;
use httpkit::{Anyone, Json, Path, Problem, ProblemDocument, Query};
use kernel::{Fault, ProductId};

/// What buyers say of a product, with how many gave how many stars.
#[utoipa::path(
    get, path = "/v1/products/{id}/reviews", tag = "reviews", operation_id = "product_reviews",
    params(("id" = ProductId, Path, description = "The product"), Parameters),
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of reviews", body = ReviewPage),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such product", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(api): State<Api>,
    anyone: Anyone,
    Path(id): Path<ProductId>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<ReviewPage>, Problem> {
    let query = parameters.query()?;
    if api.catalog.listings(&anyone.ctx, vec![id]).await?.is_empty() {
        return Err(Fault::not_found("product").into());
    }
    Ok(Json(api.ratings.of_product(id, query).await?))
}
