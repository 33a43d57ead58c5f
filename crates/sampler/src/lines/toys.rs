//! Wooden toys and a soft rabbit.

use super::{
    Choice, Class, Fact, Line, PLAIN, Painted, Shade, deco, dim, fixed, named, noun, shade, textiles,
};
use crate::art::{Decor, Finish, Subject};

const PAINTS: &[Shade] = &[
    shade("natural beech", 0xdcb585, "Natural"),
    shade("sea blue", 0x5a88a0, "Blue"),
    shade("brick red", 0xb3533a, "Red"),
    shade("meadow green", 0x7f9a66, "Green"),
    shade("mustard", 0xd9a443, "Yellow"),
    shade("cream", 0xf0e4cc, "Cream"),
    shade("dusty rose", 0xd49a8c, "Pink"),
    shade("night blue", 0x35486a, "Blue"),
    shade("walnut", 0x8a5f42, "Brown"),
];

const TOYMAKING: Class = Class {
    shade_key: "finish_colour",
    ink_key: Some("second_colour"),
    techniques: &["cut and sanded by hand", "turned and painted", "sawn and waxed"],
    making: &[
        "It is sawn from beech and lime, sanded four times and painted with water-based colours that are safe to chew.",
        "Edges are rounded by hand until a small fist finds nothing sharp.",
        "One person makes it from the first cut to the last brushstroke, and tests it on the way.",
        "The paint is thinned so that the grain still shows through.",
    ],
    details: &[
        "Tested to EN 71 and, more severely, by the neighbours' children.",
        "It is heavy enough to feel real and light enough to throw, though we advise against it.",
        "Comes in a cotton bag that becomes part of the game.",
        "Spare parts are free for as long as we work.",
    ],
    care: &[
        "Wipe with a damp cloth; do not soak.",
        "Suitable from eighteen months, with company.",
    ],
    tags: &[
        "toy",
        "wooden toy",
        "children",
        "Montessori",
        "handmade",
        "gift",
        "non-toxic",
    ],
};

const TITLES: &[&str] = &[
    "{series} {noun} in {shade} {deco}",
    "{noun} in {shade} and {ink}",
    "{shade} {noun} {deco}",
];
const AGES: Fact = Fact::Text(
    "age",
    &["from 12 months", "from 18 months", "from 2 years", "from 3 years"],
);

pub(crate) const HORSE: Line = Line {
    subject: Subject::ToyHorse,
    category: "toys/wooden-toys",
    class: &TOYMAKING,
    nouns: &[
        noun("rocking horse", 1, 140),
        noun("pull-along horse", 2, 100),
        noun("little horse on wheels", 2, 85),
    ],
    shades: PAINTS,
    inks: PAINTS,
    decors: &[
        PLAIN,
        deco(Decor::Checks, "with a checked saddle", "checks"),
        deco(Decor::Stripes, "with a striped saddle", "stripes"),
        deco(Decor::Blossoms, "with a flowered saddle", "blossoms"),
    ],
    finishes: &[Finish::Satin],
    materials: &["beech wood", "lime wood", "pine and beech"],
    painted: Painted::Over,
    price: (3400, 6800),
    weight_g: (600, 1500),
    dims: &[
        dim("height_cm", "cm", "tall", 18, 28),
        dim("length_cm", "cm", "long", 20, 30),
    ],
    choice: Choice::One,
    titles: TITLES,
    openings: &[
        "A(n) {phrase} with a wool mane and a patient look, ready for its first name.",
        "A(n) {phrase} in {shade} that follows wherever it is pulled and never asks why.",
        "This {phrase} is drawn after the one our grandmother had, which still stands in the hall.",
    ],
    facts: &[AGES],
};

pub(crate) const TRAIN: Line = Line {
    subject: Subject::ToyTrain,
    nouns: &[
        noun("wooden train", 0, 110),
        noun("name train", 0, 125),
        noun("goods train", 0, 105),
    ],
    decors: &[PLAIN],
    price: (3200, 5600),
    dims: &[
        dim("length_cm", "cm", "long", 38, 52),
        fixed("height_cm", "cm", "tall", 9, 12),
    ],
    openings: &[
        "A(n) {phrase} with an engine and two carriages that couple with wooden hooks.",
        "A(n) {phrase} in {shade}, for long journeys from the kitchen to the hall.",
        "This {phrase} runs on every floor, and the smoke is left to the imagination.",
    ],
    titles: &[
        "{series} {noun} in {shade}",
        "{noun} in {shade} and {ink}",
        "{shade} {noun}",
    ],
    ..HORSE
};

