use super::view::{page, place};
use crate::app::Ledger;
use crate::store::terms::ChangeRow;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, Query, perm};
use kernel::{Actor, Cursor, DateTime, Fault, Page, TenantId};
use serde::{Deserialize, Serialize};

/// A change to a shop's terms: how it is paid, what is held, its plan.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TermsChange {
    at: DateTime,
    #[schema(value_type = Object)]
    by: Actor,
    /// All terms as they were after it.
    #[schema(value_type = Object)]
    terms: serde_json::Value,
}

impl TermsChange {
    #[allow(clippy::unnecessary_wraps, reason = "fits `page`")]
    fn new(row: ChangeRow) -> Result<Self, Fault> {
        Ok(Self {
            at: row.at,
            by: row.actor.0,
            terms: row.terms.0,
        })
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists who changed a shop's terms, and to what, the latest first.
#[utoipa::path(
    get, path = "/v1/admin/ledger/shops/{id}/terms/changes", tag = "ledger", operation_id = "list_terms_changes",
    params(("id" = TenantId, Path, description = "The shop"), Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of changes", body = Page<TermsChange>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: that is no shop's id", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    _admin: Admin<perm::ReadLedger>,
    Path(shop): Path<TenantId>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<TermsChange>>, Problem> {
    let place = place(parameters.after, parameters.limit)?;
    let rows = ledger
        .terms_changes(shop, place.before, place.limit.plus_one())
        .await?;
    Ok(Json(page(
        rows,
        place.limit,
        |row| row.id.to_string(),
        TermsChange::new,
    )?))
}
