use chrono::NaiveDate;
use kernel::Money;
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
        let plain = money.to_string();
        let (number, currency) = plain.split_once(' ').unwrap_or((&plain, ""));
        let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let (thousands, decimal) = self.pick((',', "."), ('.', ","));
        let mut text = sign.to_owned();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push(thousands);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push_str(decimal);
            text.push_str(fraction);
        }
        format!("{text} {currency}")
    }

    /// `2026-11-21`, `21/11/2026`.
    #[must_use]
    pub fn date(self, day: NaiveDate) -> String {
        day.format(self.pick("%Y-%m-%d", "%d/%m/%Y")).to_string()
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
