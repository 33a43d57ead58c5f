//! How rules about listed products look from outside.

use crate::store::listings::ListingRuleRow;
use kernel::{Actor, DateTime, Fault, ListingRuleId, Money, TenantId};
use serde::Serialize;

/// What the marketplace charges shops for having products listed. A shop is charged by rules of its own currency; of those
/// that it meets, one for the shop holds before one for its plan, that before one for all, and of equals the newer.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ListingRule {
    id: ListingRuleId,
    #[serde(skip_serializing_if = "Option::is_none")]
    shop: Option<TenantId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// For each product.
    fee: Money,
    /// Hundredths of a percent of the fee, charged on top of it.
    tax_basis_points: u32,
    /// For how many days a product stays listed for it; absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    period_days: Option<u16>,
    valid_from: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<DateTime>,
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

impl ListingRule {
    pub fn new(row: ListingRuleRow) -> Result<Self, Fault> {
        let rule = row.rule()?;
        Ok(Self {
            id: rule.id,
            shop: rule.shop,
            plan: rule.plan,
            fee: rule.fee,
            tax_basis_points: rule.tax.0,
            period_days: rule.period_days,
            valid_from: rule.valid_from,
            valid_to: rule.valid_to,
            note: row.note,
            made_by: row.made_by.0,
            made_at: row.made_at,
            end_note: row.end_note,
            ended_by: row.ended_by.map(|by| by.0),
            ended_at: row.ended_at,
        })
    }
}
