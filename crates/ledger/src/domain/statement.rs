//! A shop's statement: what it was owed, what moved, what it is owed.

use contracts::ledger::{Movement, Statement};
use kernel::{Cursor, DateTime, Money, MoneyError};
use std::fmt;
use std::str::FromStr;
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

/// Where a movement stands among a shop's: by its time, and among those of one time by its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub at: DateTime,
    pub entry: Uuid,
}

impl Place {
    /// Before the first movement of that time.
    #[must_use]
    pub fn before(at: DateTime) -> Self {
        Self {
            at,
            entry: Uuid::nil(),
        }
    }

    #[must_use]
    pub fn of(line: &Line) -> Self {
        Self {
            at: line.at,
            entry: line.entry,
        }
    }
}

/// Microseconds since 1970, which is as fine as the database's times, and the entry.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.timestamp_micros(), self.entry.simple())
    }
}

/// Not as [`Place`] writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (micros, entry) = text.split_once('-').ok_or(NoPlace)?;
        let at = micros.parse().ok().and_then(DateTime::from_timestamp_micros);
        let place = Self {
            at: at.ok_or(NoPlace)?,
            entry: Uuid::try_parse(entry).map_err(|_| NoPlace)?,
        };
        // There is one way to write each.
        Some(place).filter(|one| one.to_string() == text).ok_or(NoPlace)
    }
}

/// What all movements of some days come to: credits positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    pub net: i64,
    pub commission: i64,
    pub tax: i64,
    /// What went to the shop's bank, less what came back.
    pub payouts: i64,
}

/// Sums the lines up, in the order in which they are given.
pub fn statement(opening: Money, lines: Vec<Line>) -> Result<Statement, MoneyError> {
    let money = |amount| Money::new(amount, opening.currency);
    let zero = money(0);
    let (mut commission, mut tax, mut payouts) = (zero, zero, zero);
    for line in &lines {
        commission = commission.add(money(line.commission))?;
        tax = tax.add(money(line.tax))?;
        if line.kind == "payout" {
            payouts = payouts.sub(money(line.net))?;
        }
    }
    let movements = movements(opening, lines)?;
    Ok(Statement {
        opening,
        commission,
        tax,
        payouts,
        closing: movements.last().map_or(opening, |last| last.balance),
        movements,
        next: None,
    })
}

/// A page of one, of which the sums are known: `owed` is what the shop was owed before the first of the lines.
pub fn statement_page(
    opening: Money,
    sums: Sums,
    owed: Money,
    lines: Vec<Line>,
    next: Option<Place>,
) -> Result<Statement, MoneyError> {
    let money = |amount| Money::new(amount, opening.currency);
    Ok(Statement {
        opening,
        commission: money(sums.commission),
        tax: money(sums.tax),
        payouts: money(sums.payouts),
        closing: opening.add(money(sums.net))?,
        movements: movements(owed, lines)?,
        next: next.map(|place| Cursor(place.to_string())),
    })
}

/// The lines with what the shop was owed after each.
fn movements(owed: Money, lines: Vec<Line>) -> Result<Vec<Movement>, MoneyError> {
    let money = |amount| Money::new(amount, owed.currency);
    let mut movements = Vec::with_capacity(lines.len());
    let mut balance = owed;
    for line in lines {
        let (net, commission, tax) = (money(line.net), money(line.commission), money(line.tax));
        balance = balance.add(net)?;
        movements.push(Movement {
            entry: line.entry,
            at: line.at,
            kind: line.kind,
            reversal: line.reversal,
            reference: line.reference,
            gross: net.add(commission)?.add(tax)?,
            commission,
            tax,
            net,
            balance,
        });
    }
    Ok(movements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_no_other_way() {
        let place = Place {
            at: DateTime::from_timestamp_micros(1_764_000_000_123_456).expect("a time"),
            entry: Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001),
        };
        let written = place.to_string();
        assert_eq!(written, "1764000000123456-01980000000070008000000000000001");
        assert_eq!(written.parse(), Ok(place));
        let wrong = [
            "",
            "-",
            "1764000000123456",
            "-1764000000123456-01980000000070008000000000000001",
            "+1764000000123456-01980000000070008000000000000001",
            "1764000000123456-01980000-0000-7000-8000-000000000001",
            "9223372036854775807-01980000000070008000000000000001",
        ];
        for wrong in wrong {
            assert_eq!(wrong.parse::<Place>(), Err(NoPlace), "{wrong}");
        }
    }
}
