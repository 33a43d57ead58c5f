use crate::Products;
use axum::extract::State;
use contracts::catalog::NeedyListings;
use httpkit::{Json, PageQuery, Problem, ProblemDocument, Query, Seller, perm};
use kernel::Cursor;
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// One's own products on sale that lack what their category asks for by now, newest first. They stay on sale.
#[utoipa::path(
    get,
    path = "/v1/seller/needy-products",
    operation_id = "list_needy_products",
    tag = "catalog",
    params(Params),
    responses(
        (status = 200, description = "A page", body = NeedyListings),
        (status = 400, description = "`cursor_invalid`, `limit_out_of_range`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::ReadCatalog>,
    Query(params): Query<Params>,
) -> Result<Json<NeedyListings>, Problem> {
    let page = PageQuery {
        after: params.after,
        limit: params.limit,
    };
    let limit = page.limit().map_err(Problem)?;
    let needy = products
        .needy(&seller.ctx, seller.tenant, page.after.as_ref(), limit)
        .await?;
    Ok(Json(needy))
}
