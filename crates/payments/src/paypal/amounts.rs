//! Amounts as PayPal writes them: decimal strings. <https://developer.paypal.com/api/rest/reference/currency-codes/>

use crate::amounts::{Unpayable, currency, decimal, read_decimal};
use kernel::{Currency, Money};
use serde_json::{Value, json};

/// Currencies that PayPal pays, with the decimals it takes.
#[rustfmt::skip]
const TAKEN: [(&str, u32); 24] = [
    ("AUD", 2), ("BRL", 2), ("CAD", 2), ("CHF", 2), ("CNY", 2), ("CZK", 2), ("DKK", 2), ("EUR", 2),
    ("GBP", 2), ("HKD", 2), ("HUF", 0), ("ILS", 2), ("JPY", 0), ("MXN", 2), ("MYR", 2), ("NOK", 2),
    ("NZD", 2), ("PHP", 2), ("PLN", 2), ("SEK", 2), ("SGD", 2), ("THB", 2), ("TWD", 0), ("USD", 2),
];

fn decimals(currency: Currency) -> Option<u32> {
    let taken = TAKEN.iter().find(|(code, _)| *code == currency.code());
    taken.map(|(_, decimals)| *decimals)
}

fn value(money: Money) -> Result<String, Unpayable> {
    decimals(money.currency)
        .filter(|_| money.amount > 0)
        .and_then(|decimals| decimal(money, decimals))
        .ok_or(Unpayable(money))
}

/// An amount object of PayPal's.
pub fn amount(money: Money) -> Result<Value, Unpayable> {
    Ok(json!({ "currency_code": money.currency.code(), "value": value(money)? }))
}

/// What an amount object says.
pub fn money(value: &str, code: &str) -> Option<Money> {
    read_decimal(value, currency(code)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(amount: i64, code: &str) -> Option<String> {
        value(Money::new(amount, code.parse().expect("a currency"))).ok()
    }

    #[test]
    fn amounts_have_the_decimals_that_paypal_takes() {
        assert_eq!(of(1999, "EUR").as_deref(), Some("19.99"));
        assert_eq!(of(5, "USD").as_deref(), Some("0.05"));
        assert_eq!(of(500, "JPY").as_deref(), Some("500"));
        assert_eq!(of(1200, "HUF").as_deref(), Some("12"));
        for (amount, code) in [
            (1250, "HUF"),
            (1000, "KWD"),
            (10_000, "CLF"),
            (100, "INR"),
            (0, "EUR"),
        ] {
            assert_eq!(of(amount, code), None, "{amount} {code}");
        }
    }

    proptest! {
        #[test]
        fn what_is_sent_is_the_amount(
            amount in 1..i64::MAX / 10_000,
            currency in proptest::sample::select(Currency::all().collect::<Vec<_>>()),
        ) {
            let asked = Money::new(amount, currency);
            prop_assert!(currency.decimals() < 3 || value(asked).is_err());
            if let Ok(text) = value(asked) {
                prop_assert_eq!(money(&text, currency.code()), Some(asked));
            }
        }
    }
}
