//! An upload's errors as files.

use crate::Products;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use contracts::catalog::uploads::ErrorFile;
use httpkit::{Path, Problem, ProblemDocument, Seller, perm};
use kernel::ImportId;

fn attached(text: String, name: &'static str) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    (headers, text).into_response()
}

/// The errors of an upload, or of the check of a kept file, as CSV: row, column, value, code, message.
#[utoipa::path(
    get,
    path = "/v1/seller/imports/{id}/errors.csv",
    operation_id = "get_import_error_file",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    responses(
        (status = 200, description = "The list", body = String, content_type = "text/csv"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list(
    State(products): State<Products>,
    seller: Seller<perm::ReadCatalog>,
    Path(id): Path<ImportId>,
) -> Result<Response, Problem> {
    let text = products.error_file(seller.tenant, id, ErrorFile::List).await?;
    Ok(attached(text, "attachment; filename=\"errors.csv\""))
}

/// The rows of the products that have errors, as CSV with a column that says what is wrong: mend them and upload this file.
#[utoipa::path(
    get,
    path = "/v1/seller/imports/{id}/failed-rows.csv",
    operation_id = "get_import_failed_rows",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    responses(
        (status = 200, description = "The rows", body = String, content_type = "text/csv"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`, `file_not_kept`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn rows(
    State(products): State<Products>,
    seller: Seller<perm::ReadCatalog>,
    Path(id): Path<ImportId>,
) -> Result<Response, Problem> {
    let text = products.error_file(seller.tenant, id, ErrorFile::Rows).await?;
    Ok(attached(text, "attachment; filename=\"failed-rows.csv\""))
}
