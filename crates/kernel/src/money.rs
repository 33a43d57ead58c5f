//! Money: an integer of minor units and its currency. No floating point comes near it.
#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects)]

use crate::Currency;
use serde::{Deserialize, Serialize};

/// An amount in the minor unit of its currency (cents for EUR, yen for JPY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    /// Minor units: 1999 with EUR is 19.99 euros.
    #[schema(example = 1999)]
    pub amount: i64,
    pub currency: Currency,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("amounts in {0} and {1} cannot be combined; convert neither, keep them apart")]
    CurrencyMismatch(Currency, Currency),
    #[error("the amount is too large")]
    Overflow,
    #[error("`{0}` is not an amount in {1}; write digits with at most {2} decimals, such as 19.9")]
    NotAnAmount(String, Currency, u32),
}

/// Hundredths of a percent: 1250 is 12.5 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct BasisPoints(pub u32);

// `add` and `sub` can fail, which the operators' traits do not allow for.
#[allow(clippy::should_implement_trait)]
impl Money {
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    pub fn add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.amount
            .checked_add(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    pub fn sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.amount
            .checked_sub(other.amount)
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        self.amount
            .checked_mul(i64::from(quantity))
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// The share of `rate`, rounded half to even at the minor unit, so that many roundings do not drift one way.
    pub fn share(self, rate: BasisPoints) -> Result<Self, MoneyError> {
        let product = i128::from(self.amount)
            .checked_mul(i128::from(rate.0))
            .ok_or(MoneyError::Overflow)?;
        let amount = i64::try_from(div_half_even(product, 10_000)).map_err(|_| MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::add)
    }

    /// Parses `19.99`, `19,99` or `19` as an amount of `currency`.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let not_an_amount =
            || MoneyError::NotAnAmount(text.chars().take(32).collect(), currency, currency.decimals());
        let trimmed = text.trim();
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        // Zeros beyond the currency's decimals say nothing; other digits there would be lost money.
        let decimals = currency.decimals() as usize;
        let fraction = if fraction.len() > decimals {
            fraction.trim_end_matches('0')
        } else {
            fraction
        };
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > decimals {
            return Err(not_an_amount());
        }
        let minor: i64 = format!("{whole}{fraction:0<decimals$}")
            .parse()
            .map_err(|_| not_an_amount())?;
        let amount = if negative {
            minor.checked_neg().ok_or(MoneyError::Overflow)?
        } else {
            minor
        };
        Ok(Self { amount, currency })
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(self.currency, other.currency))
        }
    }
}

/// `1999 EUR` reads `19.99 EUR`. Pages format by locale; this is for logs and messages.
impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let decimals = self.currency.decimals() as usize;
        let digits = format!(
            "{:0>width$}",
            self.amount.unsigned_abs(),
            width = decimals.saturating_add(1)
        );
        let sign = if self.amount < 0 { "-" } else { "" };
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
        if decimals == 0 {
            write!(f, "{sign}{whole} {}", self.currency)
        } else {
            write!(f, "{sign}{whole}.{fraction} {}", self.currency)
        }
    }
}

/// Splits `total` in proportion to `weights`, exactly: the parts sum to the total, and the units that do not
/// divide go to the largest remainders (Hamilton's method), earlier parts first where remainders tie.
/// With no weight at all, the first part takes everything.
///
/// # Panics
/// Never; returns an empty list for no weights.
#[must_use]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "i128 holds every product of two i64 and u64 sums thereof"
)]
pub fn allocate(total: i64, weights: &[u64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|&w| i128::from(w)).sum();
    if weights.is_empty() {
        return Vec::new();
    }
    if sum == 0 {
        let mut parts = vec![0; weights.len()];
        parts[0] = total;
        return parts;
    }
    let magnitude = i128::from(total.unsigned_abs());
    let sign = i128::from(total.signum());
    let mut parts: Vec<i128> = weights.iter().map(|&w| magnitude * i128::from(w) / sum).collect();
    let mut by_remainder: Vec<(i128, usize)> = weights
        .iter()
        .enumerate()
        .map(|(i, &w)| (magnitude * i128::from(w) % sum, i))
        .collect();
    by_remainder.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let missing = magnitude - parts.iter().sum::<i128>();
    for &(_, i) in by_remainder.iter().take(usize::try_from(missing).unwrap_or(0)) {
        parts[i] += 1;
    }
    parts
        .into_iter()
        .map(|p| i64::try_from(p * sign).unwrap_or(i64::MAX))
        .collect()
}

/// Division that rounds half to even.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "the divisor is a positive constant"
)]
fn div_half_even(value: i128, divisor: i128) -> i128 {
    let (quotient, remainder) = (value.div_euclid(divisor), value.rem_euclid(divisor));
    match (remainder * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + (quotient & 1),
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    #[test]
    fn shares_round_half_to_even() {
        assert_eq!(eur(50).share(BasisPoints(100)), Ok(eur(0)));
        assert_eq!(eur(150).share(BasisPoints(100)), Ok(eur(2)));
        assert_eq!(eur(250).share(BasisPoints(100)), Ok(eur(2)));
        assert_eq!(eur(-150).share(BasisPoints(100)), Ok(eur(-2)));
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!(Money::parse("19.9", Currency::EUR), Ok(eur(1990)));
        assert_eq!(Money::parse("19,99", Currency::EUR), Ok(eur(1999)));
        assert_eq!(Money::parse("19.9900", Currency::EUR), Ok(eur(1999)));
        assert_eq!(Money::parse("-3", Currency::EUR), Ok(eur(-300)));
        assert_eq!(
            Money::parse("500", Currency::JPY),
            Ok(Money::new(500, Currency::JPY))
        );
        for bad in [
            "",
            "1.999",
            "1e3",
            "٣",
            "1.2.3",
            "99999999999999999999",
            "+5",
            "1,234.50",
        ] {
            assert!(Money::parse(bad, Currency::EUR).is_err(), "{bad}");
        }
    }

    #[test]
    fn currencies_do_not_mix() {
        assert!(eur(1).add(Money::new(1, Currency::USD)).is_err());
    }

    #[test]
    fn money_reads_with_its_own_decimals() {
        assert_eq!(eur(-5).to_string(), "-0.05 EUR");
        assert_eq!(Money::new(500, Currency::JPY).to_string(), "500 JPY");
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_total(total in any::<i64>(), weights in prop::collection::vec(any::<u64>(), 1..20)) {
            let parts = allocate(total, &weights);
            prop_assert_eq!(parts.iter().map(|&p| i128::from(p)).sum::<i128>(), i128::from(total));
        }

        #[test]
        fn no_part_strays_a_unit_from_its_share(total in 0i64..1_000_000_000, weights in prop::collection::vec(0u64..1_000_000, 1..20)) {
            let sum: u64 = weights.iter().sum();
            prop_assume!(sum > 0);
            for (part, weight) in allocate(total, &weights).into_iter().zip(&weights) {
                let exact = i128::from(total) * i128::from(*weight) / i128::from(sum);
                prop_assert!((i128::from(part) - exact) == 0 || (i128::from(part) - exact) == 1);
            }
        }

        #[test]
        fn printed_amounts_are_read_back(amount in any::<i64>().prop_filter("i64::MIN has no positive", |a| *a != i64::MIN)) {
            for currency in [Currency::EUR, Currency::JPY] {
                let money = Money::new(amount, currency);
                let text = money.to_string();
                prop_assert_eq!(Money::parse(text.split(' ').next().expect("amount"), currency), Ok(money));
            }
        }
    }
}
