//! The category tree for the operator.

use crate::Products;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::catalog::{
    AttributeChoice, AttributeKind, CategoryAttribute, CategoryDesk, CategoryDossier, CategoryPatch,
    NewCategory, TendedCategory,
};
use httpkit::{Admin, IfMatch, Json, Path, Problem, ProblemDocument, etag, perm};
use kernel::CategoryId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = ListTendedCategoriesResponse)]
pub(super) struct Tree {
    /// Parents before children, siblings in their order.
    items: Vec<TendedCategory>,
}

/// One of the values that a choice allows.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceRequest {
    /// As products carry it.
    #[schema(example = "stoneware", min_length = 1, max_length = 120)]
    value: String,
    #[serde(default)]
    #[schema(example = "Stoneware", max_length = 120)]
    label: String,
    #[serde(default)]
    #[schema(example = "Gres", max_length = 120)]
    label_es: String,
}

/// An attribute that a category defines.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttributeRequest {
    /// Turned into snake_case.
    #[schema(example = "height_cm", min_length = 1, max_length = 64)]
    key: String,
    /// Made of the key if empty.
    #[serde(default)]
    #[schema(example = "Height", max_length = 120)]
    label: String,
    #[serde(default)]
    #[schema(example = "Alto", max_length = 120)]
    label_es: String,
    kind: AttributeKind,
    /// Of numbers.
    #[serde(default)]
    #[schema(example = "cm", max_length = 16)]
    unit: Option<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    facetable: bool,
    /// Of choices: what is allowed.
    #[serde(default)]
    #[schema(max_items = 200)]
    values: Vec<ChoiceRequest>,
}

impl From<AttributeRequest> for CategoryAttribute {
    fn from(request: AttributeRequest) -> Self {
        let choice = |choice: ChoiceRequest| AttributeChoice {
            value: choice.value,
            label: choice.label,
            label_es: choice.label_es,
        };
        Self {
            key: request.key,
            label: request.label,
            label_es: request.label_es,
            kind: request.kind,
            unit: request.unit,
            required: request.required,
            facetable: request.facetable,
            values: request.values.into_iter().map(choice).collect(),
            inherited_from: None,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateCategoryRequest)]
pub(super) struct Create {
    /// Path of the category it lies in; absent for a new root.
    #[serde(default)]
    #[schema(example = "ceramics")]
    parent: String,
    /// Its part of the path; made of the name if absent.
    #[serde(default)]
    #[schema(example = "bowls", max_length = 64)]
    slug: String,
    #[schema(example = "Bowls", min_length = 1, max_length = 120)]
    name: String,
    #[serde(default)]
    #[schema(example = "Cuencos", max_length = 120)]
    name_es: String,
    /// What its products say of themselves, beside what they inherit.
    #[serde(default)]
    #[schema(max_items = 60)]
    attributes: Vec<AttributeRequest>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeCategoryRequest)]
pub(super) struct Change {
    #[serde(default)]
    #[schema(example = "Bowls", max_length = 120)]
    name: Option<String>,
    #[serde(default)]
    #[schema(example = "Cuencos", max_length = 120)]
    name_es: Option<String>,
    /// Its part of the path, and of the addresses of everything below.
    #[serde(default)]
    #[schema(example = "bowls", max_length = 64)]
    slug: Option<String>,
    /// Path of the category it is to lie in, with everything below it; empty for the root.
    #[serde(default)]
    #[schema(example = "ceramics")]
    parent: Option<String>,
    /// Its place among its siblings, from 0; they make room.
    #[serde(default)]
    place: Option<u16>,
    /// All attributes that it defines itself.
    #[serde(default)]
    #[schema(max_items = 60)]
    attributes: Option<Vec<AttributeRequest>>,
}

/// The category tree with what each category defines, what it inherits, and its version.
#[utoipa::path(
    get, path = "/v1/admin/categories", operation_id = "list_tended_categories", tag = "catalog",
    responses(
        (status = 200, description = "The tree", body = Tree),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list(
    State(products): State<Products>,
    admin: Admin<perm::ManageCategories>,
) -> Result<Json<Tree>, Problem> {
    let items = products.tended_categories(&admin.ctx).await?;
    Ok(Json(Tree { items }))
}

/// One category with who changed it, when and how.
#[utoipa::path(
    get, path = "/v1/admin/categories/{id}", operation_id = "get_tended_category", tag = "catalog",
    params(("id" = CategoryId, Path, description = "The category")),
    responses(
        (status = 200, description = "The category", body = CategoryDossier, headers(("ETag" = String))),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn get(
    State(products): State<Products>,
    admin: Admin<perm::ManageCategories>,
    Path(id): Path<CategoryId>,
) -> Result<Response, Problem> {
    let dossier = products.tended_category(&admin.ctx, id).await?;
    let tag = etag(dossier.tended.version);
    Ok(([(header::ETAG, tag)], Json(dossier)).into_response())
}

/// Makes a category, behind its siblings.
#[utoipa::path(
    post, path = "/v1/admin/categories", operation_id = "create_category", tag = "catalog",
    request_body = Create,
    responses(
        (status = 201, description = "It is made", body = TendedCategory, headers(("ETag" = String))),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`, `category_invalid`, `category_unknown`, `category_too_deep`, `attribute_key_invalid`, `attribute_repeated`, `attribute_contradicts`, `unit_misplaced`, `values_misplaced`, `too_many`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`category_taken`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn create(
    State(products): State<Products>,
    admin: Admin<perm::ManageCategories>,
    Json(request): Json<Create>,
) -> Result<Response, Problem> {
    let new = NewCategory {
        parent: request.parent,
        slug: request.slug,
        name: request.name,
        name_es: request.name_es,
        attributes: request
            .attributes
            .into_iter()
            .map(CategoryAttribute::from)
            .collect(),
    };
    let made = products.create_category(&admin.ctx, new).await?;
    Ok((
        StatusCode::CREATED,
        [(header::ETAG, etag(made.version))],
        Json(made),
    )
        .into_response())
}

/// Renames, moves or reorders a category, or sets what its products say of themselves. What is absent stays as it is.
/// A move takes everything below along. Active products that lack what is required now stay, and their sellers are told.
#[utoipa::path(
    patch, path = "/v1/admin/categories/{id}", operation_id = "change_category", tag = "catalog",
    params(("id" = CategoryId, Path, description = "The category"), ("If-Match" = String, Header, description = "The `ETag` of the version you saw")),
    request_body = Change,
    responses(
        (status = 200, description = "Changed", body = TendedCategory, headers(("ETag" = String))),
        (status = 400, description = "`if_match`, `parameter_invalid`, `category_in_itself`, and what creating refuses", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`category_taken`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "`version_changed`, with the present `version`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn change(
    State(products): State<Products>,
    admin: Admin<perm::ManageCategories>,
    Path(id): Path<CategoryId>,
    IfMatch(version): IfMatch,
    Json(request): Json<Change>,
) -> Result<Response, Problem> {
    let attributes = request
        .attributes
        .map(|all| all.into_iter().map(CategoryAttribute::from).collect());
    let patch = CategoryPatch {
        name: request.name,
        name_es: request.name_es,
        slug: request.slug,
        parent: request.parent,
        place: request.place,
        attributes,
    };
    let changed = products.change_category(&admin.ctx, id, version, patch).await?;
    Ok(([(header::ETAG, etag(changed.version))], Json(changed)).into_response())
}
