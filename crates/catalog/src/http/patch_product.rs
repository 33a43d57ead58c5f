use super::tagged;
use crate::{OwnProduct, ProductPatch, Products};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use httpkit::{IfMatch, Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ProductId;

/// Changes one's own product: members that are absent stay as they are, lists are replaced as a whole.
#[utoipa::path(
    patch,
    path = "/v1/seller/products/{id}",
    operation_id = "patch_product",
    tag = "catalog",
    params(("id" = ProductId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version you saw")),
    request_body = ProductPatch,
    responses(
        (status = 200, description = "Changed", body = OwnProduct, headers(("ETag" = String))),
        (status = 400, description = "`if_match`, `field_invalid`, and what creating refuses", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `feature_off`: `digital_goods` or `made_to_order`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`sku_taken`, or inventory's refusal of the stock, with `version`: the rest is saved", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "`version_changed`, with the present `version`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ProductId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<ProductPatch>,
) -> Result<Response, Problem> {
    let product = products
        .patch(&seller.ctx, seller.tenant, id, version, patch)
        .await?;
    Ok(tagged(product).into_response())
}
