use crate::Products;
use crate::import::RowError;
use axum::extract::State;
use httpkit::{Json, PageQuery, Path, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{ImportId, Page};

/// The errors of an upload, in the order of its rows. The first 10,000 are kept.
#[utoipa::path(
    get,
    path = "/v1/seller/imports/{id}/errors",
    operation_id = "list_import_errors",
    tag = "catalog",
    params(("id" = ImportId, Path), PageQuery),
    responses(
        (status = 200, description = "A page", body = Page<RowError>),
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
    Path(id): Path<ImportId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RowError>>, Problem> {
    let limit = page.limit().map_err(Problem)?;
    let page = products
        .import_errors(seller.tenant, id, page.after.as_ref(), limit)
        .await?;
    Ok(Json(page))
}
