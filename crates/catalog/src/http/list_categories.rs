use crate::Products;
use axum::extract::State;
use contracts::catalog::Category;
use httpkit::{Anyone, Json, Problem, ProblemDocument};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = ListCategoriesResponse)]
pub(super) struct Response {
    /// Parents before children.
    items: Vec<Category>,
}

/// The whole category tree.
#[utoipa::path(
    get,
    path = "/v1/categories",
    operation_id = "list_categories",
    tag = "catalog",
    responses(
        (status = 200, description = "The tree", body = Response),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    anyone: Anyone,
) -> Result<Json<Response>, Problem> {
    let tree = products.tree(&anyone.ctx).await?;
    Ok(Json(Response {
        items: tree.categories.clone(),
    }))
}
