//! Numbers, colours and words as SVG spells them.

use super::colour::Rgb;

/// Whole units where they are a thousandth of the picture's side, one decimal where things are small.
pub(crate) fn number(out: &mut String, value: f32) {
    if value.abs() >= 12.0 {
        decimals(out, value.round() as i32, 1);
    } else {
        decimals(out, (value * 10.0).round() as i32, 10);
    }
}

/// Two decimals, for opacities, scales and thin strokes.
pub(crate) fn fine(out: &mut String, value: f32) {
    decimals(out, (value * 100.0).round() as i32, 100);
}

fn decimals(out: &mut String, value: i32, unit: i32) {
    if value < 0 {
        out.push('-');
    }
    let value = value.unsigned_abs();
    let unit = unit.unsigned_abs();
    let (before, mut after) = (value / unit, value % unit);
    if before > 0 || after == 0 {
        whole(out, before);
    }
    if after > 0 {
        out.push('.');
        let mut place = unit / 10;
        while after > 0 {
            out.push(char::from(b'0' + (after / place) as u8));
            after %= place;
            place /= 10;
        }
    }
}

pub(crate) fn whole(out: &mut String, mut value: u32) {
    let mut digits = [0u8; 10];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    for &digit in &digits[start..] {
        out.push(char::from(digit));
    }
}

pub(crate) fn hex(out: &mut String, colour: Rgb) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push('#');
    for part in [colour.0, colour.1, colour.2] {
        out.push(char::from(DIGITS[usize::from(part >> 4)]));
        out.push(char::from(DIGITS[usize::from(part & 15)]));
    }
}

/// Text as XML content.
pub(crate) fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            control if control < ' ' => out.push(' '),
            other => out.push(other),
        }
    }
}
