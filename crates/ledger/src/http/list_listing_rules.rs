use super::listing_rule::ListingRule;
use super::view::{page, place};
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, perm};
use kernel::{Cursor, Page, TenantId};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Only those for one shop.
    #[param(value_type = Option<String>)]
    shop: Option<TenantId>,
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists rules about listed products, ended ones too, the latest first.
#[utoipa::path(
    get, path = "/v1/admin/ledger/listing-rules", tag = "ledger", operation_id = "list_listing_rules",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of rules", body = Page<ListingRule>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    _admin: Admin<perm::ReadLedger>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<ListingRule>>, Problem> {
    let place = place(parameters.after, parameters.limit)?;
    let rows = ledger
        .listing_rules(parameters.shop, place.before, place.limit.plus_one())
        .await?;
    Ok(Json(page(
        rows,
        place.limit,
        |row| row.id.to_string(),
        ListingRule::new,
    )?))
}
