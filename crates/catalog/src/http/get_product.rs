use crate::{ProductPage, Products};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, BytesMut};
use contracts::catalog::Listing;
use httpkit::{Anyone, Path, Problem, ProblemDocument};
use kernel::{ProductId, SkuId};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = GetProductResponse)]
#[allow(dead_code, reason = "describes what `body` writes, for the API's description")]
struct Product {
    #[serde(flatten)]
    listing: Listing,
    /// The SKUs that can be bought right now.
    in_stock: Vec<SkuId>,
}

/// A product that is for sale.
///
/// `If-None-Match` with the `ETag` of an earlier answer is answered with 304 while nothing has changed.
#[utoipa::path(
    get,
    path = "/v1/products/{id}",
    operation_id = "get_product",
    tag = "catalog",
    params(("id" = ProductId, Path)),
    responses(
        (status = 200, description = "The product", body = Product, headers(("ETag" = String))),
        (status = 304, description = "It is as it was"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such product, or it is not for sale", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    anyone: Anyone,
    Path(id): Path<ProductId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = products.page(&anyone.ctx, id).await?;
    let tag = tag(&page);
    let common = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, Body::from(body(&page))).into_response())
}

/// The listing's JSON is kept ready; what changes more often is put behind it.
fn body(page: &ProductPage) -> bytes::Bytes {
    let (listing, _) = page.listing.json();
    let mut body = BytesMut::with_capacity(listing.len() + 16 + page.in_stock.len() * 40);
    body.put_slice(listing.strip_suffix(b"}").unwrap_or(listing));
    body.put_slice(b",\"in_stock\":[");
    for (i, sku) in page.in_stock.iter().enumerate() {
        let separator = if i == 0 { "" } else { "," };
        body.put_slice(format!("{separator}\"{sku}\"").as_bytes());
    }
    body.put_slice(b"]}");
    body.freeze()
}

fn tag(page: &ProductPage) -> HeaderValue {
    let (_, hash) = page.listing.json();
    // SKUs come in no particular order.
    let hash = page
        .in_stock
        .iter()
        .fold(hash, |hash, sku| hash ^ (sku.0.as_u128() as u64).rotate_left(17));
    HeaderValue::from_str(&format!("\"{hash:016x}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}
