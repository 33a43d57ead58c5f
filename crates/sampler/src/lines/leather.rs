//! Leather goods and espadrilles.

use super::{Choice, Class, Fact, Line, PLAIN, Painted, Shade, deco, dim, fixed, noun, shade, textiles};
use crate::art::{Decor, Finish, Subject};

const HIDES: &[Shade] = &[
    shade("cognac", 0xa9602f, "Brown"),
    shade("chestnut", 0x74432b, "Brown"),
    shade("black", 0x302c2b, "Black"),
    shade("natural tan", 0xd9ab7b, "Natural"),
    shade("oxblood", 0x6e2b2c, "Red"),
    shade("forest green", 0x3d5544, "Green"),
    shade("navy", 0x2c3c57, "Blue"),
    shade("mustard", 0xc8943a, "Yellow"),
    shade("stone grey", 0x8d867c, "Grey"),
    shade("blush", 0xcf9c8b, "Pink"),
];

const THREADS: &[Shade] = &[
    shade("cream", 0xefe0c4, "Cream"),
    shade("rust", 0xb3562f, "Orange"),
    shade("indigo", 0x3c5478, "Blue"),
    shade("ochre", 0xd0a04a, "Yellow"),
];

const LEATHERWORK: Class = Class {
    shade_key: "leather_colour",
    ink_key: None,
    techniques: &[
        "saddle-stitched",
        "hand-cut and stitched",
        "hand-tooled",
        "moulded and stitched",
    ],
    making: &[
        "We cut it by hand from full-grain leather tanned with mimosa and oak bark, and stitch it with waxed linen thread.",
        "Every seam is saddle-stitched with two needles, so that if one stitch breaks the others hold.",
        "The edges are bevelled, dyed and burnished with beeswax until they shine.",
        "The leather comes from a tannery a short drive from {town} that still works with bark and patience.",
        "One pair of hands makes it from the first cut to the last stitch.",
    ],
    details: &[
        "The {shade} deepens with sun and use; after a year it will be unmistakably yours.",
        "Fittings are solid brass, made to be repaired rather than replaced.",
        "Marks of the animal's life are left visible: they tell you it is real.",
        "Our monogram is pressed, small, where only you will look.",
        "Repairs are free for the first five years.",
    ],
    care: &[
        "Keep it out of the rain when you can, and feed it with neutral wax twice a year.",
        "Wipe with a dry cloth; a little leather balm brings back its colour.",
        "If it gets wet, let it dry slowly, away from heaters.",
    ],
    tags: &[
        "leather",
        "handmade",
        "saddle stitch",
        "vegetable-tanned",
        "accessories",
        "gift",
        "for life",
    ],
};

const SOFT: &[Finish] = &[Finish::Satin, Finish::Matte];
const TITLES: &[&str] = &[
    "{series} {noun} in {shade} leather {deco}",
    "{noun} in {shade} leather {deco}",
    "{shade} leather {noun} {deco}",
];

pub(crate) const WALLET: Line = Line {
    subject: Subject::Wallet,
    category: "leather-and-bags/wallets",
    class: &LEATHERWORK,
    nouns: &[
        noun("bifold wallet", 1, 100),
        noun("card holder", 2, 60),
        noun("envelope wallet", 3, 120),
        noun("coin purse", 3, 55),
        noun("passport cover", 1, 85),
    ],
    shades: HIDES,
    inks: THREADS,
    decors: &[
        PLAIN,
        deco(Decor::Stars, "with tooled stars", "tooled"),
        deco(Decor::Sprigs, "with tooled leaves", "tooled"),
        deco(Decor::Dots, "with {ink} stitching", "contrast stitching"),
    ],
    finishes: SOFT,
    materials: &["full-grain cowhide", "goatskin", "vegetable-tanned calfskin"],
    painted: Painted::Over,
    price: (3400, 6200),
    weight_g: (50, 120),
    dims: &[
        fixed("width_cm", "cm", "wide", 9, 12),
        fixed("height_cm", "cm", "tall", 7, 10),
    ],
    choice: Choice::Shades,
    titles: TITLES,
    openings: &[
        "A(n) {phrase} in {material}, slim enough for a front pocket.",
        "A(n) {phrase} with room for what you need and none for old receipts.",
        "This {phrase} in {shade} is the piece every apprentice in our workshop makes first.",
    ],
    facts: &[Fact::Text("card_slots", &["4", "6", "8"])],
};

pub(crate) const BELT: Line = Line {
    subject: Subject::Belt,
    category: "leather-and-bags/belts",
    nouns: &[
        noun("belt", 0, 100),
        noun("wide belt", 0, 115),
        noun("narrow belt", 0, 85),
    ],
    decors: &[
        PLAIN,
        deco(Decor::Dots, "with {ink} stitching", "contrast stitching"),
        deco(Decor::Stars, "with tooled stars", "tooled"),
        deco(Decor::Kilim, "with tooled diamonds", "tooled"),
        deco(Decor::Bands, "with a(n) {ink} inlay", "inlay"),
    ],
    price: (3900, 6900),
    weight_g: (180, 280),
    dims: &[dim("width_mm", "mm", "wide", 26, 38)],
    choice: Choice::Options(
        "Length",
        &[
            ("80 cm", 100, 92),
            ("85 cm", 100, 96),
            ("90 cm", 100, 100),
            ("95 cm", 100, 104),
            ("100 cm", 104, 108),
            ("110 cm", 108, 115),
        ],
    ),
    openings: &[
        "A(n) {phrase} cut in one strip from the back of the hide, where leather is densest.",
        "A(n) {phrase} in {shade} with a solid brass buckle that turns the colour of old coins.",
        "This {phrase} starts firm, learns your shape, and then stays.",
    ],
    facts: &[Fact::Text("buckle", &["brass", "antique brass", "steel"])],
    ..WALLET
};

