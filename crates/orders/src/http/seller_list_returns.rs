use crate::Orders;
use axum::extract::State;
use contracts::orders::{Orders as _, SellerReturn};
use httpkit::{Json, PageQuery, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Cursor, Page};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Only those of which more is expected.
    #[serde(default)]
    #[param(inline)]
    open: Option<bool>,
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Sub-orders on the page, each with all of its returns: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists the shop's returns, those of the newest sub-orders first.
#[utoipa::path(
    get,
    path = "/v1/seller/returns",
    tag = "orders",
    operation_id = "list_seller_returns",
    params(Parameters),
    responses(
        (status = 200, description = "A page of returns", body = Page<SellerReturn>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    seller: Seller<perm::ReadSales>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<SellerReturn>>, Problem> {
    let page = PageQuery {
        after: parameters.after,
        limit: parameters.limit,
    };
    let limit = page.limit()?.get() as u16;
    let open = parameters.open.unwrap_or(false);
    let returns = orders.returns_of_seller(&seller.ctx, seller.tenant, open, page.after, limit);
    Ok(Json(returns.await?))
}
