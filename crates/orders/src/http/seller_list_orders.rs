use crate::Orders;
use axum::extract::State;
use contracts::orders::{Orders as _, SubOrder, SubOrderStatus};
use httpkit::{Json, PageQuery, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Cursor, Page};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Only sub-orders in this status.
    #[param(inline)]
    status: Option<SubOrderStatus>,
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists the shop's sub-orders, newest first. The address is there once the order is paid.
#[utoipa::path(
    get,
    path = "/v1/seller/orders",
    tag = "orders",
    operation_id = "list_seller_orders",
    params(Parameters),
    responses(
        (status = 200, description = "A page of sub-orders", body = Page<SubOrder>),
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
) -> Result<Json<Page<SubOrder>>, Problem> {
    let page = PageQuery {
        after: parameters.after,
        limit: parameters.limit,
    };
    let limit = page.limit()?.get() as u16;
    let sales = orders
        .of_seller(&seller.ctx, seller.tenant, parameters.status, page.after, limit)
        .await?;
    Ok(Json(sales))
}
