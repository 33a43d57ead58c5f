//! Quantities as people write them, and the same in another unit: `4.7 in` are 11.938 cm.

/// A unit, other ways to write it, what it measures, and how many of the measure's base it is.
///
/// Sources: BIPM, The International System of Units (9th edition), and NIST Handbook 44 appendix C for the customary units.
const UNITS: &[(&str, &[&str], Measure, f64)] = &[
    ("mm", &[], Measure::Length, 1.0),
    ("cm", &[], Measure::Length, 10.0),
    ("m", &["metres", "meters", "metros"], Measure::Length, 1_000.0),
    (
        "in",
        &["\"", "″", "inch", "inches", "pulgadas"],
        Measure::Length,
        25.4,
    ),
    ("ft", &["feet", "foot"], Measure::Length, 304.8),
    ("mg", &[], Measure::Mass, 0.001),
    ("g", &["gr", "grams", "gramos"], Measure::Mass, 1.0),
    ("kg", &["kilo", "kilos"], Measure::Mass, 1_000.0),
    ("oz", &["ounce", "ounces"], Measure::Mass, 28.349_523_125),
    ("lb", &["lbs", "pound", "pounds"], Measure::Mass, 453.592_37),
    ("ml", &[], Measure::Volume, 1.0),
    ("cl", &[], Measure::Volume, 10.0),
    ("l", &["litres", "liters", "litros"], Measure::Volume, 1_000.0),
];

/// Results are kept to a millionth of their unit: no more is known of goods, and no rounding of the machine's is shown.
const PARTS: f64 = 1e6;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Length,
    Mass,
    Volume,
}

fn unit(text: &str) -> Option<(Measure, f64)> {
    let text = text.trim_end_matches('.').to_lowercase();
    let found = UNITS
        .iter()
        .find(|(symbol, others, ..)| *symbol == text || others.contains(&text.as_str()));
    found.map(|(_, _, measure, factor)| (*measure, *factor))
}

/// The number that `text` says, in `wanted`. A text without a unit is in `wanted` already; none where it is no number, or
/// one of something else.
#[must_use]
pub fn read(text: &str, wanted: Option<&str>) -> Option<f64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+')))
        .unwrap_or(text.len());
    let (number, given) = (&text[..end], text[end..].trim());
    // In both of the marketplace's languages a lone comma parts the decimals.
    let number = if number.contains('.') {
        number.to_owned()
    } else {
        number.replacen(',', ".", 1)
    };
    let number: f64 = number.parse().ok().filter(|n: &f64| n.is_finite())?;
    let wanted = wanted.unwrap_or("");
    if given.is_empty() || given.eq_ignore_ascii_case(wanted) {
        return Some(number);
    }
    let ((from, factor), (to, base)) = (unit(given)?, unit(wanted)?);
    (from == to).then(|| (number * factor / base * PARTS).round() / PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_told_in_the_unit_asked_for() {
        let cases = [
            ("12", Some("cm"), Some(12.0)),
            ("12,5 cm", Some("cm"), Some(12.5)),
            ("125mm", Some("cm"), Some(12.5)),
            ("4.7 in", Some("cm"), Some(11.938)),
            ("4.7\"", Some("cm"), Some(11.938)),
            ("1.2 m", Some("mm"), Some(1_200.0)),
            ("1 lb", Some("g"), Some(453.592_37)),
            ("8 oz", Some("g"), Some(226.796_185)),
            ("0.35 kg", Some("g"), Some(350.0)),
            ("75 cl", Some("ml"), Some(750.0)),
            ("40 H", Some("h"), Some(40.0)),
            ("3", None, Some(3.0)),
            ("1.250,5 g", Some("g"), None),
            ("3 kg", Some("cm"), None),
            ("3 cm", None, None),
            ("tall", Some("cm"), None),
            ("", Some("cm"), None),
        ];
        for (text, wanted, expected) in cases {
            assert_eq!(read(text, wanted), expected, "{text} in {wanted:?}");
        }
    }
}
