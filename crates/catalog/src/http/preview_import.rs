use crate::{Error, Products};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::catalog::uploads::FileDraft;
use futures::TryStreamExt;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm, text};
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
}

/// Keeps a file of products without reading it in, and tells what its columns seem to mean.
///
/// The answer shows the first products as they would land, with what is wrong with the first rows. State how to read
/// the file with `describe_import`, have all of it checked with `check_import`, and read it with `begin_import`.
/// Sending the same content again gives the same draft. Files are kept for a week.
#[utoipa::path(
    post,
    path = "/v1/seller/imports/preview",
    operation_id = "preview_import",
    tag = "catalog",
    params(Params),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 201, description = "Kept; nothing is written", body = FileDraft, headers(("Location" = String))),
        (status = 400, description = "`parameter_invalid`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `feature_off`: `uploads`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`file_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`file_empty`, `file_truncated`, `file_unreadable`, `row_too_long`, `json_malformed`, with `row`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Query(params): Query<Params>,
    body: Body,
) -> Result<Response, Problem> {
    let name = match &params.file_name {
        Some(name) => text::line("file_name", name, FILE_NAME_CHARS_MAX)?,
        None => "upload".to_owned(),
    };
    let reader = StreamReader::new(body.into_data_stream().map_err(std::io::Error::other));
    let id = products
        .keep_file(&seller.ctx, seller.tenant, &name, reader)
        .await?;
    let draft = products
        .file_draft(&seller.ctx, seller.tenant, id)
        .await?
        .ok_or(Error::NotFound("file"))?;
    let location = format!("/v1/seller/imports/{id}/draft");
    let mut response = (StatusCode::CREATED, Json(draft)).into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
