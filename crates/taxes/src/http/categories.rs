use super::{NAME_CHARS_MAX, note, refused};
use crate::app::{NewCategory, Taxes};
use crate::domain::STANDARD;
use crate::store::CategoryRow;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::taxes::{self as api, category_code};
use httpkit::{Admin, Json, Problem, ProblemDocument, perm, text};
use kernel::{Actor, DateTime, Fault};
use serde::{Deserialize, Serialize};

/// A kind of goods that is taxed alike.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TaxCategory {
    #[schema(example = "super_reduced")]
    code: String,
    #[schema(example = "Super-reduced")]
    name: String,
    /// The category whose rate holds where a region names none for this one; without it nothing is due there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "reduced")]
    otherwise: Option<String>,
    note: String,
    #[schema(value_type = Object)]
    made_by: Actor,
    made_at: DateTime,
}

impl From<CategoryRow> for TaxCategory {
    fn from(row: CategoryRow) -> Self {
        Self {
            code: row.code,
            name: row.name,
            otherwise: row.otherwise,
            note: row.note,
            made_by: row.made_by.0,
            made_at: row.made_at,
        }
    }
}

/// Every tax category.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TaxCategories {
    items: Vec<TaxCategory>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTaxCategory {
    /// Small letters, digits and underscores, a letter first. Products name it.
    #[schema(example = "books", min_length = 2, max_length = 40)]
    code: String,
    #[schema(example = "Books", min_length = 1, max_length = 80)]
    name: String,
    /// The category whose rate holds where a region names none for this one; `standard` if absent.
    #[serde(default)]
    #[schema(example = "super_reduced", min_length = 2, max_length = 40)]
    otherwise: Option<String>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

impl From<api::NewTaxCategory> for NewTaxCategory {
    fn from(new: api::NewTaxCategory) -> Self {
        Self {
            code: new.category.code,
            name: new.category.name,
            otherwise: new.category.otherwise,
            note: new.note,
        }
    }
}

impl NewTaxCategory {
    pub fn read(self) -> Result<NewCategory, Fault> {
        let shape = "Give 2 to 40 small letters, digits and underscores, a letter first.";
        if !category_code(&self.code) {
            return Err(refused("/code", shape));
        }
        let otherwise = self.otherwise.unwrap_or_else(|| STANDARD.to_owned());
        if !category_code(&otherwise) {
            return Err(refused("/otherwise", shape));
        }
        Ok(NewCategory {
            code: self.code,
            name: text::line("/name", &self.name, NAME_CHARS_MAX)?,
            otherwise: Some(otherwise),
            note: note(&self.note)?,
        })
    }
}

/// Lists the tax categories by their codes: at most 200.
#[utoipa::path(
    get, path = "/v1/admin/tax/categories", tag = "taxes", operation_id = "list_tax_categories",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All of them", body = TaxCategories),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(taxes): State<Taxes>,
    _admin: Admin<perm::ReadLedger>,
) -> Result<Json<TaxCategories>, Problem> {
    let rows = taxes.categories().await?;
    Ok(Json(TaxCategories {
        items: rows.into_iter().map(TaxCategory::from).collect(),
    }))
}

/// Makes a tax category.
#[utoipa::path(
    post, path = "/v1/admin/tax/categories", tag = "taxes", operation_id = "make_tax_category",
    request_body = NewTaxCategory,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It is made", body = TaxCategory),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such category to stand in for it", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`code_taken`, `too_many`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(taxes): State<Taxes>,
    admin: Admin<perm::ManageLedger>,
    Json(request): Json<NewTaxCategory>,
) -> Result<(StatusCode, Json<TaxCategory>), Problem> {
    let row = taxes.make_category(&admin.ctx, request.read()?).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}
