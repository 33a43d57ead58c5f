//! What a shop sold, was charged and was paid in a calendar year of UTC, quarter by quarter, in each currency.

use kernel::{Currency, Money, MoneyError};
use serde::Serialize;

/// Some months of a shop in one currency. Corrections count where they were made, not where what they correct was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Takings {
    /// Orders that it had a part in.
    pub sales: u64,
    /// What buyers paid for them, taxes included, with what the marketplace paid for its discounts.
    pub sold: Money,
    /// How often something of it was given back.
    pub refunds: u64,
    pub refunded: Money,
    /// What the marketplace kept, less what it gave back.
    pub commission: Money,
    pub listing_fees: Money,
    /// Kept for the authorities: tax on commission and fees and, where the marketplace owes it, on what was sold.
    pub tax: Money,
    /// What went to the shop's bank, less what came back.
    pub paid_out: Money,
}

impl Takings {
    #[must_use]
    pub fn none(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self {
            sales: 0,
            sold: zero,
            refunds: 0,
            refunded: zero,
            commission: zero,
            listing_fees: zero,
            tax: zero,
            paid_out: zero,
        }
    }

    fn add(&self, other: &Self) -> Result<Self, MoneyError> {
        Ok(Self {
            sales: self.sales.saturating_add(other.sales),
            sold: self.sold.add(other.sold)?,
            refunds: self.refunds.saturating_add(other.refunds),
            refunded: self.refunded.add(other.refunded)?,
            commission: self.commission.add(other.commission)?,
            listing_fees: self.listing_fees.add(other.listing_fees)?,
            tax: self.tax.add(other.tax)?,
            paid_out: self.paid_out.add(other.paid_out)?,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct YearInCurrency {
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// From January to March, and so on: four.
    pub quarters: Vec<Takings>,
    pub year: Takings,
}

/// Sums up what happened in quarters, 1 to 4, of one currency after the other.
pub fn year(rows: Vec<(u8, Takings)>) -> Result<Vec<YearInCurrency>, MoneyError> {
    let mut years: Vec<YearInCurrency> = Vec::new();
    for (quarter, takings) in rows {
        let currency = takings.sold.currency;
        if years.last().is_none_or(|year| year.currency != currency) {
            years.push(YearInCurrency {
                currency,
                quarters: vec![Takings::none(currency); 4],
                year: Takings::none(currency),
            });
        }
        let Some(year) = years.last_mut() else { continue };
        year.year = year.year.add(&takings)?;
        let place = usize::from(quarter.saturating_sub(1)).min(3);
        year.quarters[place] = takings;
    }
    Ok(years)
}