pub(crate) const HANDBAG: Line = Line {
    subject: Subject::Handbag,
    category: "leather-and-bags/bags",
    nouns: &[
        noun("saddle bag", 1, 110),
        noun("shopper", 2, 125),
        noun("handbag", 3, 100),
        noun("crossbody bag", 1, 90),
    ],
    decors: &[
        PLAIN,
        deco(Decor::Stripes, "with a woven {ink} band", "woven band"),
        deco(Decor::Kilim, "with a(n) {ink} kilim band", "kilim band"),
        deco(Decor::Blossoms, "with a(n) {ink} blossom band", "embroidered"),
    ],
    price: (11900, 21500),
    weight_g: (650, 1100),
    dims: &[
        dim("width_cm", "cm", "wide", 24, 30),
        dim("height_cm", "cm", "tall", 18, 26),
        fixed("depth_cm", "cm", "deep", 8, 13),
    ],
    openings: &[
        "A(n) {phrase} in {material} that holds its shape on its own and its contents without complaint.",
        "A(n) {phrase} in {shade}, lined with cotton, with one pocket for keys and one for everything else.",
        "This {phrase} is cut from four pieces of leather and sewn in a day and a half.",
    ],
    facts: &[
        Fact::Text("closure", &["buckle", "magnet", "zip"]),
        Fact::Flag("inside_pocket", 85),
    ],
    ..WALLET
};

pub(crate) const LEATHER_NOTEBOOK: Line = Line {
    subject: Subject::Notebook,
    category: "paper-and-prints/notebooks",
    nouns: &[
        noun("leather notebook", 1, 100),
        noun("leather journal", 1, 115),
        noun("travel diary", 1, 95),
    ],
    price: (2800, 4900),
    weight_g: (320, 520),
    dims: &[
        fixed("height_cm", "cm", "tall", 17, 21),
        fixed("width_cm", "cm", "wide", 12, 15),
        fixed("pages", "", "pages", 160, 240),
    ],
    titles: &[
        "{series} {noun} in {shade}",
        "{noun} in {shade} {deco}",
        "{shade} {noun} {deco}",
    ],
    openings: &[
        "A(n) {phrase} that opens flat, takes a fountain pen, and can be refilled when the last page is full.",
        "A(n) {phrase} in {shade}, bound by hand around cream laid paper.",
        "This {phrase} fits a coat pocket and a long journey.",
    ],
    facts: &[
        Fact::Text("ruling", &["plain", "ruled", "dotted"]),
        Fact::Flag("refillable", 75),
    ],
    ..WALLET
};

const ROPE: Class = Class {
    shade_key: "dye",
    ink_key: Some("second_colour"),
    techniques: &["hand-sewn", "hand-stitched sole"],
    making: &[
        "The sole is coiled from jute braid, pressed, and sewn through by hand with a needle as long as a finger.",
        "Canvas and sole are joined with a stitch that is done the same way in {town} as it was two hundred years ago.",
        "Each pair takes about an hour: ten minutes for the sole and fifty for the sewing.",
    ],
    details: &[
        "Half a size of give appears after the first week, so choose them snug.",
        "A thin rubber layer under the jute keeps the damp street out.",
        "They breathe, which is the whole secret.",
    ],
    care: &[
        "Brush off dust when dry; keep them out of puddles.",
        "Spot clean with a damp cloth and let them dry in the shade.",
    ],
    tags: &["espadrilles", "summer", "jute", "handmade", "shoes", "vegan"],
};

pub(crate) const ESPADRILLES: Line = Line {
    subject: Subject::Espadrilles,
    category: "leather-and-bags/footwear",
    class: &ROPE,
    nouns: &[
        super::named("espadrilles", "pair of espadrilles", 0, 100),
        super::named("closed espadrilles", "pair of closed espadrilles", 0, 110),
        super::named("village alpargatas", "pair of alpargatas", 0, 90),
    ],
    shades: textiles::DYES,
    inks: textiles::DYES,
    decors: textiles::WOVEN,
    finishes: &[Finish::Matte],
    materials: &[
        "cotton canvas and jute",
        "linen and jute",
        "organic cotton and jute",
    ],
    price: (2900, 5200),
    weight_g: (340, 460),
    dims: &[fixed("sole_mm", "mm", "of sole", 18, 26)],
    choice: Choice::Options(
        "Size",
        &[
            ("36", 100, 90),
            ("37", 100, 93),
            ("38", 100, 96),
            ("39", 100, 100),
            ("40", 100, 104),
            ("41", 100, 108),
        ],
    ),
    titles: &[
        "{series} {noun} in {shade} {deco}",
        "{noun} in {shade} {deco}",
        "{shade} {noun} {deco}",
    ],
    openings: &[
        "A(n) {phrase} in {shade} canvas, made for stone streets, boats and long lunches.",
        "A(n) {phrase} as plain and as right as a white shirt.",
        "This {phrase} is sewn in our workshop from {material}, and nothing in it is glued.",
    ],
    facts: &[],
    ..WALLET
};
