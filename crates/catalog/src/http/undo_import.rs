use crate::Products;
use axum::extract::State;
use contracts::catalog::history::UndoReport;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ImportId;

/// Undoes an upload as a whole.
///
/// Products that it created are deleted, products that it changed are what they were before. Products that were changed
/// again since stay as they are, and are named with the reason. An undo that was broken off goes on when it is asked for
/// again; one that is finished answers the same. Stock is left alone.
#[utoipa::path(
    post,
    path = "/v1/seller/imports/{id}/undo",
    operation_id = "undo_import",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    responses(
        (status = 200, description = "Undone", body = UndoReport),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`import_running`: it is still being read", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ImportId>,
) -> Result<Json<UndoReport>, Problem> {
    let report = products.undo_import(&seller.ctx, seller.tenant, id).await?;
    Ok(Json(report))
}
