use crate::Products;
use axum::extract::State;
use contracts::catalog::schedule::ScheduledChange;
use httpkit::{Json, PageQuery, Path, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Page, ProductId};

/// Changes of one's own product that were asked for ahead, the last asked for first, and what became of them.
#[utoipa::path(
    get,
    path = "/v1/seller/products/{id}/scheduled-changes",
    operation_id = "list_scheduled_changes",
    tag = "catalog",
    params(("id" = ProductId, Path), PageQuery),
    responses(
        (status = 200, description = "A page", body = Page<ScheduledChange>),
        (status = 400, description = "`cursor_invalid`, `limit_out_of_range`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::ReadCatalog>,
    Path(id): Path<ProductId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ScheduledChange>>, Problem> {
    let limit = page.limit().map_err(Problem)?;
    let page = products
        .scheduled(&seller.ctx, seller.tenant, id, page.after.as_ref(), limit)
        .await?;
    Ok(Json(page))
}
