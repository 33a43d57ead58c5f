use super::Api;
use super::feed::Feed;
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::StockFeedId;

/// Shows a comparison with a warehouse's own list, in numbers.
#[utoipa::path(
    get,
    path = "/v1/seller/stock-feeds/{id}",
    tag = "inventory",
    operation_id = "get_stock_feed",
    params(("id" = StockFeedId, Path, description = "The stock feed")),
    responses(
        (status = 200, description = "The comparison", body = Feed),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`stock_feed_unknown`, `not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::ReadStock>,
    Path(id): Path<StockFeedId>,
) -> Result<Json<Feed>, Problem> {
    let feed = api.stock.feed(seller.tenant, id).await?;
    Ok(Json(feed.into()))
}
