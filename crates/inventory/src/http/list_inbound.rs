use super::Api;
use super::inbound::Inbound;
use crate::InboundQuery;
use crate::domain::{InboundKind, InboundState};
use axum::extract::State;
use httpkit::{Json, PageQuery, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Cursor, Fault, InboundId, Page, WarehouseId};
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
    /// Only transfers, or only purchases.
    #[param(inline)]
    kind: Option<InboundKind>,
    #[param(inline)]
    state: Option<InboundState>,
    /// Only what comes from this warehouse or goes to it.
    warehouse: Option<WarehouseId>,
}

/// Lists the shop's transfers and purchase orders, newest first.
#[utoipa::path(
    get,
    path = "/v1/seller/inbound",
    tag = "inventory",
    operation_id = "list_inbound",
    params(Parameters),
    responses(
        (status = 200, description = "A page of them", body = Page<Inbound>),
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
) -> Result<Json<Page<Inbound>>, Problem> {
    let page = PageQuery {
        after: parameters.after,
        limit: parameters.limit,
    };
    let limit = page.limit()?;
    let before = page.after.as_ref().map(read_cursor).transpose()?;
    let query = InboundQuery {
        kind: parameters.kind,
        state: parameters.state,
        warehouse: parameters.warehouse,
        before,
        limit,
    };
    let found = api.stock.inbounds(seller.tenant, query).await?;
    Ok(Json(found.map(Inbound::from)))
}

fn read_cursor(cursor: &Cursor) -> Result<InboundId, Fault> {
    cursor.0.parse().map_err(|_| {
        Fault::field(
            "cursor_invalid",
            "after",
            "Pass `next` of the page before, unchanged.",
        )
    })
}
