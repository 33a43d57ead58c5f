use crate::import::Format;
use crate::{ImportOptions, ImportReport, Products};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::catalog::ProductStatus;
use futures::TryStreamExt;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm, text};
use kernel::{Currency, Fault, ImportId};
use serde::Deserialize;
use tokio_util::io::StreamReader;

/// Characters of a file's name.
const FILE_NAME_CHARS_MAX: usize = 200;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// For your records.
    #[serde(default)]
    #[param(min_length = 1, max_length = 200)]
    file_name: Option<String>,
    /// Told by the content if absent. Any of them may be gzipped.
    #[serde(default)]
    #[param(inline)]
    format: Option<Format>,
    /// Of prices that do not say; your shop's if absent.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    /// Units of products whose row has no stock; left alone if absent.
    #[serde(default)]
    #[param(minimum = 0, maximum = 1_000_000_000_i64)]
    default_stock: Option<i64>,
    /// Of products that do not say; `active` if absent.
    #[serde(default)]
    status: Option<ProductStatus>,
    /// An upload that broke off: send the same file again and its settled rows are passed over.
    #[serde(default)]
    resume: Option<ImportId>,
}

/// Uploads a file of products: CSV, XLSX, NDJSON or a JSON array, plain or gzipped.
///
/// The body is read and written while it arrives, a workbook when all of it is there; the answer comes at its end. Columns are known by their usual
/// names (`title`, `nombre`, `price`, `sku`, `images` ...); others become attributes. A row that cannot be read
/// spoils no other. Sending the same file again changes nothing. A list of categories as PrestaShop writes it adds those that are missing.
#[utoipa::path(
    post,
    path = "/v1/seller/imports",
    operation_id = "start_import",
    tag = "catalog",
    params(Params),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 201, description = "Read to its end", body = ImportReport, headers(("Location" = String))),
        (status = 400, description = "`parameter_invalid`, `stock_out_of_range`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `feature_off`: `uploads`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such upload to resume", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`import_elsewhere`: another call reads this upload; `import_undone`: it was undone", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`header_unknown`, `file_empty`, `file_truncated`, `file_unreadable`, `file_too_large`, `row_too_long`, `json_malformed`, with `row` and `import`: the rows before are in", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Query(params): Query<Params>,
    body: Body,
) -> Result<Response, Problem> {
    let default_stock = params.default_stock;
    if default_stock.is_some_and(|stock| !(0..=crate::domain::limits::STOCK_MAX).contains(&stock)) {
        return Err(Problem(Fault::field(
            "stock_out_of_range",
            "default_stock",
            "`default_stock` must be 0 or more units.",
        )));
    }
    let file_name = match &params.file_name {
        Some(name) => text::line("file_name", name, FILE_NAME_CHARS_MAX)?,
        None => "upload".to_owned(),
    };
    // What broke off was begun before.
    if params.resume.is_none() {
        products.may_upload(&seller.ctx, seller.tenant).await?;
    }
    let options = ImportOptions {
        format: params.format,
        currency: params.currency,
        default_stock,
        status: params.status.unwrap_or(ProductStatus::Active),
        resume: params.resume,
        ..ImportOptions::new(file_name)
    };
    let reader = StreamReader::new(body.into_data_stream().map_err(std::io::Error::other));
    let report = products
        .import(&seller.ctx, seller.tenant, reader, options)
        .await?;
    let location = format!("/v1/seller/imports/{}", report.import.id);
    let mut response = (StatusCode::CREATED, Json(report)).into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
