use crate::app::Ledger;
use axum::extract::State;
use chrono::NaiveDate;
use contracts::Language;
use httpkit::{Pdf, Problem, ProblemDocument, Query, Seller, perm};
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
    /// English where it is absent.
    #[serde(default)]
    #[param(inline)]
    lang: Language,
}

/// Reads the shop's statement on paper, as PDF: at most 5,000 movements; the comma-separated one takes more.
#[utoipa::path(
    get, path = "/v1/seller/statement.pdf", tag = "ledger", operation_id = "get_seller_statement_pdf",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf", description = "The statement"),
        (status = 400, description = "`parameter_invalid`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
    Query(parameters): Query<Parameters>,
) -> Result<Pdf, Problem> {
    let days = [parameters.from, parameters.to];
    let drawn = ledger.statement_on_paper(
        &seller.ctx,
        seller.tenant,
        parameters.currency,
        days,
        parameters.lang,
    );
    Ok(Pdf(drawn.await?))
}
