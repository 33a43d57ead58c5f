use super::commission_rule::CommissionRule;
use super::place_hold::NOTE_CHARS_MAX;
use crate::app::{Ledger, NewRule};
use crate::domain::{Conditions, Tariff};
use crate::error::Error;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::ledger::MakeRule;
use httpkit::{Admin, Json, Problem, ProblemDocument, moment, perm, text};
use kernel::limits::AMOUNT_MINOR_MAX;
use kernel::{BasisPoints, CommissionRuleId, Currency, DateTime, Fault, ProductId, TenantId};
use serde::Deserialize;

/// Characters of a plan's name.
pub const PLAN_CHARS_MAX: usize = 40;
/// Characters of a category's path.
const CATEGORY_CHARS_MAX: usize = 400;
/// Hundredths of a percent.
pub const WHOLE: u32 = 10_000;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommissionRule {
    #[serde(default)]
    product: Option<ProductId>,
    #[serde(default)]
    shop: Option<TenantId>,
    /// A category's path: met by all below it.
    #[serde(default)]
    #[schema(example = "ceramics/bowls", min_length = 1, max_length = 400)]
    category: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40)]
    plan: Option<String>,
    /// Needed where `fixed`, `floor` or `cap` is given.
    #[serde(default)]
    currency: Option<Currency>,
    /// Hundredths of a percent of the line's total.
    #[schema(minimum = 0, maximum = 10_000)]
    rate_basis_points: u32,
    /// Minor units of the currency, for each unit sold.
    #[serde(default)]
    #[schema(minimum = 0)]
    fixed: i64,
    /// The least that rate and `fixed` come to, for each unit sold.
    #[serde(default)]
    #[schema(minimum = 0)]
    floor: Option<i64>,
    /// And the most; not below `floor`.
    #[serde(default)]
    #[schema(minimum = 0)]
    cap: Option<i64>,
    /// Hundredths of a percent of the commission, charged on top of it.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    tax_basis_points: u32,
    /// At least ten seconds ahead, which is also what is meant if it is absent.
    #[serde(default)]
    valid_from: Option<DateTime>,
    /// A rule that ends when this one begins.
    #[serde(default)]
    replaces: Option<CommissionRuleId>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Makes a commission rule. Rules are never changed: to change one, make another that `replaces` it. Orders keep what they
/// were charged when they were placed.
#[utoipa::path(
    post, path = "/v1/admin/ledger/commission-rules", tag = "ledger", operation_id = "make_commission_rule",
    request_body = NewCommissionRule,
    security(("bearer" = [])),
    responses(
        (status = 201, body = CommissionRule, description = "It is made"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such shop, or no such rule to replace", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`rule_ended`: the rule to replace has an end already; `too_many_rules`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Json(request): Json<NewCommissionRule>,
) -> Result<(StatusCode, Json<CommissionRule>), Problem> {
    let rule = request.read()?;
    let row = ledger.make_rule(&admin.ctx, rule).await?;
    Ok((StatusCode::CREATED, Json(CommissionRule::new(row)?)))
}

impl NewCommissionRule {
    /// What it says, if it can be meant.
    pub(crate) fn read(self) -> Result<NewRule, Fault> {
        check(&self)?;
        let line = |pointer, given: Option<String>, max| {
            given.map(|given| text::line(pointer, &given, max)).transpose()
        };
        Ok(NewRule {
            conditions: Conditions {
                product: self.product,
                shop: self.shop,
                category: line("/category", self.category, CATEGORY_CHARS_MAX)?,
                plan: line("/plan", self.plan, PLAN_CHARS_MAX)?,
                currency: self.currency,
            },
            tariff: Tariff {
                rate: BasisPoints(self.rate_basis_points),
                fixed: self.fixed,
                floor: self.floor,
                cap: self.cap,
                tax: BasisPoints(self.tax_basis_points),
            },
            valid_from: self.valid_from.map(|at| moment("/valid_from", at)).transpose()?,
            replaces: self.replaces,
            note: text::line("/note", &self.note, NOTE_CHARS_MAX)?,
        })
    }
}

/// As a page of the back office says it.
impl From<MakeRule> for NewCommissionRule {
    fn from(new: MakeRule) -> Self {
        Self {
            product: new.scope.product,
            shop: new.scope.shop,
            category: new.scope.category,
            plan: new.scope.plan,
            currency: new.scope.currency,
            rate_basis_points: new.tariff.rate_basis_points,
            fixed: new.tariff.fixed,
            floor: new.tariff.floor,
            cap: new.tariff.cap,
            tax_basis_points: new.tariff.tax_basis_points,
            valid_from: new.valid_from,
            replaces: new.replaces,
            note: new.note,
        }
    }
}

fn check(request: &NewCommissionRule) -> Result<(), Error> {
    let refuse = |field, detail: &str| {
        Err(Error::Field {
            field,
            detail: detail.to_owned(),
        })
    };
    if request.rate_basis_points > WHOLE {
        return refuse("/rate_basis_points", "Give 0 to 10000 hundredths of a percent.");
    }
    if request.tax_basis_points > WHOLE {
        return refuse("/tax_basis_points", "Give 0 to 10000 hundredths of a percent.");
    }
    let amounts = [
        ("/fixed", Some(request.fixed)),
        ("/floor", request.floor),
        ("/cap", request.cap),
    ];
    for (field, amount) in amounts {
        if amount.is_some_and(|amount| !(0..=AMOUNT_MINOR_MAX).contains(&amount)) {
            return refuse(field, "An amount is not below zero, and not beyond all prices.");
        }
        if request.currency.is_none() && amount.is_some_and(|amount| field != "/fixed" || amount != 0) {
            return refuse(
                "/currency",
                "Amounts are of a currency: name it, or give a rate alone.",
            );
        }
    }
    match (request.floor, request.cap) {
        (Some(floor), Some(cap)) if cap < floor => refuse("/cap", "`cap` is not below `floor`."),
        _ => Ok(()),
    }
}
