use crate::Products;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::digital::DigitalFile;
use futures::TryStreamExt;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm, text};
use serde::Deserialize;
use tokio_util::io::StreamReader;

/// Characters of a name as it is sent; what is kept of it is shorter.
const FILE_NAME_CHARS_MAX: usize = 300;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// As buyers are to find it on their machine. Folders and what file systems reserve are taken out of it.
    #[param(min_length = 1, max_length = 300, example = "Sewing pattern.pdf")]
    file_name: String,
}

/// Uploads a file that buyers of a product download once they have paid.
///
/// Any content, up to 256 MB (268,435,456 bytes); a shop keeps up to 20 GB. It is kept apart from pictures and is never
/// public: those who bought it get it, as a file to be kept and never as a page to be opened. Name it in `digital` of a
/// product then. The same content under the same name gives the same file.
#[utoipa::path(
    post,
    path = "/v1/seller/files",
    operation_id = "upload_product_file",
    tag = "catalog",
    params(Params),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 201, description = "Kept", body = DigitalFile),
        (status = 400, description = "`parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`files_full`: the shop keeps as much as it may", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`file_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`file_empty`, `file_unreadable`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Query(params): Query<Params>,
    body: Body,
) -> Result<Response, Problem> {
    let name = text::line("file_name", &params.file_name, FILE_NAME_CHARS_MAX)?;
    let reader = StreamReader::new(body.into_data_stream().map_err(std::io::Error::other));
    let file = products
        .keep_product_file(&seller.ctx, seller.tenant, &name, reader)
        .await?;
    Ok((StatusCode::CREATED, Json(file)).into_response())
}
