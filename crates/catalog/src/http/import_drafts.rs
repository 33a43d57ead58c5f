//! What is done with a kept file: seen, described, checked, begun.

use crate::{Error, ImportReport, Products};
use axum::extract::State;
use axum::http::StatusCode;
use contracts::catalog::uploads::{FileDraft, Reading};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{Ctx, ImportId, TenantId};

async fn draft_of(
    products: &Products,
    ctx: &Ctx,
    tenant: TenantId,
    id: ImportId,
) -> Result<FileDraft, Problem> {
    Ok(products
        .file_draft(ctx, tenant, id)
        .await?
        .ok_or(Error::NotFound("file"))?)
}

/// A kept file, what its columns mean, and what a check has found.
#[utoipa::path(
    get,
    path = "/v1/seller/imports/{id}/draft",
    operation_id = "get_import_draft",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    responses(
        (status = 200, description = "The file", body = FileDraft),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such file of yours, or it was not kept", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn show(
    State(products): State<Products>,
    seller: Seller<perm::ReadCatalog>,
    Path(id): Path<ImportId>,
) -> Result<Json<FileDraft>, Problem> {
    Ok(Json(draft_of(&products, &seller.ctx, seller.tenant, id).await?))
}

/// States how a kept file is to be read: what its columns mean, and what holds where rows say nothing.
///
/// With `remember`, the next file with the same columns is read the same way.
#[utoipa::path(
    put,
    path = "/v1/seller/imports/{id}/reading",
    operation_id = "describe_import",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    request_body = Reading,
    responses(
        (status = 200, description = "The file, read as stated", body = FileDraft),
        (status = 400, description = "`field_unknown`, `currency_unknown`, `stock_out_of_range`, `import_started`, `too_many`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn describe(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ImportId>,
    Json(reading): Json<Reading>,
) -> Result<Json<FileDraft>, Problem> {
    products
        .set_reading(&seller.ctx, seller.tenant, id, reading)
        .await?;
    Ok(Json(draft_of(&products, &seller.ctx, seller.tenant, id).await?))
}

/// Has all of a kept file checked: which products would be new, changed or as before, and what is wrong. Nothing is written.
///
/// The check runs in the background; its result stands under `check` of the draft.
#[utoipa::path(
    post,
    path = "/v1/seller/imports/{id}/check",
    operation_id = "check_import",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    responses(
        (status = 202, description = "Being checked", body = FileDraft),
        (status = 400, description = "`import_started`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn check(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ImportId>,
) -> Result<(StatusCode, Json<FileDraft>), Problem> {
    products.check_file(&seller.ctx, seller.tenant, id).await?;
    Ok((
        StatusCode::ACCEPTED,
        Json(draft_of(&products, &seller.ctx, seller.tenant, id).await?),
    ))
}

/// Reads a kept file, in the background. Asked twice, done once; a crash is survived.
#[utoipa::path(
    post,
    path = "/v1/seller/imports/{id}/start",
    operation_id = "begin_import",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    responses(
        (status = 202, description = "Being read", body = ImportReport),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `feature_off`: `uploads`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn start(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ImportId>,
) -> Result<(StatusCode, Json<ImportReport>), Problem> {
    products.start_file(&seller.ctx, seller.tenant, id).await?;
    let report = products.import_report(seller.tenant, id).await?;
    Ok((StatusCode::ACCEPTED, Json(report)))
}
