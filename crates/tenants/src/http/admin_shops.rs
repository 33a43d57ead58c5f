use super::body::OwnShop;
use super::list_shops::limit;
use crate::Shops;
use axum::extract::State;
use contracts::tenants::ShopStatus;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, perm};
use kernel::{Page, TenantId};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Uuid)]
    after: Option<TenantId>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Those of one status.
    #[serde(default)]
    status: Option<ShopStatus>,
}

/// All shops, the newest application first.
#[utoipa::path(
    get, path = "/v1/admin/shops", tag = "tenants", operation_id = "list_all_shops",
    params(Params), security(("bearer" = [])),
    responses(
        (status = 200, body = Page<OwnShop>),
        (status = 400, body = ProblemDocument, description = "`parameter_invalid`, `limit_out_of_range`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(shops): State<Shops>,
    _admin: Admin<perm::ApproveSellers>,
    Query(params): Query<Params>,
) -> Result<Json<Page<OwnShop>>, Problem> {
    let limit = limit(params.limit)?;
    let page = shops.all(params.after, params.status, limit).await?;
    Ok(Json(page.map(OwnShop::from)))
}
