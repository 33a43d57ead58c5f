use super::note;
use crate::app::{NewLiability, Taxes};
use crate::error::Error;
use crate::store::LiabilityRow;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::taxes::TaxOwner;
use httpkit::{Admin, Json, Problem, ProblemDocument, moment, perm};
use kernel::{Actor, DateTime};
use serde::{Deserialize, Serialize};

/// Who owes the authorities what buyers pay as tax, from a moment on.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TaxLiability {
    owner: TaxOwner,
    valid_from: DateTime,
    note: String,
    #[schema(value_type = Object)]
    made_by: Actor,
    made_at: DateTime,
}

impl TaxLiability {
    fn new(row: LiabilityRow) -> Result<Self, Error> {
        Ok(Self {
            owner: row.owner()?,
            valid_from: row.valid_from,
            note: row.note,
            made_by: row.made_by.0,
            made_at: row.made_at,
        })
    }
}

/// Who owed, owes and will owe the tax.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TaxLiabilities {
    /// The latest first. Until the first of them each shop owes the tax on what it sells.
    items: Vec<TaxLiability>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTaxLiability {
    /// `marketplace`: it is the facilitator, and keeps the tax back for the authorities; `seller`: each shop owes the tax on
    /// what it sells, and is paid it out.
    owner: TaxOwner,
    /// At least ten seconds ahead, which is also what is meant if it is absent.
    #[serde(default)]
    valid_from: Option<DateTime>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Lists who owed, owes and will owe the tax: the latest 1000.
#[utoipa::path(
    get, path = "/v1/admin/tax/liability", tag = "taxes", operation_id = "list_tax_liability",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All of them", body = TaxLiabilities),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(taxes): State<Taxes>,
    _admin: Admin<perm::ReadLedger>,
) -> Result<Json<TaxLiabilities>, Problem> {
    let rows = taxes.liabilities().await?;
    let items: Result<_, Error> = rows.into_iter().map(TaxLiability::new).collect();
    Ok(Json(TaxLiabilities { items: items? }))
}

/// Says who owes the tax from a moment on. Orders that were placed before stay as they are.
#[utoipa::path(
    post, path = "/v1/admin/tax/liability", tag = "taxes", operation_id = "set_tax_liability",
    request_body = NewTaxLiability,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It is said", body = TaxLiability),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(taxes): State<Taxes>,
    admin: Admin<perm::ManageLedger>,
    Json(request): Json<NewTaxLiability>,
) -> Result<(StatusCode, Json<TaxLiability>), Problem> {
    let new = NewLiability {
        owner: request.owner,
        valid_from: request
            .valid_from
            .map(|at| moment("/valid_from", at))
            .transpose()?,
        note: note(&request.note)?,
    };
    let row = taxes.set_liability(&admin.ctx, new).await?;
    Ok((StatusCode::CREATED, Json(TaxLiability::new(row)?)))
}
