//! A shop's statement: what it was owed, what moved, what it is owed.

use contracts::ledger::{Movement, Statement};
use kernel::{DateTime, Money, MoneyError};
use uuid::Uuid;

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

/// Sums the lines up, in the order in which they are given.
pub fn statement(opening: Money, lines: Vec<Line>) -> Result<Statement, MoneyError> {
    let money = |amount| Money::new(amount, opening.currency);
    let zero = money(0);
    let mut statement = Statement {
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
