//! How large things are.

use serde::{Deserialize, Serialize};

/// How large one unit is as it is packed, in whole millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimensions {
    #[schema(example = 300, minimum = 1, maximum = 100_000)]
    pub length_mm: u32,
    #[schema(example = 200, minimum = 1, maximum = 100_000)]
    pub width_mm: u32,
    #[schema(example = 80, minimum = 1, maximum = 100_000)]
    pub height_mm: u32,
}

impl Dimensions {
    /// A hundred metres.
    pub const MM_MAX: u32 = 100_000;

    /// Whether nothing of it is absurd.
    #[must_use]
    pub fn is_possible(self) -> bool {
        [self.length_mm, self.width_mm, self.height_mm]
            .iter()
            .all(|side| (1..=Self::MM_MAX).contains(side))
    }

    /// Reads `300 x 200 x 80`, `30 × 20 × 8 cm` or `0,3 x 0,2 x 0,08 m`: millimetres unless it says otherwise.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let digits_end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
        let mm_per_unit = match text[digits_end..].trim() {
            "" | "mm" => 1,
            "cm" => 10,
            "m" => 1_000,
            _ => return None,
        };
        let mut sides = text[..digits_end]
            .split(['x', '×', '*'])
            .map(|side| side_mm(side.trim(), mm_per_unit));
        let dimensions = Self {
            length_mm: sides.next()??,
            width_mm: sides.next()??,
            height_mm: sides.next()??,
        };
        let is_whole = sides.next().is_none() && dimensions.is_possible();
        is_whole.then_some(dimensions)
    }
}

/// `30.5` of ten millimetres each; parts of a millimetre are rounded up, so that what is packed fits.
fn side_mm(text: &str, mm_per_unit: u64) -> Option<u32> {
    const PART_DIGITS: usize = 6;
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(part) || part.len() > PART_DIGITS || whole.len() > 6 {
        return None;
    }
    let millionths: u64 = format!("{whole}{part:0<PART_DIGITS$}").parse().ok()?;
    u32::try_from((millionths * mm_per_unit).div_ceil(1_000_000)).ok()
}

impl std::fmt::Display for Dimensions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} × {} × {}", self.length_mm, self.width_mm, self.height_mm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_read_as_people_write_them() {
        let read = |text| Dimensions::parse(text).map(|d| (d.length_mm, d.width_mm, d.height_mm));
        for text in [
            "300 x 200 x 80",
            "300×200×80 mm",
            "30 X 20 * 8 cm",
            "30,0x20.0x8cm",
            "0.3 x 0,2 x 0.08 m",
        ] {
            assert_eq!(read(text), Some((300, 200, 80)), "{text}");
        }
        assert_eq!(read("10.01 x 1 x 1 cm"), Some((101, 10, 10)));
        for wrong in [
            "",
            "300",
            "300 x 200",
            "1 x 2 x 3 x 4",
            "0 x 1 x 1",
            "-1 x 1 x 1",
            "1 x 1 x 1 in",
            "101 x 1 x 1 m",
            "a x b x c",
            "30 x 20 x 1. cm",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let read = Dimensions::parse("300 x 200 x 80").expect("good");
        assert_eq!(Dimensions::parse(&read.to_string()), Some(read));
    }
}
