use super::view::{page, place};
use crate::app::Ledger;
use crate::store::entries::currency;
use crate::store::listings::ListingChargeRow;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, Query, perm};
use kernel::{Cursor, DateTime, EntryId, Fault, ListingRuleId, Money, Page, ProductId, TenantId};
use serde::{Deserialize, Serialize};

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

/// What a shop was charged for having a product listed.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ListingCharge {
    /// By which it can be reversed.
    entry: EntryId,
    product: ProductId,
    rule: ListingRuleId,
    fee: Money,
    /// On top of the fee.
    tax: Money,
    /// The time that it pays for.
    paid_from: DateTime,
    /// Absent: it pays for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_until: Option<DateTime>,
    at: DateTime,
    /// The entry that undid it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed_by: Option<EntryId>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl ListingCharge {
    fn new(row: ListingChargeRow) -> Result<Self, Fault> {
        let currency = currency(&row.currency)?;
        Ok(Self {
            entry: EntryId(row.entry_id),
            product: row.product_id,
            rule: row.rule_id,
            fee: Money::new(row.fee, currency),
            tax: Money::new(row.tax, currency),
            paid_from: row.paid_from,
            paid_until: row.paid_until,
            at: row.at,
            reversed_by: row.reversed_by.map(EntryId),
            reason: row.reason,
        })
    }
}

/// Lists what a shop was charged for its listed products, the latest first.
#[utoipa::path(
    get, path = "/v1/admin/ledger/shops/{id}/listing-charges", tag = "ledger", operation_id = "list_listing_charges",
    params(("id" = TenantId, Path, description = "The shop"), Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of charges", body = Page<ListingCharge>),
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
) -> Result<Json<Page<ListingCharge>>, Problem> {
    let place = place(parameters.after, parameters.limit)?;
    let rows = ledger
        .listing_charges(shop, place.before, place.limit.plus_one())
        .await?;
    Ok(Json(page(
        rows,
        place.limit,
        |row| row.entry_id.to_string(),
        ListingCharge::new,
    )?))
}
