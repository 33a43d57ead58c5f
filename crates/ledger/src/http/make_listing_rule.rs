use super::listing_rule::ListingRule;
use super::make_commission_rule::{PLAN_CHARS_MAX, WHOLE};
use super::place_hold::NOTE_CHARS_MAX;
use crate::app::{Ledger, NewListingRule};
use crate::error::Error;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Admin, Json, Problem, ProblemDocument, moment, perm, text};
use kernel::limits::AMOUNT_MINOR_MAX;
use kernel::{BasisPoints, DateTime, Money, TenantId};
use serde::Deserialize;

/// Days that one fee may pay for.
const PERIOD_DAYS_MAX: u16 = 366;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeListingRule {
    /// Only this shop; with neither shop nor plan, all shops of the fee's currency.
    #[serde(default)]
    shop: Option<TenantId>,
    /// Only shops on this plan.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40)]
    plan: Option<String>,
    /// For each product, not below zero. Zero frees those whom the rule is about.
    fee: Money,
    /// Hundredths of a percent of the fee, charged on top of it.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    tax_basis_points: u32,
    /// For how many days a product stays listed for it, 1 to 366; if absent it is paid once.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 366)]
    period_days: Option<u16>,
    /// At least ten seconds ahead, which is also what is meant if it is absent.
    #[serde(default)]
    valid_from: Option<DateTime>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Makes a rule about what shops pay for having products listed. Rules are never changed: end one, and make another. Products
/// for which something was paid are charged by a new rule when that time is over.
#[utoipa::path(
    post, path = "/v1/admin/ledger/listing-rules", tag = "ledger", operation_id = "make_listing_rule",
    request_body = MakeListingRule,
    security(("bearer" = [])),
    responses(
        (status = 201, body = ListingRule, description = "It is made"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_rules`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Json(request): Json<MakeListingRule>,
) -> Result<(StatusCode, Json<ListingRule>), Problem> {
    check(&request)?;
    let plan = request
        .plan
        .map(|plan| text::line("/plan", &plan, PLAN_CHARS_MAX));
    let from = request.valid_from.map(|at| moment("/valid_from", at));
    let rule = NewListingRule {
        shop: request.shop,
        plan: plan.transpose()?,
        fee: request.fee,
        tax: BasisPoints(request.tax_basis_points),
        period_days: request.period_days,
        valid_from: from.transpose()?,
        note: text::line("/note", &request.note, NOTE_CHARS_MAX)?,
    };
    let row = ledger.make_listing_rule(&admin.ctx, rule).await?;
    Ok((StatusCode::CREATED, Json(ListingRule::new(row)?)))
}

fn check(request: &MakeListingRule) -> Result<(), Error> {
    let refuse = |field, detail: String| Err(Error::Field { field, detail });
    if !(0..=AMOUNT_MINOR_MAX).contains(&request.fee.amount) {
        let detail = "An amount is not below zero, and not beyond all prices.";
        return refuse("/fee/amount", detail.to_owned());
    }
    if request.tax_basis_points > WHOLE {
        let detail = "Give 0 to 10000 hundredths of a percent.";
        return refuse("/tax_basis_points", detail.to_owned());
    }
    match request.period_days {
        Some(days) if !(1..=PERIOD_DAYS_MAX).contains(&days) => refuse(
            "/period_days",
            format!("Give 1 to {PERIOD_DAYS_MAX} days, or leave it out for a fee that is paid once."),
        ),
        _ => Ok(()),
    }
}
