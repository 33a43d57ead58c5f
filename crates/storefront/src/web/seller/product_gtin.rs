//! The number under a variant's bar code, as its seller types it.

use crate::i18n::Locale;
use crate::views::common::Field;
use contracts::catalog::Variant;
use contracts::catalog::gtin::{self, NoGtin};

/// What is typed, without what parts its digits. A number that the product has already stays, also where its check digit is
/// wrong: whoever changes a price need not look for the package.
pub fn read(field: &mut Field, known: &[Variant], locale: Locale) -> Option<String> {
    let digits: String = field
        .value
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '\u{a0}'))
        .collect();
    if digits.is_empty() {
        return None;
    }
    let is_kept = known.iter().any(|v| v.gtin.as_deref() == Some(digits.as_str()));
    if let Err(wrong) = gtin::check(&digits)
        && !is_kept
    {
        let said = match wrong {
            NoGtin::Length => locale.t("refusal.gtin_length").to_string(),
            NoGtin::CheckDigit { right } => locale
                .t("refusal.gtin_check_digit")
                .arg("right", u64::from(right))
                .to_string(),
        };
        field.error = Some(said);
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_number_says_what_is_wrong_with_it() {
        let said = |text: &str| {
            let mut field = Field::of(text);
            let read = read(&mut field, &[], Locale::En);
            (read, field.error)
        };
        assert_eq!(said(" "), (None, None));
        assert_eq!(said("4012 345-678901"), (Some("4012345678901".to_owned()), None));
        let (_, error) = said("4012345678902");
        assert!(error.expect("wrong").contains("end in 1"));
        let (_, error) = said("123");
        assert!(error.expect("wrong").contains("8, 12, 13 or 14"));
    }
}
