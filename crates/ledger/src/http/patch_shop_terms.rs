use super::make_commission_rule::PLAN_CHARS_MAX;
use super::put_schedule::PayoutTerms;
use crate::app::{Ledger, Rules};
use crate::error::Error;
use crate::provider::DESTINATIONS;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm, text};
use kernel::TenantId;
use serde::Deserialize;

/// What is absent stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopTerms {
    /// Days between delivery and release of a sale; for sales from now on.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 365)]
    hold_days: Option<i16>,
    /// Hundredths of a percent of each released sale that are reserved against later refunds.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    reserve_basis_points: Option<i32>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    reserve_days: Option<i16>,
    /// The payout provider's token for the shop's bank account, never its number.
    #[serde(default)]
    #[schema(example = "sandbox:bank")]
    destination: Option<String>,
    /// The plan by which commission rules name the shop.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40, example = "pro")]
    plan: Option<String>,
}

/// Changes for how long a shop's money is held, how much is reserved, where payouts go, and the shop's plan.
#[utoipa::path(
    patch, path = "/v1/admin/ledger/shops/{id}/terms", tag = "ledger", operation_id = "patch_shop_terms",
    params(("id" = TenantId, Path, description = "The shop")),
    request_body = ShopTerms,
    security(("bearer" = [])),
    responses(
        (status = 200, body = PayoutTerms),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Path(tenant): Path<TenantId>,
    Json(request): Json<ShopTerms>,
) -> Result<Json<PayoutTerms>, Problem> {
    check(&request)?;
    let rules = Rules {
        hold_days: request.hold_days,
        reserve_bp: request.reserve_basis_points,
        reserve_days: request.reserve_days,
        destination: request.destination,
        plan: request
            .plan
            .map(|plan| text::line("/plan", &plan, PLAN_CHARS_MAX))
            .transpose()?,
    };
    ledger.set_rules(&admin.ctx, tenant, &rules).await?;
    Ok(Json(PayoutTerms::new(ledger.terms(tenant).await?)))
}

fn check(request: &ShopTerms) -> Result<(), Error> {
    let refuse = |field, detail: &str| {
        Err(Error::Field {
            field,
            detail: detail.to_owned(),
        })
    };
    if request.hold_days.is_some_and(|days| !(0..=365).contains(&days)) {
        return refuse("/hold_days", "Give 0 to 365 days.");
    }
    if request
        .reserve_basis_points
        .is_some_and(|bp| !(0..=10_000).contains(&bp))
    {
        return refuse(
            "/reserve_basis_points",
            "Give 0 to 10000 hundredths of a percent.",
        );
    }
    if request
        .reserve_days
        .is_some_and(|days| !(1..=365).contains(&days))
    {
        return refuse("/reserve_days", "Give 1 to 365 days.");
    }
    let is_known = |token: &String| DESTINATIONS.contains(&token.as_str());
    if request.destination.as_ref().is_some_and(|token| !is_known(token)) {
        let known = DESTINATIONS.join(", ");
        return refuse(
            "/destination",
            &format!("The payout provider knows no such account; use one of {known}."),
        );
    }
    Ok(())
}
