use super::view::place;
use crate::app::Ledger;
use crate::domain::Statement;
use axum::extract::State;
use chrono::NaiveDate;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Currency, Cursor};
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
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Movements on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Reads the shop's statement: what it was owed, a page of what moved, oldest first, what it is owed.
///
/// What it comes to is of all movements, whichever page this is. They are all in `/v1/seller/statement.csv`.
#[utoipa::path(
    get, path = "/v1/seller/statement", tag = "ledger", operation_id = "get_seller_statement",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Statement),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Statement>, Problem> {
    let days = [parameters.from, parameters.to];
    let place = place(parameters.after, parameters.limit)?;
    let page = ledger.statement_page(
        seller.tenant,
        parameters.currency,
        days,
        place.before,
        place.limit,
    );
    Ok(Json(page.await?))
}
