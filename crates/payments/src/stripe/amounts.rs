//! How Stripe counts currencies: <https://docs.stripe.com/currencies#minor-units>.

use super::currency;
use crate::amounts::{Format, Unpayable};
use kernel::{Currency, Money};

/// Currencies that Stripe counts in whole units.
const WHOLE: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
];
/// Currencies of three decimals, the last of which has to be 0.
const THOUSANDTHS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// Amounts have at most eight digits.
const UNITS_MAX: i64 = 99_999_999;

fn format(currency: Currency) -> Option<Format> {
    Some(match currency.code() {
        code if WHOLE.contains(&code) => Format::new(0, 1),
        code if THOUSANDTHS.contains(&code) => Format::new(3, 10),
        // Counted in hundredths for old times' sake, though there are none.
        "ISK" => Format::new(2, 100),
        // Its documentation counts shillings in two ways; a hundredfold charge is not worth the guess.
        "UGX" => return None,
        _ if currency.decimals() == 2 => Format::new(2, 1),
        _ => return None,
    })
}

/// The amount in Stripe's units.
pub fn units(money: Money) -> Result<i64, Unpayable> {
    let format = format(money.currency).ok_or(Unpayable(money))?;
    let units = format.units(money)?;
    (units <= UNITS_MAX).then_some(units).ok_or(Unpayable(money))
}

/// What Stripe's units stand for.
pub fn money(units: i64, code: &str) -> Option<Money> {
    let currency = currency(code)?;
    format(currency)?.money(units, currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(amount: i64, code: &str) -> Option<i64> {
        units(Money::new(amount, code.parse().expect("a currency"))).ok()
    }

    #[test]
    fn each_currency_is_counted_as_stripe_counts_it() {
        assert_eq!(of(1999, "EUR"), Some(1999));
        assert_eq!(of(500, "JPY"), Some(500));
        assert_eq!(of(5120, "KWD"), Some(5120));
        assert_eq!(of(5124, "KWD"), None, "card networks take hundredths at most");
        assert_eq!(of(5, "ISK"), Some(500));
        assert_eq!(of(1200, "MGA"), Some(12), "two decimals with us, none at Stripe");
        assert_eq!(of(1250, "MGA"), None);
        for code in ["CLF", "UYW", "IQD", "LYD", "UGX"] {
            assert_eq!(of(10_000, code), None, "{code}");
        }
        assert_eq!(of(0, "EUR"), None);
        assert_eq!(of(100_000_000, "EUR"), None);
    }

    proptest! {
        #[test]
        fn what_is_sent_is_the_amount(
            amount in 1..100_000_000i64,
            currency in proptest::sample::select(Currency::all().collect::<Vec<_>>()),
        ) {
            let asked = Money::new(amount, currency);
            prop_assert!(currency.decimals() < 4 || units(asked).is_err());
            if let Ok(units) = units(asked) {
                prop_assert_eq!(money(units, &currency.code().to_ascii_lowercase()), Some(asked));
            }
        }
    }
}
