//! Prints, notebooks, cards.

use super::{Choice, Class, Fact, Line, PLAIN, Painted, Shade, deco, fixed, named, noun, shade};
use crate::art::{Decor, Finish, Subject};

const PAPERS: &[Shade] = &[
    shade("ivory paper", 0xf4ead8, "Cream"),
    shade("white cotton paper", 0xf7f4ee, "White"),
    shade("kraft paper", 0xcaa87c, "Brown"),
    shade("sand paper stock", 0xe5d3b3, "Natural"),
    shade("pale blue paper", 0xcfdbe2, "Blue"),
    shade("blush paper", 0xeccfc3, "Pink"),
    shade("midnight paper", 0x2c3a4f, "Blue"),
];

const INKS: &[Shade] = &[
    shade("indigo", 0x2f4a78, "Blue"),
    shade("vermilion", 0xc24a31, "Red"),
    shade("bottle green", 0x38594a, "Green"),
    shade("ochre", 0xd2983a, "Yellow"),
    shade("black", 0x302c2b, "Black"),
    shade("teal", 0x33777c, "Blue"),
    shade("plum", 0x69415c, "Purple"),
    shade("terracotta", 0xb9623f, "Orange"),
    shade("gold", 0xc9a052, "Gold"),
];

const PRINTING: Class = Class {
    shade_key: "paper",
    ink_key: Some("ink"),
    techniques: &["linocut", "screen print", "letterpress", "woodcut", "risograph"],
    making: &[
        "The block is cut by hand, inked with a roller and pulled on a hand press from 1890, one sheet at a time.",
        "Each colour is a separate block and a separate day, laid over the last with pins and good eyesight.",
        "It is printed on a machine with a treadle, so the pace depends on the music.",
        "We mix the inks on glass from three pigments and a lot of white.",
    ],
    details: &[
        "The {ink} lies a little raised on the sheet: run a finger over it.",
        "No two impressions are identical, which is rather the point.",
        "The paper is cotton, mould-made, and will outlast us.",
        "It is sent flat, between boards, in a sleeve without plastic.",
    ],
    care: &[
        "Keep it out of direct sun; frame it behind glass with a little air.",
        "Handle with clean, dry hands.",
    ],
    tags: &[
        "print",
        "paper",
        "stationery",
        "handmade",
        "illustration",
        "wall art",
        "gift",
    ],
};

const STATIONERY: Class = Class {
    techniques: &["letterpress", "linocut", "hand-bound", "screen print"],
    making: &[
        "Covers are printed on a hand press from 1890, one sheet at a time, and trimmed by eye.",
        "We mix the inks on glass from three pigments and a lot of white.",
        "It is folded, pierced and sewn with linen thread at a table by the window.",
    ],
    details: &[
        "The paper is heavy, a little rough, and takes ink without bleeding.",
        "The {ink} lies a little raised on the sheet: run a finger over it.",
        "The offcuts become our business cards.",
        "It is sent flat, between boards, in a sleeve without plastic.",
    ],
    care: &["Keep it dry, and do not save it for best."],
    tags: &[
        "stationery",
        "paper",
        "handmade",
        "letterpress",
        "writing",
        "desk",
        "gift",
    ],
    ..PRINTING
};

