use super::Api;
use axum::extract::State;
use httpkit::{Json, PageQuery, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Cursor, Fault, Page, ProductId, SkuId};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ReorderProposal)]
pub(super) struct Proposal {
    sku: SkuId,
    product: ProductId,
    /// Over all warehouses.
    available: i64,
    /// On its way to any of them.
    incoming: i64,
    low_below: i64,
    /// Units to have once it is reordered; twice `low_below` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_up_to: Option<i64>,
    /// Units to order now: none where enough is on its way.
    proposed: i64,
}

impl From<crate::ReorderProposal> for Proposal {
    fn from(proposal: crate::ReorderProposal) -> Self {
        Self {
            sku: proposal.sku,
            product: proposal.product,
            available: proposal.available,
            incoming: proposal.incoming,
            low_below: proposal.low_below,
            order_up_to: proposal.order_up_to,
            proposed: proposal.proposed(),
        }
    }
}

/// Lists the SKUs that run low, with what to order of them.
#[utoipa::path(
    get,
    path = "/v1/seller/reorder-proposals",
    tag = "inventory",
    operation_id = "list_reorder_proposals",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of SKUs", body = Page<Proposal>),
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
) -> Result<Json<Page<Proposal>>, Problem> {
    let limit = page.limit()?;
    let after: Option<SkuId> = page.after.as_ref().map(read_cursor).transpose()?;
    let found = api.stock.reorder_proposals(seller.tenant, after, limit).await?;
    Ok(Json(found.map(Proposal::from)))
}

fn read_cursor(cursor: &Cursor) -> Result<SkuId, Fault> {
    cursor.0.parse().map_err(|_| {
        Fault::field(
            "cursor_invalid",
            "after",
            "Pass `next` of the page before, unchanged.",
        )
    })
}
