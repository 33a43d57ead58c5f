use crate::Products;
use axum::extract::State;
use contracts::catalog::history::PastProduct;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ProductId;

/// One's own product as it was in one of its versions.
#[utoipa::path(
    get,
    path = "/v1/seller/products/{id}/versions/{version}",
    operation_id = "get_product_version",
    tag = "catalog",
    params(("id" = ProductId, Path), ("version" = i64, Path)),
    responses(
        (status = 200, description = "The product as it was", body = PastProduct),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such product, or it never had this version", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::ReadCatalog>,
    Path((id, version)): Path<(ProductId, i64)>,
) -> Result<Json<PastProduct>, Problem> {
    let past = products.as_of(&seller.ctx, seller.tenant, id, version).await?;
    Ok(Json(past))
}
