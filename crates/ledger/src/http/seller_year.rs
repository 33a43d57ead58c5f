use crate::app::Ledger;
use crate::domain::YearInCurrency;
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// A calendar year of UTC, from 2000 to the present one.
    #[param(minimum = 2000, example = 2026)]
    pub year: i32,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct YearReport {
    year: i32,
    /// One for each currency in which something happened.
    currencies: Vec<YearInCurrency>,
}

/// Reads what the shop sold, was charged and was paid in a calendar year, by quarter and currency; of the present year, so far.
#[utoipa::path(
    get, path = "/v1/seller/year", tag = "ledger", operation_id = "get_seller_year",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = YearReport),
        (status = 400, description = "`parameter_invalid`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<YearReport>, Problem> {
    let year = parameters.year;
    let currencies = ledger.year(&seller.ctx, seller.tenant, year).await?;
    Ok(Json(YearReport { year, currencies }))
}
