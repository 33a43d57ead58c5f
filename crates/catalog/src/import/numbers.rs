//! Numbers as people and programs write them.

use super::fields::WeightUnit;
use kernel::{Currency, Money};

/// A price in major units: `19.99`, `1.234,50`, `€ 5`, `12 EUR`. What could be read in two ways is refused.
pub fn price(text: &str, currency: Currency) -> Result<Money, String> {
    let text = text.trim();
    let bare = text
        .trim_start_matches(|c: char| is_sign_of_currency(c) || c.is_whitespace())
        .trim_end_matches(|c: char| is_sign_of_currency(c) || c.is_whitespace());
    let bare = match bare.split_once(char::is_whitespace) {
        Some((digits, code)) if code.trim() == currency.code() => digits,
        Some((code, digits)) if code == currency.code() => digits.trim(),
        _ => bare,
    };
    let number = ungrouped(bare, currency)?;
    Money::parse(&number, currency).map_err(|e| e.to_string())
}

fn is_sign_of_currency(c: char) -> bool {
    matches!(c, '€' | '$' | '£' | '¥' | '₹')
}

/// Takes out what groups thousands.
fn ungrouped(text: &str, currency: Currency) -> Result<String, String> {
    let text: String = text
        .chars()
        .filter(|c| !matches!(c, '\'' | '\u{a0}' | '\u{202f}'))
        .collect();
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    match (dots, commas) {
        (0, 0) | (1, 0) => Ok(text),
        // Both: the last one parts the decimals.
        (1.., 1..) => {
            let (group, decimal) = if text.rfind('.') > text.rfind(',') {
                (',', '.')
            } else {
                ('.', ',')
            };
            let (whole, fraction) = text.rsplit_once(decimal).unwrap_or((&text, ""));
            Ok(format!("{}.{fraction}", joined(whole, group)?))
        }
        (2.., 0) => joined(&text, '.'),
        (0, 2..) => joined(&text, ','),
        (0, 1) => {
            let decimals = text.rsplit(',').next().map_or(0, str::len);
            if decimals == 3 && currency.decimals() != 3 {
                return Err(format!(
                    "`{text}` could be a thousand or a fraction. Write it without a thousands separator, and decimals after a point."
                ));
            }
            Ok(text)
        }
    }
}

/// A whole number without its separators of thousands, which must part it in threes.
fn joined(text: &str, separator: char) -> Result<String, String> {
    let mut groups = text.split(separator);
    let first = groups.next().unwrap_or("");
    let in_threes = groups.all(|group| group.len() == 3);
    if !in_threes || first.is_empty() {
        return Err(format!(
            "`{text}` is not a number whose thousands are parted by `{separator}`."
        ));
    }
    Ok(text.replace(separator, ""))
}

/// Whole units: `12`, `12.0`.
pub fn units(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction.bytes().all(|b| b == b'0').then_some(())?;
    whole.parse().ok()
}

/// A weight in grams, rounded; a unit within the text outweighs the column's.
pub fn grams(text: &str, unit: WeightUnit) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    let split = text
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(split);
    let unit = match suffix.trim() {
        "" => unit,
        suffix => weight_unit(suffix)?,
    };
    let factor = match unit {
        WeightUnit::Stated | WeightUnit::Gram => 1.0,
        WeightUnit::Kilogram => 1_000.0,
        WeightUnit::Pound => 453.592_37,
        WeightUnit::Ounce => 28.349_523_125,
    };
    let value: f64 = number.replace(',', ".").parse().ok()?;
    let grams = (value * factor).round();
    (0.0..=f64::from(u32::MAX))
        .contains(&grams)
        .then_some(grams as u32)
}

pub fn weight_unit(text: &str) -> Option<WeightUnit> {
    Some(match text.trim().to_ascii_lowercase().as_str() {
        "g" | "gr" | "gram" | "grams" => WeightUnit::Gram,
        "kg" | "kgs" | "kilogram" | "kilograms" => WeightUnit::Kilogram,
        "lb" | "lbs" | "pound" | "pounds" => WeightUnit::Pound,
        "oz" | "ounce" | "ounces" => WeightUnit::Ounce,
        _ => return None,
    })
}

/// A plain decimal number; `None` for codes that only look like one (`007`, long digit strings).
pub fn plain_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    (whole.len() + fraction.len() <= 15).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prices_are_read_as_people_write_them() {
        let eur = |text| price(text, Currency::EUR).map(|m| m.amount);
        let cases = [
            ("19.99", 1999),
            ("19,9", 1990),
            ("€ 5", 500),
            ("12 EUR", 1200),
            ("EUR 12", 1200),
            ("1.234,50", 123_450),
            ("1,234.50", 123_450),
            ("1.234.567", 123_456_700),
            ("1'234.50 €", 123_450),
            ("4995", 499_500),
        ];
        for (text, minor) in cases {
            assert_eq!(eur(text), Ok(minor), "{text}");
        }
        for bad in [
            "1,234", "1.2.3", "1.23,40", "", "free", "12 USD", "1.239", "--1", "1e3",
        ] {
            assert!(eur(bad).is_err(), "{bad}");
        }
        assert_eq!(price("500", Currency::JPY).map(|m| m.amount), Ok(500));
    }

    #[test]
    fn weights_become_grams() {
        assert_eq!(grams("1.5", WeightUnit::Kilogram), Some(1500));
        assert_eq!(grams("1,5 kg", WeightUnit::Gram), Some(1500));
        assert_eq!(grams("2 lb", WeightUnit::Stated), Some(907));
        assert_eq!(grams("heavy", WeightUnit::Gram), None);
        assert_eq!(grams("99999999 kg", WeightUnit::Gram), None);
    }

    #[test]
    fn units_are_whole() {
        assert_eq!(units("12.0"), Some(12));
        assert_eq!(units("-3"), Some(-3));
        assert_eq!(units("1.5"), None);
        assert_eq!(units("many"), None);
    }

    #[test]
    fn codes_are_no_numbers() {
        assert_eq!(plain_number("12.5"), Some(12.5));
        for code in ["007", "1.2.3", "12345678901234567", "1e9", "", "-", ".5"] {
            assert_eq!(plain_number(code), None, "{code}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = (price(&text, Currency::EUR), units(&text), grams(&text, WeightUnit::Gram), plain_number(&text));
        }
    }
}
