use crate::media::Accepted;
use crate::{Error, Products};
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::catalog::Picture;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm};
use kernel::limits::IMAGE_BYTES_MAX;
use kernel::{Fault, Kind};
use serde::Deserialize;

/// Bytes of a form around its picture.
const FORM_BYTES_MAX: usize = IMAGE_BYTES_MAX + 64 * 1024;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// What is to be seen, for those who cannot see it.
    #[serde(default)]
    #[param(max_length = 300)]
    alt: String,
}

/// Uploads a picture: PNG, JPEG or WebP, as the body itself or as a part of a form.
///
/// It is told by its content, encoded anew without its metadata, and kept in several widths under addresses that
/// never change. The same bytes give the same picture.
#[utoipa::path(
    post,
    path = "/v1/seller/images",
    operation_id = "upload_image",
    tag = "catalog",
    params(Params),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The picture, or `multipart/form-data` with it as the first file"),
    responses(
        (status = 201, description = "Stored", body = Picture),
        (status = 400, description = "`image_type_unsupported`, `image_unreadable`, `image_too_many_pixels`, `image_missing`, `body_unreadable`, `text_too_long`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`image_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Query(params): Query<Params>,
    request: Request,
) -> Result<Response, Problem> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.to_ascii_lowercase().starts_with("multipart/form-data"));
    let bytes = if is_form {
        read_form(request).await?
    } else {
        read_body(request.into_body(), IMAGE_BYTES_MAX).await?
    };
    let picture = products
        .keep_image(&seller.ctx, bytes, params.alt, Accepted::Pictures)
        .await?;
    Ok((StatusCode::CREATED, Json(picture)).into_response())
}

async fn read_body(body: Body, bytes_max: usize) -> Result<Vec<u8>, Fault> {
    let body = Limited::new(body, bytes_max).collect().await.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            too_large()
        } else {
            unreadable()
        }
    })?;
    Ok(body.to_bytes().into())
}

/// The first part that is a file.
async fn read_form(request: Request) -> Result<Vec<u8>, Problem> {
    let (head, body) = request.into_parts();
    let body = read_body(body, FORM_BYTES_MAX).await?;
    let mut request = Request::from_parts(head, Body::from(body));
    // The limit above holds; the framework's own is for forms without files.
    axum::extract::DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| unreadable())?;
    while let Some(part) = form.next_field().await.map_err(|_| unreadable())? {
        if part.file_name().is_some() {
            let bytes = part.bytes().await.map_err(|_| unreadable())?;
            return Ok(bytes.into());
        }
    }
    Err(Problem::from(Error::from(crate::domain::Refusal::new(
        "",
        "image_missing",
        "The form has no file. Send the picture as a part with a file name.",
    ))))
}

fn too_large() -> Fault {
    Fault::new(
        Kind::TooLarge,
        "image_too_large",
        format!("A picture may have at most {IMAGE_BYTES_MAX} bytes."),
    )
}

fn unreadable() -> Fault {
    Fault::field(
        "body_unreadable",
        "",
        "The body broke off or is no well-formed form. Send it again.",
    )
}
