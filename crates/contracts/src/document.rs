use chrono::{Datelike as _, NaiveDate};
use kernel::{Currency, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// A document for people, as PDF.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Of the file, in ASCII: `invoice-7.pdf`.
    pub name: String,
    #[serde(with = "crate::blob")]
    pub pdf: Vec<u8>,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({}, {} bytes)", self.name, self.pdf.len())
    }
}

const MONTHS: [(&str, &str); 12] = [
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
];
/// Countries in which people are written to in Spanish, if nothing else is known of them.
const SPANISH_SPEAKING: &[&str] = &[
    "ES", "MX", "AR", "CO", "CL", "PE", "UY", "EC", "BO", "PY", "VE", "CR", "PA", "GT", "HN", "NI", "SV",
    "DO", "CU",
];

/// A language that documents are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    En,
    Es,
}

impl Language {
    /// As documents name it: its ISO 639-1 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.pick("en", "es")
    }

    /// The one of two wordings that is in this language.
    #[must_use]
    pub fn pick<T>(self, english: T, spanish: T) -> T {
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }

    /// `1,234.50 EUR`, `1.234,50 EUR`: with the currency's own decimals and its code, which nobody mistakes.
    #[must_use]
    pub fn money(self, money: Money) -> String {
        let sign = if money.amount < 0 { "-" } else { "" };
        format!("{sign}{} {}", self.figure(money), money.currency.code())
    }

    /// An amount as pages and notices write it: `€1,234.50`, `1.234,50 €`. A currency whose symbol not every reader of the
    /// language knows shows its code.
    #[must_use]
    pub fn price(self, money: Money) -> String {
        // As wide as a figure, unlike the hyphen of plain decimals.
        let sign = if money.amount < 0 { "\u{2212}" } else { "" };
        let (figure, code) = (self.figure(money), money.currency.code());
        // The space keeps a figure and its unit on one line.
        match (self, self.symbol(money.currency)) {
            (Self::En, Some(symbol)) => format!("{sign}{symbol}{figure}"),
            (Self::En, None) => format!("{sign}{code}\u{a0}{figure}"),
            (Self::Es, symbol) => format!("{sign}{figure}\u{a0}{}", symbol.unwrap_or(code)),
        }
    }

    /// Of currencies whose symbol a reader of the language knows without doubt.
    #[must_use]
    pub fn symbol(self, currency: Currency) -> Option<&'static str> {
        match (currency.code(), self) {
            ("EUR", _) => Some("€"),
            ("GBP", _) => Some("£"),
            ("USD", _) => Some("US$"),
            ("JPY", Self::En) => Some("¥"),
            _ => None,
        }
    }

    /// The number alone, without its sign, with the currency's own decimals.
    fn figure(self, money: Money) -> String {
        let decimals = money.currency.decimals() as usize;
        let digits = format!("{:0>width$}", money.amount.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let (thousands, decimal) = self.pick((',', '.'), ('.', ','));
        let mut text = String::with_capacity(digits.len() * 2);
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push(thousands);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(decimal);
            text.push_str(fraction);
        }
        text
    }

    /// `2026-11-21`, `21/11/2026`.
    #[must_use]
    pub fn date(self, day: NaiveDate) -> String {
        day.format(self.pick("%Y-%m-%d", "%d/%m/%Y")).to_string()
    }

    /// `22 November 2026, 14:30 (UTC)`, `22 de noviembre de 2026, 14:30 (UTC)`.
    #[must_use]
    pub fn moment(self, at: Timestamp) -> String {
        let month = usize::try_from(at.month0())
            .ok()
            .and_then(|month| MONTHS.get(month));
        let (english, spanish) = month.copied().unwrap_or_default();
        let (day, year, time) = (at.day(), at.year(), at.format("%H:%M"));
        self.pick(
            format!("{day} {english} {year}, {time} (UTC)"),
            format!("{day} de {spanish} de {year}, {time} (UTC)"),
        )
    }

    /// In which people of a country are written to, by its ISO 3166-1 code, if nothing else is known of them.
    #[must_use]
    pub fn of_country(code: &str) -> Self {
        match SPANISH_SPEAKING.contains(&code) {
            true => Self::Es,
            false => Self::En,
        }
    }

    /// Whether it is the one that is meant where nothing is said.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "fits `skip_serializing_if`")]
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_each_language_does() {
        let check = |amount, currency: &str, english, spanish| {
            let money = Money::new(amount, currency.parse().expect("known"));
            assert_eq!(Language::En.money(money), english);
            assert_eq!(Language::Es.money(money), spanish);
        };
        check(123_450, "EUR", "1,234.50 EUR", "1.234,50 EUR");
        check(-123_456_789, "EUR", "-1,234,567.89 EUR", "-1.234.567,89 EUR");
        check(-5, "EUR", "-0.05 EUR", "-0,05 EUR");
        check(1_000, "JPY", "1,000 JPY", "1.000 JPY");
        check(1_001, "KWD", "1.001 KWD", "1,001 KWD");
    }

    #[test]
    fn prices_follow_the_language_and_the_currency() {
        let money = |amount, currency: &str| Money::new(amount, currency.parse().expect("known"));
        assert_eq!(Language::En.price(money(123_450, "EUR")), "€1,234.50");
        assert_eq!(Language::Es.price(money(123_450, "EUR")), "1.234,50\u{a0}€");
        assert_eq!(Language::Es.price(money(-5, "EUR")), "\u{2212}0,05\u{a0}€");
        assert_eq!(Language::En.price(money(1_500, "JPY")), "¥1,500");
        assert_eq!(Language::Es.price(money(1_500, "JPY")), "1.500\u{a0}JPY");
        assert_eq!(Language::En.price(money(1_234_567, "KWD")), "KWD\u{a0}1,234.567");
        assert_eq!(
            Language::En.price(money(i64::MIN, "EUR")),
            "\u{2212}€92,233,720,368,547,758.08"
        );
    }

    #[test]
    fn moments_are_told_in_words() {
        let at = Timestamp::from_timestamp(1_795_357_805, 0).expect("in range");
        assert_eq!(Language::En.moment(at), "22 November 2026, 14:30 (UTC)");
        assert_eq!(Language::Es.moment(at), "22 de noviembre de 2026, 14:30 (UTC)");
    }

    #[test]
    fn countries_have_the_language_of_most_there() {
        assert_eq!(Language::of_country("MX"), Language::Es);
        assert_eq!(Language::of_country("NL"), Language::En);
    }

    #[test]
    fn a_document_travels_between_processes() {
        let document = Document {
            name: "a.pdf".into(),
            pdf: vec![0, 255, 7],
        };
        let sent = serde_json::to_string(&document).expect("JSON");
        assert_eq!(sent, r#"{"name":"a.pdf","pdf":"AP8H"}"#);
        assert_eq!(serde_json::from_str::<Document>(&sent).expect("read"), document);
    }
}
