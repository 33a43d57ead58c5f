//! Pieces that several pages show: prices, pictures, product cards, form fields.

use kernel::Money;

use super::reviews::Stars;
use crate::i18n::{Locale, plain_decimal};

/// An amount, as text for people and as a decimal for machines.
#[derive(Clone, Debug)]
pub struct Price {
    pub text: String,
    pub decimal: String,
    pub currency: String,
}

impl Price {
    pub fn new(locale: Locale, money: Money) -> Price {
        Price {
            text: locale.money(money),
            decimal: plain_decimal(money),
            currency: money.currency.code().to_owned(),
        }
    }
}

/// A picture with the size it is drawn for, so that nothing moves when it arrives.
#[derive(Clone, Debug)]
pub struct Image {
    pub src: String,
    /// Other widths, as `srcset` takes them; empty when there is one size.
    pub srcset: String,
    /// Says what is seen; empty when the text beside it already does.
    pub alt: String,
    pub width: u32,
    pub height: u32,
}

/// A link with its words.
#[derive(Clone, Debug)]
pub struct Link {
    pub label: String,
    pub href: String,
}

impl Link {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Link {
        Link {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// What can be bought right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stock {
    Plenty,
    Few(u64),
    SoldOut,
}

impl Stock {
    /// `few_below` is the seller's low-stock mark.
    pub fn of(available: u64, few_below: u64) -> Stock {
        match available {
            0 => Stock::SoldOut,
            n if n < few_below => Stock::Few(n),
            _ => Stock::Plenty,
        }
    }

    pub fn is_sold_out(&self) -> bool {
        *self == Stock::SoldOut
    }

    /// The schema.org word for it.
    pub fn schema(&self) -> &'static str {
        match self {
            Stock::Plenty => "https://schema.org/InStock",
            Stock::Few(_) => "https://schema.org/LimitedAvailability",
            Stock::SoldOut => "https://schema.org/OutOfStock",
        }
    }
}

/// A product in a grid.
#[derive(Clone, Debug)]
pub struct ProductCard {
    /// Its id, for the heart.
    pub product: String,
    pub title: String,
    pub href: String,
    pub seller: String,
    pub place: String,
    pub image: Option<Image>,
    pub price: Price,
    /// True when other variants cost more.
    pub from: bool,
    pub compare_at: Option<Price>,
    /// The lowest price of the 30 days before the reduction.
    pub lowest_30_days: Option<Price>,
    /// `-20%`.
    pub discount: Option<String>,
    pub stock: Stock,
    /// What buyers gave it.
    pub rating: Option<Stars>,
    /// How many shops sell it, where several do.
    pub offers: Option<u64>,
    /// It stands where it stands because its shop pays for it.
    pub promoted: bool,
}

/// A form field as the visitor left it.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub value: String,
    pub error: Option<String>,
}

impl Field {
    pub fn of(value: impl Into<String>) -> Field {
        Field {
            value: value.into(),
            error: None,
        }
    }

    pub fn wrong(value: impl Into<String>, error: impl Into<String>) -> Field {
        Field {
            value: value.into(),
            error: Some(error.into()),
        }
    }
}

/// One entry of a select or a radio group.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub selected: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice {
            value: value.into(),
            label: label.into(),
            selected: false,
        }
    }

    /// The same choices with the one of `value` selected.
    pub fn select(mut choices: Vec<Choice>, value: &str) -> Vec<Choice> {
        for choice in &mut choices {
            choice.selected = choice.value == value;
        }
        choices
    }
}

/// A seller's colour, from a palette whose contrast is proved in both themes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accent {
    #[default]
    Cobalt,
    Terracotta,
    Olive,
    Plum,
    Teal,
    Ochre,
    Rose,
    Slate,
}

impl Accent {
    pub const ALL: [Accent; 8] = [
        Accent::Cobalt,
        Accent::Terracotta,
        Accent::Olive,
        Accent::Plum,
        Accent::Teal,
        Accent::Ochre,
        Accent::Rose,
        Accent::Slate,
    ];

    /// The message that names it.
    pub fn key(self) -> &'static str {
        match self {
            Accent::Cobalt => "accent.cobalt",
            Accent::Terracotta => "accent.terracotta",
            Accent::Olive => "accent.olive",
            Accent::Plum => "accent.plum",
            Accent::Teal => "accent.teal",
            Accent::Ochre => "accent.ochre",
            Accent::Rose => "accent.rose",
            Accent::Slate => "accent.slate",
        }
    }

    /// The value of `data-accent`.
    pub fn code(self) -> &'static str {
        match self {
            Accent::Cobalt => "cobalt",
            Accent::Terracotta => "terracotta",
            Accent::Olive => "olive",
            Accent::Plum => "plum",
            Accent::Teal => "teal",
            Accent::Ochre => "ochre",
            Accent::Rose => "rose",
            Accent::Slate => "slate",
        }
    }

    /// Red, green and blue in the light theme, as `assets/css/tokens.css` has them.
    fn rgb(self) -> [u8; 3] {
        match self {
            Accent::Cobalt => [0x1f, 0x3f, 0x8f],
            Accent::Terracotta => [0x98, 0x3d, 0x20],
            Accent::Olive => [0x4a, 0x58, 0x1f],
            Accent::Plum => [0x6a, 0x2f, 0x63],
            Accent::Teal => [0x0f, 0x5a, 0x5c],
            Accent::Ochre => [0x7a, 0x50, 0x0b],
            Accent::Rose => [0x99, 0x2b, 0x4c],
            Accent::Slate => [0x3d, 0x4a, 0x57],
        }
    }

    /// As a seller's settings keep it.
    pub fn hex(self) -> String {
        let [red, green, blue] = self.rgb();
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The palette's nearest colour to a seller's own `#rrggbb`; anything else gives the default.
    pub fn nearest(hex: &str) -> Accent {
        let Some(wanted) = parse_hex(hex) else {
            return Accent::default();
        };
        let distance = |accent: &Accent| -> i32 {
            accent
                .rgb()
                .iter()
                .zip(wanted)
                .map(|(a, b)| (i32::from(*a) - i32::from(b)).pow(2))
                .sum()
        };
        Accent::ALL.into_iter().min_by_key(distance).unwrap_or_default()
    }
}

fn parse_hex(hex: &str) -> Option<[u8; 3]> {
    let digits = hex.strip_prefix('#')?;
    let number = u32::from_str_radix(digits, 16)
        .ok()
        .filter(|_| digits.len() == 6)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sellers_colour_becomes_the_nearest_of_the_palette() {
        assert_eq!(Accent::nearest("#b5492a"), Accent::Terracotta);
        assert_eq!(Accent::nearest("#2244aa"), Accent::Cobalt);
        assert_eq!(Accent::nearest("red; }"), Accent::Cobalt);
    }

    #[test]
    fn stock_speaks_up_when_little_is_left() {
        assert_eq!(Stock::of(0, 5), Stock::SoldOut);
        assert_eq!(Stock::of(4, 5), Stock::Few(4));
        assert_eq!(Stock::of(5, 5), Stock::Plenty);
    }
}
