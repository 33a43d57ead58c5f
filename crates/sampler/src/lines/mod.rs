//! What the workshops make: for each line of goods its names, colours, sizes, prices and the sentences that describe it.

mod baskets;
mod bath;
mod ceramics;
mod delicatessen;
mod glass;
mod jewellery;
mod leather;
mod pantry;
mod paper;
mod textiles;
mod toys;
mod wood;

use crate::art::{Decor, Finish, Rgb, Subject};

pub(crate) use baskets::{BASKET, BASKET_BAG, TRAY};
pub(crate) use bath::{BATH_SALTS, CANDLE, CREAM, FACE_OIL, SOAP};
pub(crate) use ceramics::*;
pub(crate) use delicatessen::{CHEESE, COFFEE, SWEETS, TEA};
pub(crate) use glass::{CARAFE, GLASS_VASE, GLASSES};
pub(crate) use jewellery::{BRACELET, EARRINGS, NECKLACE, RING};
pub(crate) use leather::{BELT, ESPADRILLES, HANDBAG, LEATHER_NOTEBOOK, WALLET};
pub(crate) use pantry::*;
pub(crate) use paper::{CARDS, NOTEBOOK, PRINT};
pub(crate) use textiles::*;
pub(crate) use toys::{BLOCKS, HORSE, RABBIT, RAINBOW, TOP, TRAIN};
pub(crate) use wood::*;

/// One thing a line offers: its name in titles, its name in sentences, the silhouette it is drawn with, its size in percent.
pub(crate) struct Noun {
    pub title: &'static str,
    pub phrase: &'static str,
    pub form: u8,
    pub size: i64,
}

const fn noun(name: &'static str, form: u8, size: i64) -> Noun {
    Noun {
        title: name,
        phrase: name,
        form,
        size,
    }
}

/// For plurals: "hoop earrings" in a title, "pair of hoop earrings" in a sentence.
const fn named(title: &'static str, phrase: &'static str, form: u8, size: i64) -> Noun {
    Noun {
        title,
        phrase,
        form,
        size,
    }
}

/// A glaze, dye, leather, wood, metal, scent or variety: what it is called, how it looks, the plain colour buyers filter by.
pub(crate) struct Shade {
    pub name: &'static str,
    pub rgb: Rgb,
    pub family: &'static str,
}

const fn shade(name: &'static str, code: u32, family: &'static str) -> Shade {
    Shade {
        name,
        rgb: Rgb::hex(code),
        family,
    }
}

/// A decoration: how it is drawn, how a title says it, what a filter calls it.
pub(crate) struct Deco {
    pub decor: Decor,
    pub phrase: &'static str,
    pub name: &'static str,
}

const fn deco(decor: Decor, phrase: &'static str, name: &'static str) -> Deco {
    Deco { decor, phrase, name }
}

const PLAIN: Deco = deco(Decor::Plain, "", "plain");

/// A measure of a line at 100 percent.
pub(crate) struct Dim {
    pub key: &'static str,
    pub unit: &'static str,
    pub word: &'static str,
    pub range: (i64, i64),
    /// Grows with the noun's size.
    pub grows: bool,
}

const fn dim(key: &'static str, unit: &'static str, word: &'static str, low: i64, high: i64) -> Dim {
    Dim {
        key,
        unit,
        word,
        range: (low, high),
        grows: true,
    }
}

const fn fixed(key: &'static str, unit: &'static str, word: &'static str, low: i64, high: i64) -> Dim {
    Dim {
        key,
        unit,
        word,
        range: (low, high),
        grows: false,
    }
}

/// What a line adds to the attributes of its class.
pub(crate) enum Fact {
    /// One of these texts.
    Text(&'static str, &'static [&'static str]),
    /// True so many times out of a hundred.
    Flag(&'static str, u32),
}

/// Where the colours of shade, second shade and third go in the drawing.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Painted {
    /// Body, decoration, trim.
    Over,
    /// Metal is the body, the second shade is its stone.
    Set,
    /// What is sold is inside: label and lid take the shop's colours.
    Filled,
    /// The vessel is of the second shade.
    Poured,
}

/// What the buyer chooses between.
pub(crate) enum Choice {
    One,
    /// Option name, then (value, price percent, weight percent).
    Options(&'static str, &'static [(&'static str, i64, i64)]),
    /// Some of the shop's own shades.
    Shades,
}

/// What lines of one craft share.
pub(crate) struct Class {
    /// The attribute that carries the shade's name: glaze, dye, scent ...
    pub shade_key: &'static str,
    /// The attribute that carries the second shade's name, where it means something by itself.
    pub ink_key: Option<&'static str>,
    pub techniques: &'static [&'static str],
    pub making: &'static [&'static str],
    pub details: &'static [&'static str],
    pub care: &'static [&'static str],
    pub tags: &'static [&'static str],
}

pub(crate) struct Line {
    pub subject: Subject,
    /// Path of category slugs.
    pub category: &'static str,
    pub class: &'static Class,
    pub nouns: &'static [Noun],
    pub shades: &'static [Shade],
    pub inks: &'static [Shade],
    pub decors: &'static [Deco],
    pub finishes: &'static [Finish],
    pub materials: &'static [&'static str],
    pub painted: Painted,
    /// Minor units of the euro at 100 percent.
    pub price: (i64, i64),
    pub weight_g: (i64, i64),
    pub dims: &'static [Dim],
    pub choice: Choice,
    pub titles: &'static [&'static str],
    pub openings: &'static [&'static str],
    pub facts: &'static [Fact],
}

/// All lines, for the category schemas and the tests.
pub(crate) const ALL: &[&Line] = &[
    &MUG,
    &BOWL,
    &PLATE,
    &TEAPOT,
    &JUG,
    &TUMBLER,
    &CASSEROLE,
    &VASE,
    &PLANTER,
    &TILE,
    &CERAMIC_LAMP,
    &CANDLESTICK,
    &SCARF,
    &BLANKET,
    &CUSHION,
    &RUG,
    &TEA_TOWEL,
    &TOTE,
    &HANDBAG,
    &WALLET,
    &BELT,
    &ESPADRILLES,
    &LEATHER_NOTEBOOK,
    &RING,
    &EARRINGS,
    &NECKLACE,
    &BRACELET,
    &SOAP,
    &CREAM,
    &FACE_OIL,
    &BATH_SALTS,
    &CANDLE,
    &BOARD,
    &SPOONS,
    &WOOD_BOWL,
    &MILL,
    &ROLLING_PIN,
    &KNIFE,
    &POCKET_KNIFE,
    &STOOL,
    &CHAIR,
    &SIDE_TABLE,
    &BASKET,
    &BASKET_BAG,
    &TRAY,
    &GLASSES,
    &CARAFE,
    &GLASS_VASE,
    &HONEY,
    &JAM,
    &OLIVE_OIL,
    &OLIVES,
    &CHEESE,
    &SWEETS,
    &TEA,
    &COFFEE,
    &CORDIAL,
    &PRINT,
    &NOTEBOOK,
    &CARDS,
    &HORSE,
    &TRAIN,
    &BLOCKS,
    &RAINBOW,
    &TOP,
    &RABBIT,
];
