use crate::app::Ledger;
use axum::extract::State;
use chrono::NaiveDate;
use httpkit::{Csv, Problem, ProblemDocument, Query, Seller, perm};
use kernel::Currency;
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    #[param(value_type = String, example = "EUR")]
    currency: Currency,
    /// The first day, of UTC.
    #[param(example = "2026-11-01")]
    from: NaiveDate,
    /// The last day; at most a year later.
    #[param(example = "2026-11-30")]
    to: NaiveDate,
}

/// Reads the shop's whole statement as comma-separated lines, opening and closing balance included.
#[utoipa::path(
    get, path = "/v1/seller/statement.csv", tag = "ledger", operation_id = "get_seller_statement_csv",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = String, content_type = "text/csv", description = "Columns at, kind, reference, gross, commission, tax, net, balance, currency, entry"),
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
    let days = [parameters.from, parameters.to];
    let text = ledger
        .statement_as_lines(seller.tenant, parameters.currency, days)
        .await?;
    Ok(Csv {
        name: format!(
            "statement-{}-{}-{}.csv",
            parameters.currency, parameters.from, parameters.to
        ),
        lines: text.into_bytes(),
    })
}
