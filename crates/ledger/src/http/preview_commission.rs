use super::commission_rule::CommissionRule;
use super::make_commission_rule::PLAN_CHARS_MAX;
use crate::app::Ledger;
use crate::domain::Sold;
use crate::error::Error;
use axum::extract::State;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, moment, perm, text};
use kernel::limits::AMOUNT_MINOR_MAX;
use kernel::{Currency, DateTime, Money, ProductId, TenantId};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    #[param(value_type = String)]
    shop: TenantId,
    #[param(value_type = String)]
    product: ProductId,
    /// The path of the product's category.
    #[param(max_length = 400)]
    category: Option<String>,
    /// Were the shop on this plan; the one it is on if absent.
    #[param(min_length = 1, max_length = 40)]
    plan: Option<String>,
    /// Units sold: 1 if absent.
    #[param(minimum = 1, maximum = 10_000)]
    quantity: Option<u32>,
    /// What all of them are sold for, in minor units.
    #[param(minimum = 0)]
    amount: i64,
    #[param(value_type = String, example = "EUR")]
    currency: Currency,
    /// When: now if absent.
    at: Option<DateTime>,
}

/// What a line would be charged.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CommissionPreview {
    commission: Money,
    /// On the commission.
    tax: Money,
    /// What is left for the shop.
    net: Money,
    /// The rule that holds; absent where the house's rate does.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<CommissionRule>,
}

/// Tells what a line would be charged if it were sold at a moment, and by which rule.
#[utoipa::path(
    get, path = "/v1/admin/ledger/commission-preview", tag = "ledger", operation_id = "preview_commission",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = CommissionPreview),
        (status = 400, description = "`field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ReadLedger>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<CommissionPreview>, Problem> {
    check(&parameters)?;
    let plan = parameters
        .plan
        .map(|plan| text::line("plan", &plan, PLAN_CHARS_MAX))
        .transpose()?;
    let at = parameters.at.map(|at| moment("at", at)).transpose()?;
    let total = Money::new(parameters.amount, parameters.currency);
    let sold = Sold {
        product: parameters.product,
        shop: parameters.shop,
        category: parameters.category.as_deref(),
        quantity: parameters.quantity.unwrap_or(1),
        total,
    };
    let at = at.unwrap_or(admin.ctx.now);
    let preview = ledger.preview(&sold, plan.as_deref(), at).await?;
    let money = |amount| Money::new(amount, total.currency);
    let (commission, tax) = (money(preview.charged.commission), money(preview.charged.tax));
    Ok(Json(CommissionPreview {
        commission,
        tax,
        net: total
            .sub(commission)
            .and_then(|rest| rest.sub(tax))
            .map_err(Error::from)?,
        rule: preview.rule.map(CommissionRule::new).transpose()?,
    }))
}

fn check(parameters: &Parameters) -> Result<(), Error> {
    let refuse = |field, detail: &str| {
        Err(Error::Field {
            field,
            detail: detail.to_owned(),
        })
    };
    if !(0..=AMOUNT_MINOR_MAX).contains(&parameters.amount) {
        return refuse(
            "amount",
            "An amount is not below zero, and not beyond all prices.",
        );
    }
    if parameters.quantity.is_some_and(|q| !(1..=10_000).contains(&q)) {
        return refuse("quantity", "Give 1 to 10000 units.");
    }
    Ok(())
}
