//! Blown glass.

use super::{Choice, Class, Deco, Fact, Line, PLAIN, Painted, Shade, deco, dim, named, noun, shade};
use crate::art::{Decor, Finish, Subject};

const TINTS: &[Shade] = &[
    shade("clear", 0xc9d6d6, "Clear"),
    shade("sea green", 0x8fbbb0, "Green"),
    shade("amber", 0xcf8f45, "Orange"),
    shade("smoke", 0x8d9094, "Grey"),
    shade("cobalt", 0x4668a8, "Blue"),
    shade("rose", 0xd7a3a0, "Pink"),
    shade("olive", 0x9aa367, "Green"),
    shade("aqua", 0x94c3cf, "Blue"),
    shade("violet", 0xa093c0, "Purple"),
];

const TRAILS: &[Shade] = &[
    shade("white", 0xf4efe6, "White"),
    shade("gold", 0xcfa455, "Gold"),
    shade("blue", 0x3f629c, "Blue"),
    shade("coral", 0xcf6650, "Red"),
    shade("green", 0x4c7f68, "Green"),
];

const CUTS: &[Deco] = &[
    PLAIN,
    deco(Decor::Carved, "with vertical ribs", "ribbed"),
    deco(Decor::Drip, "with a(n) {ink} trail", "trailed"),
    deco(Decor::Speckled, "with trapped bubbles", "bubbles"),
    deco(Decor::Stars, "with {ink} stars", "stars"),
    deco(Decor::Dots, "with {ink} dots", "dots"),
    deco(Decor::Blossoms, "with {ink} flowers", "flowers"),
];

const GLASSBLOWING: Class = Class {
    shade_key: "tint",
    ink_key: Some("decoration_colour"),
    techniques: &["free-blown", "mould-blown", "blown and cut"],
    making: &[
        "Two people make it: one gathers and blows, the other shapes the rim before the glass sets, in about four minutes.",
        "The glass is melted overnight from sand and recycled bottles and worked from six in the morning, while the air is cool.",
        "It cools for a night in the annealing oven so that no tension stays in the walls.",
        "Decoration is drawn with a thread of hot glass while the piece still turns on the pipe.",
    ],
    details: &[
        "Look closely for a tiny bubble or a swirl: that is the breath inside.",
        "The {shade} is in the glass itself and never washes off.",
        "The rim is fire-polished, smooth as a river stone.",
        "Underneath you can feel the mark where it left the pipe.",
    ],
    care: &[
        "Wash by hand in lukewarm water.",
        "Safe in the dishwasher on a gentle cycle, though hands are kinder.",
    ],
    tags: &[
        "glass",
        "hand-blown",
        "recycled glass",
        "tableware",
        "gift",
        "artisan",
    ],
};

pub(crate) const GLASSES: Line = Line {
    subject: Subject::DrinkingGlass,
    category: "kitchen-and-wood/glassware",
    class: &GLASSBLOWING,
    nouns: &[
        named("water glasses", "set of water glasses", 1, 100),
        named("wine glasses", "set of wine glasses", 2, 130),
        named("tumblers", "set of tumblers", 1, 95),
        named("cider glasses", "set of cider glasses", 1, 105),
    ],
    shades: TINTS,
    inks: TRAILS,
    decors: CUTS,
    finishes: &[Finish::Glass],
    materials: &["recycled glass", "soda-lime glass", "lead-free crystal"],
    painted: Painted::Over,
    price: (2600, 5200),
    weight_g: (420, 800),
    dims: &[
        dim("height_cm", "cm", "tall", 9, 13),
        dim("capacity_ml", "ml", "each", 240, 360),
    ],
    choice: Choice::Options(
        "Set",
        &[
            ("Two glasses", 60, 50),
            ("Four glasses", 100, 100),
            ("Six glasses", 142, 150),
        ],
    ),
    titles: &[
        "{series} {noun} in {shade} glass {deco}",
        "{noun} in {shade} glass {deco}",
        "{shade} {noun} {deco}",
    ],
    openings: &[
        "A(n) {phrase} in {shade} {material}, blown one by one and therefore cousins, not twins.",
        "A(n) {phrase} that makes plain water look like a decision.",
        "This {phrase} is thin at the lip and heavy at the base.",
    ],
    facts: &[Fact::Flag("dishwasher_safe", 50)],
};

pub(crate) const CARAFE: Line = Line {
    subject: Subject::Carafe,
    nouns: &[
        noun("carafe", 0, 100),
        noun("water carafe", 0, 110),
        noun("bedside carafe", 0, 75),
    ],
    price: (3200, 5800),
    weight_g: (600, 950),
    dims: &[
        dim("height_cm", "cm", "tall", 22, 27),
        dim("capacity_ml", "ml", "to the neck", 750, 1100),
    ],
    choice: Choice::One,
    openings: &[
        "A(n) {phrase} in {shade} glass with a neck that fits the hand.",
        "A(n) {phrase} for the table, with a little glass to keep it company.",
        "This {phrase} pours without a sound.",
    ],
    ..GLASSES
};

pub(crate) const GLASS_VASE: Line = Line {
    subject: Subject::GlassVase,
    category: "ceramics/vases-and-planters",
    nouns: &[
        noun("glass vase", 0, 100),
        noun("blown bud vase", 0, 65),
        noun("bubble vase", 0, 110),
    ],
    price: (3400, 7600),
    weight_g: (600, 1200),
    dims: &[
        dim("height_cm", "cm", "tall", 18, 27),
        dim("diameter_cm", "cm", "across", 10, 15),
    ],
    choice: Choice::Options(
        "Size",
        &[("Small", 72, 60), ("Medium", 100, 100), ("Large", 140, 150)],
    ),
    openings: &[
        "A(n) {phrase} in {shade} that throws its colour across the table in the afternoon.",
        "A(n) {phrase} where stems are half of the picture.",
        "This {phrase} is blown freely, without a mould, so its shoulders lean a little.",
    ],
    facts: &[Fact::Flag("watertight", 100)],
    ..GLASSES
};
