//! A shop's statement: what it was owed, what moved, what it is owed.

use kernel::{DateTime, Money, MoneyError};
use serde::Serialize;
use uuid::Uuid;

/// One movement of what a shop is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Movement {
    /// The ledger's entry.
    pub entry: Uuid,
    pub at: DateTime,
    /// Such as `sale`, `refund`, `payout`, `hold`; for a reversal, of what it reverses.
    pub kind: String,
    /// Whether it undoes an earlier movement of this kind.
    pub reversal: bool,
    /// The order, payout or hold that it is about.
    pub reference: Uuid,
    /// What the buyer paid or got back, with what the marketplace pays for its discounts.
    pub gross: Money,
    /// What the marketplace kept of it; negative when it was given back.
    pub commission: Money,
    /// Tax kept for the authorities; negative when it was given back.
    pub tax: Money,
    /// What the shop is owed more, or less, by it: gross less commission and tax.
    pub net: Money,
    /// What the shop was owed after it.
    pub balance: Money,
}

/// A shop's account in one currency over some days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Statement {
    pub opening: Money,
    pub commission: Money,
    pub tax: Money,
    /// What went to the shop's bank, less what came back.
    pub payouts: Money,
    pub closing: Money,
    pub movements: Vec<Movement>,
}

/// What an entry did to one shop's accounts: credits positive, as the shop sees them.
#[derive(Clone, Debug)]
pub struct Line {
    pub entry: Uuid,
    pub at: DateTime,
    pub kind: String,
    pub reversal: bool,
    pub reference: Uuid,
    pub net: i64,
    pub commission: i64,
    pub tax: i64,
}

impl Statement {
    /// Sums the lines up, in the order in which they are given.
    pub fn new(opening: Money, lines: Vec<Line>) -> Result<Self, MoneyError> {
        let money = |amount| Money::new(amount, opening.currency);
        let zero = money(0);
        let mut statement = Self {
            opening,
            commission: zero,
            tax: zero,
            payouts: zero,
            closing: opening,
            movements: Vec::with_capacity(lines.len()),
        };
        for line in lines {
            let (net, commission, tax) = (money(line.net), money(line.commission), money(line.tax));
            statement.closing = statement.closing.add(net)?;
            statement.commission = statement.commission.add(commission)?;
            statement.tax = statement.tax.add(tax)?;
            if line.kind == "payout" {
                statement.payouts = statement.payouts.sub(net)?;
            }
            statement.movements.push(Movement {
                entry: line.entry,
                at: line.at,
                kind: line.kind,
                reversal: line.reversal,
                reference: line.reference,
                gross: net.add(commission)?.add(tax)?,
                commission,
                tax,
                net,
                balance: statement.closing,
            });
        }
        Ok(statement)
    }
}
