use crate::media::content_type;
use crate::{Error, Products};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use httpkit::{Path, Problem};

/// What a drawing may do when it is opened as a page of its own: be seen.
const DRAWING_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A picture. Its name is made of its content, so it never changes and may be kept for ever.
pub(super) async fn handler(
    State(products): State<Products>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let kind = content_type(&name).ok_or(Error::NotFound("picture"))?;
    let tag = HeaderValue::from_str(&format!("\"{name}\"")).map_err(|_| Error::NotFound("picture"))?;
    let common = [
        (header::ETAG, tag.clone()),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(DRAWING_POLICY),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let bytes = products
        .media
        .get(&name)
        .await?
        .ok_or(Error::NotFound("picture"))?;
    Ok((
        common,
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind))],
        bytes,
    )
        .into_response())
}
