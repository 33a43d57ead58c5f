use crate::{PriceHistory, Products};
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{Page, ProductId};

/// What the variants of one's own product cost over time: what buyers were asked from when on, the latest 200 prices of each,
/// and what they are to be asked by the sales that are on or to come.
///
/// Prices count from the moment at which the product is for sale; one that never was has none. `lowest_30_days` is the lowest
/// price of the thirty days before the present one began.
#[utoipa::path(
    get,
    path = "/v1/seller/products/{id}/prices",
    operation_id = "list_product_prices",
    tag = "catalog",
    params(("id" = ProductId, Path)),
    responses(
        (status = 200, description = "All variants, on one page", body = Page<PriceHistory>),
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
) -> Result<Json<Page<PriceHistory>>, Problem> {
    let items = products.price_history(&seller.ctx, seller.tenant, id).await?;
    Ok(Json(Page { items, next: None }))
}
