use super::view::{Hold, HoldState, page, place};
use crate::app::Ledger;
use crate::store::holds::Wanted;
use ::store::Scope;
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
    state: Option<HoldState>,
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists the shop's money that is held back, newest first.
#[utoipa::path(
    get, path = "/v1/seller/holds", tag = "ledger", operation_id = "list_seller_holds",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of holds", body = Page<Hold>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    seller: Seller<perm::ReadPayouts>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<Hold>>, Problem> {
    let place = place(parameters.after, parameters.limit)?;
    let wanted = Wanted {
        tenant: Some(seller.tenant),
        state: parameters.state.map(HoldState::name),
        before: place.before,
    };
    let rows = ledger
        .holds(Scope::Tenant(seller.tenant), &wanted, place.limit.plus_one())
        .await?;
    Ok(Json(page(
        rows,
        place.limit,
        |row| row.id.to_string(),
        Hold::for_seller,
    )?))
}
