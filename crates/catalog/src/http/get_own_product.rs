use super::tagged;
use crate::{OwnProduct, Products};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use httpkit::{Path, Problem, ProblemDocument, Seller, perm};
use kernel::ProductId;

/// One's own product, in any status.
#[utoipa::path(
    get,
    path = "/v1/seller/products/{id}",
    operation_id = "get_own_product",
    tag = "catalog",
    params(("id" = ProductId, Path)),
    responses(
        (status = 200, description = "The product; its `ETag` is what a change needs as `If-Match`", body = OwnProduct, headers(("ETag" = String))),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::ReadCatalog>,
    Path(id): Path<ProductId>,
) -> Result<Response, Problem> {
    let product = products.own(seller.tenant, id).await?;
    Ok(tagged(product).into_response())
}
