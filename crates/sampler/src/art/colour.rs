//! Colours and the way light changes them.

use serde::{Deserialize, Serialize};

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// Shadows lean to aubergine and light to straw: flat black and white would look like plastic.
const SHADOW: Rgb = Rgb::hex(0x331f2b);
const LIGHT: Rgb = Rgb::hex(0xfff7e8);

impl Rgb {
    /// From `0xrrggbb`.
    pub const fn hex(code: u32) -> Rgb {
        Rgb((code >> 16) as u8, (code >> 8) as u8, code as u8)
    }

    /// `#rrggbb`.
    pub fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    pub(crate) fn mix(self, other: Rgb, share: f32) -> Rgb {
        let blend = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
        Rgb(
            blend(self.0, other.0),
            blend(self.1, other.1),
            blend(self.2, other.2),
        )
    }

    pub(crate) fn shade(self, share: f32) -> Rgb {
        self.mix(SHADOW, share)
    }

    pub(crate) fn light(self, share: f32) -> Rgb {
        self.mix(LIGHT, share)
    }

    /// Perceived brightness, 0 to 255 (weights of Rec. 601).
    pub(crate) fn luma(self) -> f32 {
        0.299 * f32::from(self.0) + 0.587 * f32::from(self.1) + 0.114 * f32::from(self.2)
    }

    pub(crate) fn is_dark(self) -> bool {
        self.luma() < 110.0
    }

    /// How different two colours look, 0 to about 765 (Riemersma's "redmean" distance).
    pub(crate) fn distance(self, other: Rgb) -> f32 {
        let mean = (f32::from(self.0) + f32::from(other.0)) / 2.0;
        let r = f32::from(self.0) - f32::from(other.0);
        let g = f32::from(self.1) - f32::from(other.1);
        let b = f32::from(self.2) - f32::from(other.2);
        ((2.0 + mean / 256.0) * r * r + 4.0 * g * g + (2.0 + (255.0 - mean) / 256.0) * b * b).sqrt()
    }
}
