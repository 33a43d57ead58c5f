//! The taxes in what is paid for an order, and what of them goes back with what is given back.

use super::undone::portion;
use super::{Part, Placed, SubOrder};
use contracts::taxes::{self as api, TaxOwner, TaxSum};
use kernel::{Currency, Money, allocate};
use serde::{Deserialize, Serialize};

/// The tax in what is paid for a line, or for a delivery: where it is owed, for what, at which rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    pub region: String,
    pub category: String,
    /// As printed.
    pub name: String,
    /// Millionths.
    pub rate: u32,
    /// Of what is paid, so much is tax.
    pub amount: i64,
    /// Whether the price had it in it; if not, it came on top.
    #[serde(default = "included", skip_serializing_if = "is_included")]
    pub included: bool,
}

fn included() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "fits `skip_serializing_if`")]
fn is_included(included: &bool) -> bool {
    *included
}

/// What of a tax came on top of the price.
#[must_use]
pub fn added(tax: Option<&Tax>) -> i64 {
    tax.filter(|tax| !tax.included).map_or(0, |tax| tax.amount)
}

impl Tax {
    #[must_use]
    pub fn view(&self, currency: Currency) -> api::Tax {
        api::Tax {
            region: self.region.clone(),
            category: self.category.clone(),
            name: self.name.clone(),
            rate_millionths: self.rate,
            amount: Money::new(self.amount, currency),
            included: self.included,
        }
    }
}

/// The taxes of some things by rate; of each, the tax and what is paid with it.
#[must_use]
pub fn by_rate<'a>(
    currency: Currency,
    things: impl IntoIterator<Item = (Option<&'a Tax>, i64)>,
) -> Vec<TaxSum> {
    let things = things.into_iter();
    let taxed: Vec<(api::Tax, i64)> = things
        .filter_map(|(tax, paid)| Some((tax?.view(currency), paid)))
        .collect();
    api::by_rate(currency, taxed.iter().map(|(tax, paid)| (tax, *paid)))
}

impl Part {
    /// What is paid for in it, the delivery last: each with its tax.
    fn things(&self) -> impl Iterator<Item = (Option<&Tax>, i64)> {
        let lines = self.lines.iter().map(|line| (line.tax.as_ref(), line.total()));
        lines.chain([(self.delivery.tax.as_ref(), self.delivery.price)])
    }

    /// What of its total is tax.
    #[must_use]
    pub fn tax(&self) -> i64 {
        self.things()
            .map(|(tax, _)| tax.map_or(0, |tax| tax.amount))
            .sum()
    }

    /// What of that the marketplace owes the authorities: all or nothing.
    #[must_use]
    pub fn tax_kept(&self) -> i64 {
        match self.tax_owed_by {
            TaxOwner::Marketplace => self.tax(),
            TaxOwner::Seller => 0,
        }
    }

    #[must_use]
    pub fn taxes(&self, currency: Currency) -> Vec<TaxSum> {
        by_rate(currency, self.things())
    }
}

impl Placed {
    /// What of its total is tax.
    #[must_use]
    pub fn tax(&self) -> i64 {
        self.parts.iter().map(Part::tax).sum()
    }

    #[must_use]
    pub fn taxes(&self) -> Vec<TaxSum> {
        api::together(self.parts.iter().flat_map(|part| part.taxes(self.currency)))
    }
}

/// One rate's share of what goes back.
#[derive(Clone, Copy, Debug, Default)]
struct Back {
    /// Of all that was paid, and the tax in it.
    paid: i64,
    tax: i64,
    /// The same of what was given back for lines and delivery as such.
    named: i64,
    named_tax: i64,
}

