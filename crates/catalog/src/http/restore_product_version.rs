use super::tagged;
use crate::{OwnProduct, Products};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use httpkit::{IfMatch, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ProductId;

/// Makes one's own product again what it was in one of its versions, which is a new version.
///
/// Variants come back under their SKUs; stock is left alone. A deleted product is there again.
#[utoipa::path(
    post,
    path = "/v1/seller/products/{id}/versions/{version}/restore",
    operation_id = "restore_product_version",
    tag = "catalog",
    params(
        ("id" = ProductId, Path),
        ("version" = i64, Path, description = "The version to go back to"),
        ("If-Match" = String, Header, description = "The `ETag` of the version you saw"),
    ),
    responses(
        (status = 200, description = "Restored", body = OwnProduct, headers(("ETag" = String))),
        (status = 400, description = "`if_match`, and what creating refuses", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such product, or it never had this version", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`sku_taken`: another product of yours has the code by now; `version_deleted`: in this version it was deleted", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "`version_changed`, with the present `version`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path((id, version)): Path<(ProductId, i64)>,
    IfMatch(seen): IfMatch,
) -> Result<Response, Problem> {
    let product = products
        .restore(&seller.ctx, seller.tenant, id, seen, version)
        .await?;
    Ok(tagged(product).into_response())
}