pub(crate) const BLOCKS: Line = Line {
    subject: Subject::Blocks,
    nouns: &[
        named("alphabet blocks", "set of alphabet blocks", 0, 100),
        named("building blocks", "set of building blocks", 0, 115),
        named("picture blocks", "set of picture blocks", 0, 105),
    ],
    decors: &[PLAIN],
    price: (2400, 4400),
    dims: &[fixed("side_cm", "cm", "to a side", 4, 5)],
    choice: Choice::Options(
        "Set",
        &[
            ("12 blocks", 62, 60),
            ("24 blocks", 100, 100),
            ("36 blocks", 140, 150),
        ],
    ),
    openings: &[
        "A(n) {phrase} printed with letters and small pictures, for towers first and words later.",
        "A(n) {phrase} in {shade} and {ink} that makes a good sound when it falls.",
        "This {phrase} fits its box exactly one way, which is a game as well.",
    ],
    titles: &[
        "{series} {noun} in {shade}",
        "{noun} in {shade} and {ink}",
        "{shade} {noun}",
    ],
    ..HORSE
};

pub(crate) const RAINBOW: Line = Line {
    subject: Subject::Rainbow,
    nouns: &[
        noun("rainbow stacker", 0, 110),
        noun("wooden rainbow", 0, 100),
        noun("arch puzzle", 0, 95),
    ],
    decors: &[PLAIN],
    price: (2600, 4900),
    dims: &[
        dim("width_cm", "cm", "wide", 22, 34),
        dim("height_cm", "cm", "tall", 12, 18),
    ],
    choice: Choice::Options("Size", &[("Small", 70, 60), ("Large", 100, 100)]),
    openings: &[
        "A(n) {phrase} from {shade} to {ink}: a bridge, a fence, a cradle, a cave.",
        "A(n) {phrase} sawn from a single block, so every arch sits inside the next.",
        "This {phrase} is the toy that grown-ups rearrange when they think nobody looks.",
    ],
    titles: &[
        "{series} {noun} in {shade}",
        "{noun} in {shade} and {ink}",
        "{shade} {noun}",
    ],
    ..HORSE
};

pub(crate) const TOP: Line = Line {
    subject: Subject::SpinningTop,
    nouns: &[
        noun("spinning top", 0, 100),
        named("spinning tops", "pair of spinning tops", 0, 150),
        noun("whip top", 0, 110),
    ],
    decors: &[PLAIN],
    price: (900, 1900),
    weight_g: (60, 140),
    dims: &[dim("height_cm", "cm", "tall", 7, 10)],
    openings: &[
        "A(n) {phrase} that stays up for two full minutes on a good table.",
        "A(n) {phrase} in {shade} with turned rings that melt into one colour when it spins.",
        "This {phrase} comes with its cord and an old rule: whoever stops first washes up.",
    ],
    titles: &[
        "{series} {noun} in {shade}",
        "{noun} in {shade} and {ink}",
        "{shade} {noun}",
    ],
    ..HORSE
};

const SEWING: Class = Class {
    shade_key: "dye",
    ink_key: Some("second_colour"),
    techniques: &["hand-sewn", "knitted and sewn"],
    making: &[
        "It is sewn from washed linen and stuffed with wool, and its face is embroidered last, when we know who it is.",
        "Clothes come off and go on again; buttons are replaced by knots, so nothing can be swallowed.",
        "One person sews each animal from nose to tail and writes its name in the book.",
    ],
    details: &[
        "It sits by itself and listens well.",
        "Ears are weighted a little, so that they fall just so.",
        "If a seam ever opens, our hospital repairs it free of charge.",
        "It smells of lavender for the first few nights.",
    ],
    care: &[
        "Wash by hand at 30 degrees and dry in the sun.",
        "Suitable from birth; tested to EN 71.",
    ],
    tags: &[
        "soft toy", "rabbit", "linen", "baby", "handmade", "gift", "nursery",
    ],
};

pub(crate) const RABBIT: Line = Line {
    subject: Subject::Rabbit,
    category: "toys/soft-toys",
    class: &SEWING,
    nouns: &[
        noun("linen rabbit", 0, 100),
        noun("rabbit with a jumper", 0, 110),
        noun("small rabbit", 0, 75),
    ],
    shades: textiles::DYES,
    inks: textiles::DYES,
    decors: &[
        deco(Decor::Stripes, "in {ink} stripes", "stripes"),
        deco(Decor::Checks, "in {ink} checks", "checks"),
        deco(Decor::Dots, "in {ink} dots", "dots"),
        deco(Decor::Blossoms, "in {ink} flowers", "blossoms"),
    ],
    finishes: &[Finish::Matte],
    materials: &["linen and wool", "organic cotton", "linen and cotton"],
    price: (2400, 4400),
    weight_g: (140, 260),
    dims: &[dim("height_cm", "cm", "tall", 26, 36)],
    openings: &[
        "A(n) {phrase} with long ears and good manners, dressed in {ink}.",
        "A(n) {phrase} in {shade} that fits under one arm.",
        "This {phrase} has been to the sea, to the doctor, and up the tree.",
    ],
    titles: &[
        "{series} {noun}, {shade} {deco}",
        "{noun} in {shade}, dressed {deco}",
        "{shade} {noun} {deco}",
    ],
    ..HORSE
};
