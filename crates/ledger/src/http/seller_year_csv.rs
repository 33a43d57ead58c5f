use super::seller_year::Parameters;
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Csv, Problem, ProblemDocument, Query, Seller, perm};

/// Reads the shop's year as comma-separated lines: four quarters and the year for each currency.
#[utoipa::path(
    get, path = "/v1/seller/year.csv", tag = "ledger", operation_id = "get_seller_year_csv",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "Columns year, quarter, currency, sales, sold, refunds, refunded, commission, listing_fees, tax, paid_out; the quarter is empty where the whole year is meant"),
        (status = 400, description = "`parameter_invalid`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
    Query(parameters): Query<Parameters>,
) -> Result<Csv, Problem> {
    let text = ledger
        .year_as_lines(&seller.ctx, seller.tenant, parameters.year)
        .await?;
    Ok(Csv {
        name: format!("year-{}.csv", parameters.year),
        lines: text.into_bytes(),
    })
}
