use crate::{ImportReport, Products};
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ImportId;

/// How an upload stands, and its first errors.
#[utoipa::path(
    get,
    path = "/v1/seller/imports/{id}",
    operation_id = "get_import",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    responses(
        (status = 200, description = "The upload", body = ImportReport),
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
) -> Result<Json<ImportReport>, Problem> {
    Ok(Json(products.import_report(seller.tenant, id).await?))
}
