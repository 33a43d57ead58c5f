//! GTINs: the numbers under bar codes (EAN, UPC). Source: GS1 General Specifications, section 7.9, the check digit.

/// The GTIN as fourteen digits, if it is one: 8, 12, 13 or 14 digits of which the last is right.
#[must_use]
pub fn of_fourteen(digits: &str) -> Option<String> {
    let is_sized = matches!(digits.len(), 8 | 12 | 13 | 14);
    if !is_sized || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let gtin = format!("{digits:0>14}");
    // Numbers beginning with 2 are each shop's own, for weighed goods; nothing but zeros is nobody's.
    let is_inner = digits.len() == 13 && digits.starts_with('2');
    let sum: u32 = gtin
        .bytes()
        .enumerate()
        .map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    (sum > 0 && sum.is_multiple_of(10) && !is_inner).then_some(gtin)
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
}
