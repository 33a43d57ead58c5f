//! Pictures that phones read: a square of modules, drawn as the path of an SVG.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Modules that stay empty on every side, as readers need them.
const QUIET: usize = 4;

#[derive(Clone, Debug)]
pub struct QrPicture {
    /// Of the view box, in modules.
    pub side: usize,
    /// The dark modules.
    pub path: String,
}

/// None for a text that is too long for such a picture.
#[must_use]
pub fn picture_of(text: &str) -> Option<QrPicture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            // Modules side by side are one stroke: the page is half as long.
            let run = row[x..]
                .iter()
                .take_while(|module| **module == Color::Dark)
                .count();
            if run > 0 {
                // Writing into a string does not fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some(QrPicture {
        side: width + 2 * QUIET,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_corners_and_a_margin() {
        let picture = picture_of("otpauth://totp/market.example:a%40b.example?secret=GEZDGNBVGY3TQOJQ")
            .expect("it fits");
        // Side by side: seven dark modules of the corner marks, at the left and at the right of the first row.
        assert!(picture.path.starts_with("M4 4h7v1h-7z"), "{}", picture.path);
        let right = picture.side - QUIET - 7;
        assert!(
            picture.path.contains(&format!("M{right} 4h7v1h-7z")),
            "{}",
            picture.path
        );
        assert!(
            (picture.side - 2 * QUIET - 17).is_multiple_of(4),
            "a side has 17 modules and four for each version"
        );
    }

    #[test]
    fn what_is_too_long_has_no_picture() {
        assert!(picture_of(&"a".repeat(4_000)).is_none());
    }
}