pub(crate) const PRINT: Line = Line {
    subject: Subject::Print,
    category: "paper-and-prints/prints",
    class: &PRINTING,
    nouns: &[
        named("print of hills and sun", "print of hills under a low sun", 1, 105),
        named("botanical print", "botanical print", 2, 100),
        named("print of waves", "print of waves", 3, 100),
        named("print of a bird", "print of a bird", 4, 95),
        named("citrus print", "citrus print", 5, 95),
        named("print of three fish", "print of three fish", 6, 100),
        named("print of a white village", "print of a white village", 7, 115),
        named("moon print", "moon print", 8, 105),
        named("tile pattern print", "tile pattern print", 9, 90),
    ],
    shades: PAPERS,
    inks: INKS,
    decors: &[PLAIN],
    finishes: &[Finish::Matte],
    materials: &["cotton paper", "recycled paper", "mould-made paper"],
    painted: Painted::Over,
    price: (2200, 5800),
    weight_g: (120, 380),
    dims: &[],
    choice: Choice::Options(
        "Size",
        &[
            ("A5", 55, 40),
            ("A4", 78, 60),
            ("A3", 100, 100),
            ("50 × 70 cm", 170, 180),
        ],
    ),
    titles: &[
        "{series}, {noun} in {ink}",
        "{noun} in {ink} on {shade}",
        "{noun}, {ink} on {shade}",
    ],
    openings: &[
        "A(n) {phrase} in {ink} on {shade}, drawn on a bench in {town} and cut the same week.",
        "A(n) {phrase} for the wall that has been waiting for something.",
        "This {phrase} is printed in an edition of sixty, numbered and signed in pencil.",
    ],
    facts: &[Fact::Flag("signed", 80), Fact::Flag("framed", 10)],
};

pub(crate) const NOTEBOOK: Line = Line {
    subject: Subject::Notebook,
    category: "paper-and-prints/notebooks",
    class: &STATIONERY,
    nouns: &[
        noun("notebook", 2, 100),
        noun("sketchbook", 2, 120),
        noun("recipe book", 2, 125),
        noun("guest book", 2, 140),
    ],
    decors: &[
        PLAIN,
        deco(Decor::Waves, "with {ink} waves", "waves"),
        deco(Decor::Stars, "with {ink} stars", "stars"),
        deco(Decor::Stripes, "with {ink} stripes", "stripes"),
        deco(Decor::Blossoms, "with {ink} blossoms", "blossoms"),
        deco(Decor::Scales, "with {ink} scales", "scales"),
        deco(Decor::Checks, "with {ink} checks", "checks"),
        deco(Decor::Sprigs, "with {ink} sprigs", "sprigs"),
    ],
    price: (1400, 2800),
    weight_g: (240, 480),
    dims: &[
        fixed("height_cm", "cm", "tall", 15, 24),
        fixed("width_cm", "cm", "wide", 11, 17),
        fixed("pages", "", "pages", 96, 192),
    ],
    choice: Choice::Options(
        "Ruling",
        &[("Plain", 100, 100), ("Ruled", 100, 100), ("Dotted", 100, 100)],
    ),
    titles: &[
        "{series} {noun} {deco}",
        "{noun} in {shade} {deco}",
        "{noun}, {ink} on {shade} {deco}",
    ],
    openings: &[
        "A(n) {phrase} sewn in signatures so that it opens flat and stays open.",
        "A(n) {phrase} covered in {shade}, for lists, sketches and the beginnings of things.",
        "This {phrase} has paper that takes ink without bleeding and pencil without complaint.",
    ],
    facts: &[Fact::Flag("recycled", 45)],
    ..PRINT
};

pub(crate) const CARDS: Line = Line {
    subject: Subject::Cards,
    category: "paper-and-prints/cards",
    class: &STATIONERY,
    nouns: &[
        named("greeting cards", "set of greeting cards", 0, 100),
        named("postcards", "set of postcards", 0, 70),
        named("folded cards", "set of folded cards", 0, 110),
    ],
    price: (900, 1900),
    weight_g: (60, 140),
    dims: &[
        fixed("width_cm", "cm", "wide", 10, 13),
        fixed("height_cm", "cm", "tall", 15, 18),
    ],
    choice: Choice::Options(
        "Set",
        &[
            ("Three cards", 45, 40),
            ("Six cards", 80, 75),
            ("Eight cards", 100, 100),
            ("Twelve cards", 138, 150),
        ],
    ),
    titles: &[
        "{series} {noun} in {ink}",
        "{noun} in {ink} on {shade}",
        "{noun}, {shade} and {ink}",
    ],
    openings: &[
        "A(n) {phrase} in {ink} with envelopes, blank inside, for the words you will find.",
        "A(n) {phrase} printed by hand on {shade}, heavy enough to stand on a shelf.",
        "This {phrase} is for birthdays, thanks, and letters without a reason.",
    ],
    facts: &[Fact::Flag("envelopes_included", 90)],
    ..PRINT
};
