use super::languages;
use crate::{ProductPage, Products};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, BytesMut};
use contracts::catalog::{ItemOffer, Listing};
use httpkit::{Anyone, Path, Problem, ProblemDocument};
use kernel::{ProductId, SkuId};
use serde::Serialize;
use std::hash::{DefaultHasher, Hash, Hasher};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = GetProductResponse)]
#[allow(dead_code, reason = "describes what `body` writes, for the API's description")]
struct Product {
    #[serde(flatten)]
    listing: Listing,
    /// The SKUs that can be bought right now.
    in_stock: Vec<SkuId>,
    /// Other shops' offers of the same item, the one put first in front.
    other_offers: Vec<ItemOffer>,
    /// The product whose offer is put first; absent where there is no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    winning_offer: Option<ProductId>,
}

/// A product that is for sale, in the best of its languages for `Accept-Language`: `title` and `description_html` are in
/// `language` then, and the others are in `translations`.
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
    let mut page = products.page(&anyone.ctx, id).await?;
    if !page.listing.head.translations.is_empty() {
        let wanted = languages::wanted(&headers);
        page.listing = languages::translated(&page.listing, &wanted)?;
    }
    let tag = tag(&page);
    let common = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("Accept-Language")),
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
    body.put_slice(b"],\"other_offers\":[");
    let others = page
        .offers
        .iter()
        .filter(|offer| offer.product != page.listing.id);
    for (i, offer) in others.enumerate() {
        if i > 0 {
            body.put_slice(b",");
        }
        // Writing to memory does not fail, and an offer has no keys but texts.
        body.put_slice(&serde_json::to_vec(offer).unwrap_or_default());
    }
    body.put_slice(b"]");
    if let Some(winner) = page.offers.iter().find(|offer| offer.wins) {
        body.put_slice(format!(",\"winning_offer\":\"{}\"", winner.product).as_bytes());
    }
    body.put_slice(b"}");
    body.freeze()
}

fn tag(page: &ProductPage) -> HeaderValue {
    let (_, hash) = page.listing.json();
    let hash = page.offers.iter().fold(hash, |hash, offer| {
        let mut hasher = DefaultHasher::new();
        let place = (
            offer.product,
            offer.price.amount,
            offer.in_stock,
            &offer.shop_name,
        );
        (hash, place, offer.delivery_from.map(|d| d.amount)).hash(&mut hasher);
        hasher.finish()
    });
    // SKUs come in no particular order.
    let hash = page
        .in_stock
        .iter()
        .fold(hash, |hash, sku| hash ^ (sku.0.as_u128() as u64).rotate_left(17));
    HeaderValue::from_str(&format!("\"{hash:016x}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}
