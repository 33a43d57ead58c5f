use super::Api;
use super::feed::Line;
use crate::MismatchKind;
use axum::extract::State;
use httpkit::{Json, PageQuery, Path, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Cursor, Fault, Page, StockFeedId};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Only lines of this kind.
    #[param(inline)]
    kind: Option<MismatchKind>,
}

/// Lists what does not agree: in the file's order, then what it does not name.
#[utoipa::path(
    get,
    path = "/v1/seller/stock-feeds/{id}/lines",
    tag = "inventory",
    operation_id = "list_stock_feed_lines",
    params(("id" = StockFeedId, Path, description = "The stock feed"), Parameters),
    responses(
        (status = 200, description = "A page of lines", body = Page<Line>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
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
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<Line>>, Problem> {
    let page = PageQuery {
        after: parameters.after,
        limit: parameters.limit,
    };
    let limit = page.limit()?;
    let after = page.after.as_ref().map(read_cursor).transpose()?;
    let found = api
        .stock
        .feed_lines(seller.tenant, id, parameters.kind, after, limit)
        .await?;
    Ok(Json(found.map(Line::from)))
}

fn read_cursor(cursor: &Cursor) -> Result<i64, Fault> {
    cursor.0.parse().map_err(|_| {
        Fault::field(
            "cursor_invalid",
            "after",
            "Pass `next` of the page before, unchanged.",
        )
    })
}
