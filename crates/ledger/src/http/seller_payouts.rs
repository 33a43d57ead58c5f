use super::view::{Payout, page, place};
use crate::app::Ledger;
use crate::domain::PayoutState;
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Cursor, Page};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Only those in this state.
    #[param(inline)]
    state: Option<PayoutState>,
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists the shop's payouts, newest first.
#[utoipa::path(
    get, path = "/v1/seller/payouts", tag = "ledger", operation_id = "list_seller_payouts",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of payouts", body = Page<Payout>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<Payout>>, Problem> {
    let place = place(parameters.after, parameters.limit)?;
    let rows = ledger
        .payouts(
            seller.tenant,
            parameters.state,
            place.before,
            place.limit.plus_one(),
        )
        .await?;
    Ok(Json(page(
        rows,
        place.limit,
        |row| row.id.to_string(),
        Payout::new,
    )?))
}
