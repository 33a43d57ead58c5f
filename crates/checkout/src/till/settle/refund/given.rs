//! What a refund takes from each shop, and what the order's history tells of it. Pure.

use super::super::decide::Case;
use super::Refunding;
use crate::error::Error;
use kernel::{TenantId, Timestamp};
use orders::domain::{Command, Event, Refusal, decide as decide_order};
use payments::domain::RefundedShare;
use std::collections::BTreeMap;

/// What a refund takes from one shop, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub tenant: TenantId,
    pub amount: i64,
    /// Of it, what the marketplace gives up.
    pub commission: i64,
    /// The tax on that.
    pub tax: i64,
    /// What the marketplace takes back of what it paid for discounts.
    pub funded: i64,
    /// What of the tax on what was sold the marketplace owes no more.
    pub sales_tax: i64,
}

impl Share {
    pub(super) fn of_payment(&self) -> RefundedShare {
        RefundedShare {
            tenant: self.tenant,
            amount: self.amount,
        }
    }
}

/// What the order's history tells of a refund, and what it takes from each shop. What it undoes of the sale is worked out
/// now: what was undone before, and this, are together what all that was given back undoes.
pub fn given_back(
    case: &Case,
    refund: &Refunding,
    now: Timestamp,
) -> Result<(Vec<Event>, Vec<Share>), Error> {
    let mut order = case.order.clone();
    let mut events = Vec::with_capacity(refund.parts.len());
    let mut shares: BTreeMap<TenantId, Share> = BTreeMap::new();
    for part in &refund.parts {
        let sub_order = order.sub_order(part.part).ok_or(Refusal::NoSuchPart)?;
        let (tenant, before) = (sub_order.part.tenant, sub_order.undone());
        let sales_tax_before = sub_order.tax_kept_refunded();
        for event in decide_order(Some(&order), &Command::Refund(part.clone()), now)? {
            order = order.then(now, event.clone());
            events.push(event);
        }
        let after = order.sub_order(part.part).ok_or(Refusal::NoSuchPart)?;
        let undone = after.undone().since(before);
        let share = shares.entry(tenant).or_insert(Share {
            tenant,
            amount: 0,
            commission: 0,
            tax: 0,
            funded: 0,
            sales_tax: 0,
        });
        share.amount += part.amount;
        share.commission += undone.commission;
        share.tax += undone.tax;
        share.funded += undone.funded;
        share.sales_tax += after.tax_kept_refunded() - sales_tax_before;
    }
    Ok((events, shares.into_values().collect()))
}
