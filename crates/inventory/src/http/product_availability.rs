use super::Api;
use axum::extract::State;
use contracts::inventory::Availability;
use httpkit::{Json, Path, Problem, ProblemDocument};
use kernel::ProductId;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = ProductAvailability)]
pub(super) struct Response {
    product: ProductId,
    /// The product's counted SKUs. One that is missing was never counted: it has none.
    skus: Vec<Availability>,
}

/// Says how many units of a product's SKUs can be bought now.
#[utoipa::path(
    get,
    path = "/v1/products/{id}/availability",
    tag = "inventory",
    operation_id = "product_availability",
    params(("id" = ProductId, Path, description = "The product")),
    responses(
        (status = 200, description = "Units by SKU", body = Response),
        (status = 404, description = "`not_found`: the id is not one", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(api): State<Api>,
    Path(product): Path<ProductId>,
) -> Result<Json<Response>, Problem> {
    let skus = api.stock.available_of_product(product).await?;
    Ok(Json(Response { product, skus }))
}
