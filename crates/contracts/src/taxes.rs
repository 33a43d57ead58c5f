//! Taxes: what of a price is tax, and who owes it.

use crate::service::service;
use kernel::{Currency, Cursor, DateTime, Money, Page, TaxRateId};
use serde::{Deserialize, Serialize};

/// Who owes the authorities what buyers pay as tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxOwner {
    /// Each shop, for what it sells: the tax is in what it is paid out.
    #[default]
    Seller,
    /// The marketplace, for all that is sold on it: the tax is kept back for the authorities.
    Marketplace,
}

/// The tax in what is paid for one line, or for one shop's delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tax {
    /// The tax region that the goods go to.
    #[schema(example = "ES")]
    pub region: String,
    /// The tax category of the goods.
    #[schema(example = "standard")]
    pub category: String,
    /// As printed.
    #[schema(example = "IVA 21 %")]
    pub name: String,
    /// Millionths: 210000 is 21 %.
    #[schema(example = 210_000)]
    pub rate_millionths: u32,
    /// Of what is paid, so much is tax.
    pub amount: Money,
    /// Whether the price had it in it; if not, it came on top. What is paid has it in it either way.
    pub included: bool,
}

/// All that is taxed alike, together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TaxSum {
    #[schema(example = "ES")]
    pub region: String,
    #[schema(example = "IVA 21 %")]
    pub name: String,
    /// Millionths: 210000 is 21 %.
    #[schema(example = 210_000)]
    pub rate_millionths: u32,
    /// What is paid, less the tax in it.
    pub base: Money,
    pub amount: Money,
}

/// A kind of goods that is taxed alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxCategoryCard {
    pub code: String,
    pub name: String,
    /// The category whose rate holds where a region names none for this one.
    pub otherwise: Option<String>,
}

/// A part of the world with taxes of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRegionCard {
    pub code: String,
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 3166-2. With no provinces and no postcodes it is what no other region has of its country.
    pub provinces: Vec<String>,
    /// What postcodes begin with.
    pub postcodes: Vec<String>,
}

/// How much tax a region asks for a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRateCard {
    pub id: TaxRateId,
    pub region: String,
    pub category: String,
    /// As printed.
    pub name: String,
    /// Millionths: 210000 is 21 %.
    pub millionths: u32,
    pub valid_from: DateTime,
    /// The first moment at which it does not hold any more.
    pub valid_until: Option<DateTime>,
    /// Where it is written.
    pub source: String,
}

/// Which rates to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRateQuery {
    pub region: Option<String>,
    /// Only those that hold at this moment.
    pub at: Option<DateTime>,
    pub after: Option<Cursor>,
    pub limit: u16,
}

/// A rate as an operator wishes it. It holds as soon as everybody can know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTaxRate {
    pub region: String,
    pub category: String,
    pub name: String,
    pub millionths: u32,
    /// A rate that ends when this one begins.
    pub replaces: Option<TaxRateId>,
    pub source: String,
    pub note: String,
}

/// A region as an operator wishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTaxRegion {
    pub region: TaxRegionCard,
    pub note: String,
}

/// A category as an operator wishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTaxCategory {
    pub category: TaxCategoryCard,
    pub note: String,
}

/// Who owes the tax from a moment on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxOwed {
    pub owner: TaxOwner,
    pub valid_from: DateTime,
    pub note: String,
}

service! {
    /// Tax regions, categories and rates.
    TaxDesk as "tax_desk", remote RemoteTaxDesk, served ServedTaxDesk {
        /// By their codes; sellers choose from them.
        fn categories() -> Vec<TaxCategoryCard>;
        /// For operators, as all below. By their codes.
        fn regions() -> Vec<TaxRegionCard>;
        fn rates(query: TaxRateQuery) -> Page<TaxRateCard>;
        /// The latest first; until the first of them each shop owes the tax on what it sells.
        fn owed() -> Vec<TaxOwed>;
        fn make_region(new: NewTaxRegion) -> TaxRegionCard;
        fn make_category(new: NewTaxCategory) -> TaxCategoryCard;
        fn make_rate(new: NewTaxRate) -> TaxRateCard;
        fn end_rate(id: TaxRateId, note: String) -> TaxRateCard;
        /// From as soon as everybody can know it.
        fn owe(owner: TaxOwner, note: String) -> TaxOwed;
    }
}

