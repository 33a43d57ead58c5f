//! GTINs: the numbers under bar codes (EAN, UPC). Source: GS1 General Specifications, section 7.9, the check digit.

/// Why digits are no GTIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGtin {
    /// There are not 8, 12, 13 or 14 of them, or they are not digits.
    Length,
    /// The last one would be `right`.
    CheckDigit { right: u8 },
}

/// Whether these digits are a GTIN.
pub fn check(digits: &str) -> Result<(), NoGtin> {
    let is_sized = matches!(digits.len(), 8 | 12 | 13 | 14);
    if !is_sized || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NoGtin::Length);
    }
    let (number, last) = digits.split_at(digits.len() - 1);
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    let right = u8::try_from((10 - sum % 10) % 10).unwrap_or(0);
    match last.parse::<u8>() {
        Ok(last) if last == right => Ok(()),
        _ => Err(NoGtin::CheckDigit { right }),
    }
}

/// The GTIN as fourteen digits, if it is one that names the same thing in every shop.
#[must_use]
pub fn of_fourteen(digits: &str) -> Option<String> {
    check(digits).ok()?;
    // Numbers beginning with 2 are each shop's own, for weighed goods; nothing but zeros is nobody's.
    let is_inner = digits.len() == 13 && digits.starts_with('2');
    let is_nobodys = digits.bytes().all(|digit| digit == b'0');
    (!is_inner && !is_nobodys).then(|| format!("{digits:0>14}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_with_a_right_check_digit_name_an_item() {
        let cases = [
            ("4012345678901", Some("04012345678901")),
            ("4012345678902", None),
            ("036000291452", Some("00036000291452")),
            ("0036000291452", Some("00036000291452")),
            ("96385074", Some("00000096385074")),
            ("10012345678902", Some("10012345678902")),
            ("00000000", None),
            ("2012345678903", None),
            ("123456789", None),
            ("40123456789o1", None),
        ];
        for (digits, gtin) in cases {
            assert_eq!(of_fourteen(digits).as_deref(), gtin, "{digits}");
        }
    }

    #[test]
    fn a_wrong_check_digit_says_the_right_one() {
        assert_eq!(check("4012345678902"), Err(NoGtin::CheckDigit { right: 1 }));
        assert_eq!(check("96385070"), Err(NoGtin::CheckDigit { right: 4 }));
        assert_eq!(check("2012345678903").err(), check("2012345678903").err());
        assert_eq!(check("401234567890"), Err(NoGtin::CheckDigit { right: 3 }));
        assert_eq!(check(""), Err(NoGtin::Length));
    }
}
