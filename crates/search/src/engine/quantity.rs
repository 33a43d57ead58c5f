//! Numbers among the values of attributes, with their units: `500 g` and `0.5 kg` are the same.
//!
//! A value is a quantity where it is nothing but a number and, perhaps, a unit of the table. Quantities compare where
//! their units measure the same; numbers without a unit compare with each other.

/// A unit of measure.
#[derive(Debug, PartialEq)]
pub struct Unit {
    /// As it is shown, and as a filter names it; empty for bare numbers.
    pub symbol: &'static str,
    /// Other ways to write it.
    others: &'static [&'static str],
    /// What it measures.
    measure: &'static str,
    /// How many of its measure's base it is.
    factor: f64,
}

const fn unit(
    symbol: &'static str,
    others: &'static [&'static str],
    measure: &'static str,
    factor: f64,
) -> Unit {
    Unit {
        symbol,
        others,
        measure,
        factor,
    }
}

/// Sources: BIPM, The International System of Units (9th edition), tables 2, 4 and 7; NIST Handbook 44 appendix C for the
/// customary units; IEC 80000-13 has bytes by powers of ten, but goods are sold by powers of two.
static UNITS: &[Unit] = &[
    unit("", &[], "number", 1.0),
    unit("mg", &[], "mass", 1e-3),
    unit("g", &["gr", "gram", "grams", "gramos"], "mass", 1.0),
    unit("kg", &["kilo", "kilos", "kilograms"], "mass", 1e3),
    unit("t", &[], "mass", 1e6),
    unit("oz", &["ounce", "ounces"], "mass", 28.349_523_125),
    unit("lb", &["lbs", "pound", "pounds"], "mass", 453.592_37),
    unit("mm", &[], "length", 1.0),
    unit("cm", &["centimetres", "centimeters"], "length", 10.0),
    unit("m", &["metres", "meters", "metros"], "length", 1e3),
    unit("km", &[], "length", 1e6),
    unit("in", &["\"", "″", "inch", "inches", "pulgadas"], "length", 25.4),
    unit("ft", &["'", "foot", "feet"], "length", 304.8),
    unit("ml", &[], "volume", 1.0),
    unit("cl", &[], "volume", 10.0),
    unit("dl", &[], "volume", 100.0),
    unit(
        "l",
        &["litre", "litres", "liter", "liters", "litros"],
        "volume",
        1e3,
    ),
    unit("s", &["sec", "seconds"], "time", 1.0),
    unit("min", &["min.", "minutes"], "time", 60.0),
    unit("h", &["hours", "horas"], "time", 3_600.0),
    unit("mW", &[], "power", 1e-3),
    unit("W", &["watt", "watts"], "power", 1.0),
    unit("kW", &[], "power", 1e3),
    unit("mV", &[], "voltage", 1e-3),
    unit("V", &["volt", "volts"], "voltage", 1.0),
    unit("mA", &[], "current", 1e-3),
    unit("A", &[], "current", 1.0),
    unit("mAh", &[], "charge", 1e-3),
    unit("Ah", &[], "charge", 1.0),
    unit("Hz", &[], "frequency", 1.0),
    unit("kHz", &[], "frequency", 1e3),
    unit("MHz", &[], "frequency", 1e6),
    unit("GHz", &[], "frequency", 1e9),
    unit("KB", &["kB"], "bytes", 1_024.0),
    unit("MB", &[], "bytes", 1_048_576.0),
    unit("GB", &[], "bytes", 1_073_741_824.0),
    unit("TB", &[], "bytes", 1_099_511_627_776.0),
    unit("lm", &["lumen", "lumens"], "luminous flux", 1.0),
    unit("dB", &["dB(A)", "dBA"], "level", 1.0),
    unit("°C", &["℃"], "temperature", 1.0),
    unit("%", &[], "share", 1.0),
];

/// Digits that a quantity is compared and shown by: conversions must not part what is the same.
const DIGITS: i32 = 9;
/// Digits a number may have: more is an article's number, which is no quantity.
const DIGITS_MAX: usize = 9;
/// Digits between two commas of a number that is written in thousands.
const GROUP: usize = 3;

