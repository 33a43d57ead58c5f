//! Amounts as providers write them, exactly or not at all.

use kernel::{Currency, Money};

/// An amount that a provider cannot be told without changing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This means of payment does not take {} {}.", decimal(*.0, .0.currency.decimals()).unwrap_or_default(), .0.currency)]
pub struct Unpayable(pub Money);

/// How a provider counts a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Decimals of the provider's unit, which may differ from ISO 4217's.
    pub decimals: u32,
    /// The provider's amounts are multiples of this many of its units.
    pub step: i64,
}

impl Format {
    #[must_use]
    pub const fn new(decimals: u32, step: i64) -> Self {
        Self { decimals, step }
    }

    /// The amount in the provider's units.
    pub fn units(self, money: Money) -> Result<i64, Unpayable> {
        rescaled(money.amount, money.currency.decimals(), self.decimals)
            .filter(|units| *units > 0 && units % self.step == 0)
            .ok_or(Unpayable(money))
    }

    /// The amount that the provider's units stand for; none if ours cannot express it.
    #[must_use]
    pub fn money(self, units: i64, currency: Currency) -> Option<Money> {
        rescaled(units, self.decimals, currency.decimals()).map(|amount| Money::new(amount, currency))
    }
}

/// A currency by its code, in either case.
#[must_use]
pub fn currency(code: &str) -> Option<Currency> {
    code.to_ascii_uppercase().parse().ok()
}

/// The amount with exactly so many decimals and a point, such as `12.30`; none if it has more.
#[must_use]
pub fn decimal(money: Money, decimals: u32) -> Option<String> {
    let units = rescaled(money.amount, money.currency.decimals(), decimals)?;
    let sign = if units < 0 { "-" } else { "" };
    let digits = units.unsigned_abs().to_string();
    let places = usize::try_from(decimals).ok()?;
    if places == 0 {
        return Some(format!("{sign}{digits}"));
    }
    let digits = format!("{digits:0>width$}", width = places.checked_add(1)?);
    let (whole, rest) = digits.split_at(digits.len().checked_sub(places)?);
    Some(format!("{sign}{whole}.{rest}"))
}

/// Reads what [`decimal`] writes. Fewer decimals than the currency has will do, more only if they are zeros.
#[must_use]
pub fn read_decimal(text: &str, currency: Currency) -> Option<Money> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(rest) || rest.len() > 9 {
        return None;
    }
    let units: i64 = format!("{whole}{rest}").parse().ok()?;
    let decimals = u32::try_from(rest.len()).ok()?;
    rescaled(units, decimals, currency.decimals()).map(|amount| Money::new(amount, currency))
}

fn rescaled(units: i64, from: u32, to: u32) -> Option<i64> {
    if to >= from {
        return units.checked_mul(10_i64.checked_pow(to.checked_sub(from)?)?);
    }
    let divisor = 10_i64.checked_pow(from.checked_sub(to)?)?;
    (units.checked_rem(divisor)? == 0).then_some(())?;
    units.checked_div(divisor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currencies() -> impl Strategy<Value = Currency> {
        proptest::sample::select(Currency::all().collect::<Vec<_>>())
    }

    fn money(amount: i64, code: &str) -> Money {
        Money::new(amount, code.parse().expect("a currency"))
    }

    #[test]
    fn decimals_are_written_in_full() {
        let of = |amount, code: &str, decimals| decimal(money(amount, code), decimals);
        assert_eq!(of(1234, "EUR", 2).as_deref(), Some("12.34"));
        assert_eq!(of(5, "EUR", 2).as_deref(), Some("0.05"));
        assert_eq!(of(-5, "EUR", 2).as_deref(), Some("-0.05"));
        assert_eq!(of(500, "JPY", 0).as_deref(), Some("500"));
        assert_eq!(of(1200, "HUF", 0).as_deref(), Some("12"));
        assert_eq!(of(1250, "HUF", 0), None, "half a forint cannot be said");
        assert_eq!(of(1, "KWD", 3).as_deref(), Some("0.001"));
    }

    #[test]
    fn what_is_not_an_amount_is_not_read() {
        for text in [
            "",
            ".5",
            "-1",
            "1,5",
            "1.2.3",
            "1e3",
            "12.345",
            "99999999999999999999",
        ] {
            assert_eq!(read_decimal(text, Currency::EUR), None, "{text}");
        }
        assert_eq!(read_decimal("12.340", Currency::EUR), Some(money(1234, "EUR")));
        assert_eq!(read_decimal("7", Currency::EUR), Some(money(700, "EUR")));
    }

    #[test]
    fn the_unpayable_is_said_in_words() {
        assert_eq!(
            Unpayable(money(1234, "EUR")).to_string(),
            "This means of payment does not take 12.34 EUR."
        );
    }

    proptest! {
        #[test]
        fn decimals_are_read_as_they_were_written(amount in 0..i64::MAX / 100_000, currency in currencies()) {
            let money = Money::new(amount, currency);
            let text = decimal(money, currency.decimals()).expect("its own decimals");
            prop_assert_eq!(read_decimal(&text, currency), Some(money));
        }

        #[test]
        fn units_say_the_amount_or_nothing(
            amount in any::<i64>(), currency in currencies(), decimals in 0..4u32, step in 1..200i64,
        ) {
            let (money, format) = (Money::new(amount, currency), Format::new(decimals, step));
            if let Ok(units) = format.units(money) {
                prop_assert_eq!(units % step, 0);
                prop_assert_eq!(format.money(units, currency), Some(money));
            }
        }
    }
}
