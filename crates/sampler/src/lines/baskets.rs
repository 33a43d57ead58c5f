//! Esparto, palm, willow, cane.

use super::{Choice, Class, Deco, Fact, Line, PLAIN, Painted, Shade, deco, dim, noun, shade};
use crate::art::{Decor, Finish, Subject};

const FIBRES: &[Shade] = &[
    shade("natural", 0xcfae73, "Natural"),
    shade("sun-bleached", 0xe3d0a5, "Cream"),
    shade("green", 0xa3a468, "Green"),
    shade("smoked", 0x9b7548, "Brown"),
    shade("dark brown", 0x775539, "Brown"),
    shade("honey", 0xc4924e, "Brown"),
    shade("white-washed", 0xe9e1d0, "White"),
];

const BORDERS: &[Shade] = &[
    shade("indigo", 0x3d5477, "Blue"),
    shade("red", 0xa9482f, "Red"),
    shade("black", 0x3a3432, "Black"),
    shade("olive", 0x76793f, "Green"),
    shade("saddle brown", 0x8a5430, "Brown"),
    shade("mustard", 0xcf9b3c, "Yellow"),
    shade("white", 0xf0e8d8, "White"),
];

const BORDERED: &[Deco] = &[
    PLAIN,
    deco(Decor::Bands, "with a(n) {ink} band", "band"),
    deco(Decor::Dipped, "with a(n) {ink} base", "two-tone"),
    deco(Decor::Checks, "with {ink} rows", "rows"),
    deco(Decor::Stars, "with a(n) {ink} star", "star"),
];

const BASKETRY: Class = Class {
    shade_key: "fibre_tone",
    ink_key: Some("second_colour"),
    techniques: &["coiled and stitched", "plaited", "woven on stakes"],
    making: &[
        "The {material} is gathered by hand in high summer, dried for forty days, and soaked again until it is soft enough to work.",
        "It is a day's work for a small one and three for a large, most of it sitting on a low chair by the door.",
        "It is woven without a mould, by eye, from the base up, and trimmed with a knife.",
        "There is nothing in it but {material}, water and time.",
    ],
    details: &[
        "It smells of hay for the first weeks, which is a pleasure.",
        "It keeps its shape, bends without breaking, and can be mended.",
        "Few people still make these; two of them work at our table.",
        "The tone deepens from straw to honey over the years.",
    ],
    care: &[
        "If it gets wet, dry it in the air, upside down.",
        "Shake out, brush dry; a light spray of water in high summer keeps it supple.",
    ],
    tags: &[
        "basket",
        "esparto",
        "natural fibres",
        "handwoven",
        "storage",
        "traditional craft",
        "sustainable",
    ],
};

const TITLES: &[&str] = &[
    "{series} {noun} in {shade} {material} {deco}",
    "{material} {noun}, {shade} {deco}",
    "{noun} in {material}, {shade} {deco}",
];

pub(crate) const BASKET: Line = Line {
    subject: Subject::Basket,
    category: "baskets/baskets",
    class: &BASKETRY,
    nouns: &[
        noun("bread basket", 4, 60),
        noun("laundry basket", 2, 170),
        noun("harvest basket", 1, 110),
        noun("plant basket", 3, 100),
        noun("log basket", 2, 150),
    ],
    shades: FIBRES,
    inks: BORDERS,
    decors: BORDERED,
    finishes: &[Finish::Matte],
    materials: &["esparto", "palm leaf", "willow", "chestnut splint", "cane"],
    painted: Painted::Over,
    price: (2400, 5200),
    weight_g: (450, 1100),
    dims: &[
        dim("height_cm", "cm", "tall", 18, 28),
        dim("diameter_cm", "cm", "across", 26, 34),
    ],
    choice: Choice::Options(
        "Size",
        &[("Small", 72, 60), ("Medium", 100, 100), ("Large", 145, 160)],
    ),
    titles: TITLES,
    openings: &[
        "A(n) {phrase} in {material}, made to be filled, emptied and filled again.",
        "A(n) {phrase} that turns whatever you put in it into a still life.",
        "This {phrase} is woven as they were for the mules of {region}, only smaller and cleaner.",
    ],
    facts: &[Fact::Flag("lined", 15)],
};

pub(crate) const BASKET_BAG: Line = Line {
    subject: Subject::BasketBag,
    category: "baskets/basket-bags",
    nouns: &[
        noun("basket bag", 0, 100),
        noun("market capazo", 0, 115),
        noun("beach basket", 0, 120),
        noun("small basket bag", 0, 75),
    ],
    materials: &["palm leaf", "esparto", "raffia", "sea grass"],
    price: (3200, 6900),
    weight_g: (420, 800),
    dims: &[
        dim("width_cm", "cm", "wide", 36, 46),
        dim("height_cm", "cm", "tall", 24, 32),
    ],
    openings: &[
        "A(n) {phrase} in {material} with leather handles, for the market on Saturday and the beach on Sunday.",
        "A(n) {phrase} that stands by itself and never tips over on the train.",
        "This {phrase} carries bread, towels, peonies and a small dog, though not at once.",
    ],
    facts: &[
        Fact::Text("handles", &["leather", "braided esparto"]),
        Fact::Flag("lined", 35),
    ],
    ..BASKET
};

pub(crate) const TRAY: Line = Line {
    subject: Subject::EspartoTray,
    category: "baskets/trays-and-mats",
    nouns: &[
        noun("tray", 0, 100),
        noun("round table mat", 0, 60),
        noun("wall basket", 0, 90),
        noun("bread tray", 0, 80),
    ],
    materials: &["esparto", "palm leaf", "rye straw"],
    price: (1900, 4200),
    weight_g: (250, 600),
    dims: &[dim("diameter_cm", "cm", "across", 30, 42)],
    openings: &[
        "A(n) {phrase} in {material}, coiled from the middle out like a shell.",
        "A(n) {phrase} for hot pots, for breakfast in bed, or for the empty wall above the sideboard.",
        "This {phrase} grows by one coil every ten minutes, and you can count them.",
    ],
    facts: &[Fact::Flag("heat_resistant", 80)],
    ..BASKET
};
