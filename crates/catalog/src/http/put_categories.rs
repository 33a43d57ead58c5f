use crate::Products;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::catalog::CategoryDraft;
use httpkit::{Admin, Json, Problem, ProblemDocument, perm};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PutCategoriesRequest)]
pub(super) struct Request {
    #[schema(max_items = 2000)]
    categories: Vec<CategoryRow>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CategoryRow {
    /// Slugs from the root. Ancestors that are missing are created.
    #[schema(example = "ceramics/bowls")]
    path: String,
    #[schema(example = "Bowls", max_length = 120)]
    name: String,
    /// In Spanish.
    #[serde(default)]
    #[schema(example = "Cuencos", max_length = 120)]
    name_es: String,
    /// Among its siblings; the least comes first.
    #[serde(default)]
    position: i32,
}

/// Creates categories, or renames those that exist.
#[utoipa::path(
    put,
    path = "/v1/admin/categories",
    operation_id = "put_categories",
    tag = "catalog",
    request_body = Request,
    responses(
        (status = 204, description = "They are as asked"),
        (status = 400, description = "`field_invalid`, `category_invalid`, `text_empty`, `text_too_long`, `too_many`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    admin: Admin<perm::ManageCategories>,
    Json(request): Json<Request>,
) -> Result<StatusCode, Problem> {
    let drafts = request
        .categories
        .into_iter()
        .map(|row| CategoryDraft {
            path: row.path,
            name: row.name,
            name_es: row.name_es,
            position: row.position,
            attributes: None,
        })
        .collect();
    products.put_categories(&admin.ctx, drafts).await?;
    Ok(StatusCode::NO_CONTENT)
}
