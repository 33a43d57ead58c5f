//! Numbers as people type them into forms.

/// A share in percent with at most `decimals` decimals, as a whole number of the last of them: `12.5` with two is 1250.
/// Point and comma both do. None for what is no share of 0 to 100 %.
pub fn share(text: &str, decimals: u32) -> Option<u32> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let places = usize::try_from(decimals).ok()?;
    let is_sound = !whole.is_empty() && whole.len() <= 3 && fraction.len() <= places;
    if !is_sound || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let number: u32 = format!("{whole}{fraction:0<places$}").parse().ok()?;
    (number <= 100 * 10u32.pow(decimals)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_read_to_the_last_decimal() {
        assert_eq!(share("10", 2), Some(1_000));
        assert_eq!(share(" 12,5 % ", 2), Some(1_250));
        assert_eq!(share("21", 4), Some(210_000));
        assert_eq!(share("5.2", 4), Some(52_000));
        assert_eq!(share("100", 2), Some(10_000));
        for wrong in ["", "100.01", "-1", "1.234", "a", "1e2", "0x1", ".5"] {
            assert_eq!(share(wrong, 2), None, "{wrong}");
        }
    }
}
