use crate::Products;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{IfMatch, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ProductId;

/// Deletes one's own product. Orders still know it; an upload with its key brings it back.
#[utoipa::path(
    delete,
    path = "/v1/seller/products/{id}",
    operation_id = "delete_product",
    tag = "catalog",
    params(("id" = ProductId, Path), ("If-Match" = Option<String>, Header, description = "The `ETag` of the version you saw: it is not deleted if it is another by now")),
    responses(
        (status = 204, description = "Gone"),
        (status = 400, description = "`if_match`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "`version_changed`, with the present `version`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ProductId>,
    seen: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    let seen = seen.map(|IfMatch(version)| version);
    products.delete(&seller.ctx, seller.tenant, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}
