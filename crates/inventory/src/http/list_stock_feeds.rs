use super::Api;
use super::feed::Feed;
use axum::extract::State;
use httpkit::{Json, PageQuery, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Cursor, Fault, Page, StockFeedId};

/// Lists comparisons with warehouses' own lists, newest first.
#[utoipa::path(
    get,
    path = "/v1/seller/stock-feeds",
    tag = "inventory",
    operation_id = "list_stock_feeds",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of them", body = Page<Feed>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::ReadStock>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Feed>>, Problem> {
    let limit = page.limit()?;
    let before = page.after.as_ref().map(read_cursor).transpose()?;
    let found = api.stock.feeds(seller.tenant, before, limit).await?;
    Ok(Json(found.map(Feed::from)))
}

fn read_cursor(cursor: &Cursor) -> Result<StockFeedId, Fault> {
    cursor.0.parse().map_err(|_| {
        Fault::field(
            "cursor_invalid",
            "after",
            "Pass `next` of the page before, unchanged.",
        )
    })
}
