//! How commission rules look from outside.

use crate::error::Error;
use crate::store::commission::RuleRow;
use kernel::{Actor, CommissionRuleId, Currency, DateTime, Fault, ProductId, TenantId};
use serde::Serialize;

/// What the marketplace charges shops for some of their sales. Conditions that are absent are met by all; of the rules
/// that a line meets, the most specific holds: product before shop before deeper category before plan before currency,
/// then the newer.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CommissionRule {
    id: CommissionRuleId,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shop: Option<TenantId>,
    /// A category's path: met by all below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ceramics/bowls")]
    category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    /// Hundredths of a percent of the line's total.
    rate_basis_points: u32,
    /// Minor units of the currency, for each unit sold.
    fixed: i64,
    /// The least that rate and `fixed` come to, for each unit sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<i64>,
    /// And the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    cap: Option<i64>,
    /// Hundredths of a percent of the commission, charged on top of it.
    tax_basis_points: u32,
    valid_from: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<DateTime>,
    /// The rule that it took the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<CommissionRuleId>,
    note: String,
    #[schema(value_type = Object)]
    made_by: Actor,
    made_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    ended_by: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime>,
}

impl CommissionRule {
    pub fn new(row: RuleRow) -> Result<Self, Fault> {
        let rule = row.rule().map_err(|error: Error| Fault::from(error))?;
        Ok(Self {
            id: rule.id,
            product: rule.conditions.product,
            shop: rule.conditions.shop,
            category: rule.conditions.category,
            plan: rule.conditions.plan,
            currency: rule.conditions.currency,
            rate_basis_points: rule.tariff.rate.0,
            fixed: rule.tariff.fixed,
            floor: rule.tariff.floor,
            cap: rule.tariff.cap,
            tax_basis_points: rule.tariff.tax.0,
            valid_from: rule.valid_from,
            valid_to: rule.valid_to,
            replaces: row.replaces.map(CommissionRuleId),
            note: row.note,
            made_by: row.made_by.0,
            made_at: row.made_at,
            end_note: row.end_note,
            ended_by: row.ended_by.map(|by| by.0),
            ended_at: row.ended_at,
        })
    }
}
