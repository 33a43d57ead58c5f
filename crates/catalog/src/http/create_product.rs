use super::tagged;
use crate::{NewProduct, OwnProduct, Products};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use httpkit::{Json, Problem, ProblemDocument, Seller, perm};

/// Creates a product.
///
/// The key makes the call repeatable: a second product with the same key is refused.
#[utoipa::path(
    post,
    path = "/v1/seller/products",
    operation_id = "create_product",
    tag = "catalog",
    request_body = NewProduct,
    responses(
        (status = 201, description = "Created", body = OwnProduct, headers(("ETag" = String), ("Location" = String))),
        (status = 400, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`, `price_out_of_range`, `compare_at_invalid`, `sale_not_below`, `sale_period_empty`, `sale_time_out_of_range`, `break_not_rising`, `break_not_below`, `dimensions_out_of_range`, `stock_out_of_range`, `gtin_invalid`, `variants_missing`, `sku_repeated`, `category_invalid`, `category_unknown`, `tax_category_invalid`, `attribute_key_invalid`, `attribute_too_long`, `attributes_too_many`, `image_unknown`, `too_many`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `feature_off`: `digital_goods` or `made_to_order`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`key_taken`, `sku_taken`, or inventory's refusal of the stock, with `product`: the product is created", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Json(request): Json<NewProduct>,
) -> Result<Response, Problem> {
    let product = products.create(&seller.ctx, seller.tenant, request).await?;
    let location = format!("/v1/seller/products/{}", product.listing.id);
    let mut response = (StatusCode::CREATED, tagged(product)).into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