impl Back {
    fn of(sum: &TaxSum, things: &[(Option<&Tax>, i64, i64)]) -> Self {
        let own = things
            .iter()
            .filter(|(tax, ..)| tax.is_some_and(|tax| is_of(tax, sum)));
        own.fold(Self::default(), |back, (tax, paid, given)| {
            let tax = tax.map_or(0, |tax| tax.amount);
            Self {
                paid: back.paid + paid,
                tax: back.tax + tax,
                named: back.named + given,
                named_tax: back.named_tax + portion(tax, *given, *paid),
            }
        })
    }

    /// Of what was paid, what was not given back as such.
    fn left(&self) -> i64 {
        self.paid - self.named
    }
}

impl SubOrder<'_> {
    /// What of its tax has gone back: of a line and of the delivery as much as was given back of what was paid for them, and
    /// the rest with what was given back as an amount. Nothing is left of it when all that was paid has been given back.
    #[must_use]
    pub fn tax_refunded(&self) -> i64 {
        let given = self.progress.refunds.len();
        self.taxes_after(given).iter().map(|sum| sum.amount.amount).sum()
    }

    /// What of the tax that the marketplace owes it owes no more.
    #[must_use]
    pub fn tax_kept_refunded(&self) -> i64 {
        match self.part.tax_owed_by {
            TaxOwner::Marketplace => self.tax_refunded(),
            TaxOwner::Seller => 0,
        }
    }

    /// What of its taxes went back with the refund at a position, by rate.
    #[must_use]
    pub fn taxes_of_refund(&self, position: usize) -> Vec<TaxSum> {
        let before = self.taxes_after(position);
        let mut after = self.taxes_after(position + 1);
        for (sum, before) in after.iter_mut().zip(&before) {
            sum.amount.amount -= before.amount.amount;
            sum.base.amount -= before.base.amount;
        }
        after.retain(|sum| sum.amount.amount != 0 || sum.base.amount != 0);
        after
    }

    /// What of its taxes is back after the first so many refunds; one sum for each of its rates, in an order that stays.
    fn taxes_after(&self, refunds: usize) -> Vec<TaxSum> {
        let mut sums = self.part.taxes(self.order.currency());
        if sums.is_empty() {
            return sums;
        }
        let given = || {
            self.progress
                .refunds
                .iter()
                .take(refunds)
                .map(|given| &given.refund)
        };
        let of_lines = self.part.lines.iter().map(|line| {
            let own = given()
                .flat_map(|refund| &refund.lines)
                .filter(|refunded| refunded.line == line.id);
            let back: i64 = own.map(|refunded| refunded.amount).sum();
            (line.tax.as_ref(), line.total(), back)
        });
        let delivery = &self.part.delivery;
        let of_delivery = (
            delivery.tax.as_ref(),
            delivery.price,
            given().map(|refund| refund.delivery).sum(),
        );
        let things: Vec<(Option<&Tax>, i64, i64)> = of_lines.chain([of_delivery]).collect();
        let named: i64 = things.iter().map(|(_, _, back)| back).sum();
        let unnamed = given().map(|refund| refund.amount).sum::<i64>() - named;
        let unnamed_paid = self.part.total() - named;
        let backs: Vec<Back> = sums.iter().map(|sum| Back::of(sum, &things)).collect();
        // What belongs to no line falls on what is left of each rate, and on what is left untaxed.
        let taxed: i64 = backs.iter().map(Back::left).sum();
        let weights: Vec<u64> = backs
            .iter()
            .map(Back::left)
            .chain([unnamed_paid - taxed])
            .map(|left| u64::try_from(left).unwrap_or(0))
            .collect();
        for ((sum, back), share) in sums.iter_mut().zip(&backs).zip(allocate(unnamed, &weights)) {
            let tax = back.named_tax + portion(back.tax - back.named_tax, share, back.left());
            sum.amount.amount = tax;
            sum.base.amount = back.named + share - tax;
        }
        sums
    }
}

fn is_of(tax: &Tax, sum: &TaxSum) -> bool {
    tax.rate == sum.rate_millionths && tax.name == sum.name && tax.region == sum.region
}
