use super::{Api, Level};
use crate::LevelQuery;
use axum::extract::State;
use httpkit::{Json, PageQuery, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Cursor, Fault, Page, SkuId, WarehouseId};
use serde::Deserialize;
use uuid::Uuid;

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
    /// Only what lies in this warehouse.
    warehouse: Option<WarehouseId>,
    /// Only this SKU.
    sku: Option<SkuId>,
    /// Only levels with fewer units available.
    #[param(minimum = 0)]
    below: Option<i64>,
    /// Only SKUs that run low: over all warehouses fewer are available than their reorder point.
    #[serde(default)]
    low: bool,
}

/// Lists the shop's stock, by SKU and warehouse.
#[utoipa::path(
    get,
    path = "/v1/seller/stock",
    tag = "inventory",
    operation_id = "list_stock",
    params(Parameters),
    responses(
        (status = 200, description = "A page of levels", body = Page<Level>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::ReadStock>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<Level>>, Problem> {
    let page = PageQuery {
        after: parameters.after,
        limit: parameters.limit,
    };
    let limit = page.limit().map_err(Problem)?;
    let after = page
        .after
        .as_ref()
        .map(read_cursor)
        .transpose()
        .map_err(Problem)?;
    if parameters.below.is_some_and(|below| below < 0) {
        return Err(Problem(Fault::field(
            "parameter_invalid",
            "below",
            "`below` must be 0 or more units.",
        )));
    }
    let query = LevelQuery {
        after,
        warehouse: parameters.warehouse,
        sku: parameters.sku,
        below: parameters.below,
        low: parameters.low,
        limit,
    };
    let levels = api.stock.levels(seller.tenant, query).await?;
    Ok(Json(levels.map(Level::from)))
}

fn read_cursor(cursor: &Cursor) -> Result<(SkuId, WarehouseId), Fault> {
    cursor
        .0
        .split_once('.')
        .and_then(|(sku, warehouse)| {
            Some((
                SkuId(Uuid::parse_str(sku).ok()?),
                WarehouseId(Uuid::parse_str(warehouse).ok()?),
            ))
        })
        .ok_or_else(|| {
            Fault::field(
                "cursor_invalid",
                "after",
                "Pass `next` of the page before, unchanged.",
            )
        })
}