impl Unit {
    /// The unit of that name; `None` where it is not known.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let exact = UNITS
            .iter()
            .find(|unit| unit.symbol == name || unit.others.contains(&name));
        // A `MW` is no `mW`, so what is written as in the table goes first.
        exact.or_else(|| {
            UNITS
                .iter()
                .find(|unit| !unit.symbol.is_empty() && unit.symbol.eq_ignore_ascii_case(name))
        })
    }

    #[must_use]
    pub fn measures_as(&self, other: &Self) -> bool {
        self.measure == other.measure
    }

    /// What `number` of this unit is in the base of its measure.
    #[must_use]
    pub fn to_base(&self, number: f64) -> f64 {
        rounded(number * self.factor)
    }

    /// What so much of the measure's base is in this unit.
    #[must_use]
    pub fn of_base(&self, base: f64) -> f64 {
        rounded(base / self.factor)
    }
}

/// A number and what it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// In the base of its unit's measure.
    pub base: f64,
    pub unit: &'static Unit,
}

impl Quantity {
    /// The quantity that `text` is, if it is one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text
            .char_indices()
            .find(|&(at, c)| {
                !(c.is_ascii_digit() || matches!(c, '.' | ',') || (at == 0 && matches!(c, '-' | '+')))
            })
            .map_or(text.len(), |(at, _)| at);
        let (number, unit) = text.split_at(end);
        let unit = Unit::named(unit.trim_start())?;
        Some(Self {
            base: unit.to_base(number_of(number)?),
            unit,
        })
    }
}

/// A decimal number with a point, or with a comma that cannot be one between thousands.
fn number_of(text: &str) -> Option<f64> {
    if text.bytes().filter(u8::is_ascii_digit).count() > DIGITS_MAX
        || !text.ends_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    match text.split_once(',') {
        None => text.parse().ok(),
        // `1,000` is a thousand to some and one to others.
        Some((_, after)) if after.len() == GROUP => None,
        Some(_) => text.replacen(',', ".", 1).parse().ok(),
    }
}

fn rounded(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    let magnitude = number.abs().log10().floor() as i32;
    let scale = 10f64.powi(DIGITS - 1 - magnitude);
    if scale.is_finite() && scale > 0.0 {
        (number * scale).round() / scale
    } else {
        number
    }
}

/// What of an attribute's quantities is wanted, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// In the base of the unit's measure.
    pub min: f64,
    pub max: f64,
    pub unit: &'static Unit,
}

/// Relative difference that only conversions make.
const SAME: f64 = 1e-8;

impl Range {
    #[must_use]
    pub fn has(&self, quantity: &Quantity) -> bool {
        let slack = |end: f64| (end.abs() * SAME).min(f64::MAX);
        quantity.unit.measures_as(self.unit)
            && quantity.base >= self.min - slack(self.min)
            && quantity.base <= self.max + slack(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(f64, &'static str)> {
        Quantity::read(text).map(|quantity| (quantity.unit.of_base(quantity.base), quantity.unit.symbol))
    }

    #[test]
    fn numbers_with_units_are_quantities_and_other_texts_are_none() {
        for (text, quantity) in [
            ("50.0", Some((50.0, ""))),
            ("-12", Some((-12.0, ""))),
            ("4,5 cm", Some((4.5, "cm"))),
            ("15.6\"", Some((15.6, "in"))),
            ("250ml", Some((250.0, "ml"))),
            ("2.4 ghz", Some((2.4, "GHz"))),
            ("3 mW", Some((3.0, "mW"))),
            ("82 dB(A)", Some((82.0, "dB"))),
            ("1,000", None),
            ("1.2.3", None),
            ("8542310001", None),
            ("64-bit", None),
            ("16:9", None),
            ("10 x 20 cm", None),
            ("5.", None),
            ("cm", None),
            ("inf", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(read(text), quantity, "{text}");
        }
    }

    #[test]
    fn what_is_the_same_in_other_units_is_the_same() {
        let base = |text: &str| Quantity::read(text).map(|quantity| quantity.base);
        assert_eq!(base("0.3 in"), base("7.62 mm"));
        assert_eq!(base("0.1 kg"), base("100 g"));
        let inch = Unit::named("in").expect("known");
        let range = Range {
            min: inch.to_base(15.0),
            max: inch.to_base(16.0),
            unit: inch,
        };
        let has = |text: &str| Quantity::read(text).is_some_and(|quantity| range.has(&quantity));
        assert!(has("38.1 cm") && has("406.4 mm") && has("16 in"));
        assert!(!has("38 cm") && !has("15.5") && !has("15.5 kg"));
    }

    #[test]
    fn units_have_one_meaning_each() {
        for (n, one) in UNITS.iter().enumerate() {
            for name in std::iter::once(&one.symbol).chain(one.others) {
                let found = Unit::named(name).expect("known");
                assert_eq!(found, &UNITS[n], "{name}");
            }
        }
    }
}