/// The tax category of goods that say nothing else.
pub const STANDARD: &str = "standard";

/// As a default of fields.
#[must_use]
pub fn standard() -> String {
    STANDARD.to_owned()
}

/// Whether a text is the code of a tax category: 2 to 40 small letters, digits and underscores, a letter first.
#[must_use]
pub fn category_code(text: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (2..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(is_sign)
}

/// Sums of taxes by rate, the highest first. Each is given with what is paid, the tax in it.
#[must_use]
pub fn by_rate<'a>(currency: Currency, taxes: impl IntoIterator<Item = (&'a Tax, i64)>) -> Vec<TaxSum> {
    let mut sums: Vec<TaxSum> = Vec::new();
    for (tax, paid) in taxes {
        let (amount, base) = (tax.amount.amount, paid.saturating_sub(tax.amount.amount));
        let same = |sum: &&mut TaxSum| {
            sum.rate_millionths == tax.rate_millionths && sum.name == tax.name && sum.region == tax.region
        };
        match sums.iter_mut().find(same) {
            Some(sum) => {
                sum.amount.amount = sum.amount.amount.saturating_add(amount);
                sum.base.amount = sum.base.amount.saturating_add(base);
            }
            None => sums.push(TaxSum {
                region: tax.region.clone(),
                name: tax.name.clone(),
                rate_millionths: tax.rate_millionths,
                base: Money::new(base, currency),
                amount: Money::new(amount, currency),
            }),
        }
    }
    sort(&mut sums);
    sums
}

/// The same over sums that were made before.
#[must_use]
pub fn together(parts: impl IntoIterator<Item = TaxSum>) -> Vec<TaxSum> {
    let mut sums: Vec<TaxSum> = Vec::new();
    for part in parts {
        let same = |sum: &&mut TaxSum| {
            sum.rate_millionths == part.rate_millionths && sum.name == part.name && sum.region == part.region
        };
        match sums.iter_mut().find(same) {
            Some(sum) => {
                sum.amount.amount = sum.amount.amount.saturating_add(part.amount.amount);
                sum.base.amount = sum.base.amount.saturating_add(part.base.amount);
            }
            None => sums.push(part),
        }
    }
    sort(&mut sums);
    sums
}

fn sort(sums: &mut [TaxSum]) {
    sums.sort_by(|a, b| {
        let rate = b.rate_millionths.cmp(&a.rate_millionths);
        rate.then_with(|| (&a.name, &a.region).cmp(&(&b.name, &b.region)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tax(name: &str, rate_millionths: u32, amount: i64) -> Tax {
        Tax {
            region: "ES".to_owned(),
            category: "standard".to_owned(),
            name: name.to_owned(),
            rate_millionths,
            amount: Money::new(amount, Currency::EUR),
            included: true,
        }
    }

    #[test]
    fn what_is_taxed_alike_is_one_sum_and_the_highest_rate_comes_first() {
        let taxes = [
            (tax("IVA 10 %", 100_000, 10), 110),
            (tax("IVA 21 %", 210_000, 21), 121),
            (tax("IVA 10 %", 100_000, 1), 11),
        ];
        let sums = by_rate(Currency::EUR, taxes.iter().map(|(tax, paid)| (tax, *paid)));
        let told: Vec<_> = sums
            .iter()
            .map(|s| (s.name.as_str(), s.base.amount, s.amount.amount))
            .collect();
        assert_eq!(told, [("IVA 21 %", 100, 21), ("IVA 10 %", 110, 11)]);
        let twice = together(sums.clone().into_iter().chain(sums));
        assert_eq!(twice[1].base.amount, 220);
    }
}
