use crate::Products;
use axum::extract::State;
use contracts::catalog::{Category, CategoryAttribute};
use httpkit::{Anyone, Json, Problem, ProblemDocument};
use kernel::CategoryId;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = ListCategoriesResponse)]
pub(super) struct Response {
    /// Parents before children.
    items: Vec<ListedCategory>,
}

/// A category and what its products say of themselves.
#[derive(Serialize, ToSchema)]
struct ListedCategory {
    id: CategoryId,
    /// Slugs from the root, joined by `/`.
    #[schema(example = "ceramics/bowls")]
    path: String,
    slug: String,
    name: String,
    name_es: String,
    depth: u16,
    position: i32,
    /// What holds in it: what it inherits, and its own.
    attributes: Vec<CategoryAttribute>,
}

impl ListedCategory {
    fn of((category, attributes): (&Category, &[CategoryAttribute])) -> Self {
        let category = category.clone();
        Self {
            id: category.id,
            path: category.path,
            slug: category.slug,
            name: category.name,
            name_es: category.name_es,
            depth: category.depth,
            position: category.position,
            attributes: attributes.to_vec(),
        }
    }
}

/// The whole category tree, with what products of each category say of themselves.
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
        items: tree.with_schemas().map(ListedCategory::of).collect(),
    }))
}
