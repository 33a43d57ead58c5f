//! Scarves, blankets, cushions, rugs, kitchen linen, cloth bags.

use super::{Choice, Class, Deco, Fact, Line, PLAIN, Painted, Shade, deco, dim, fixed, noun, shade};
use crate::art::{Decor, Finish, Subject};

pub(super) const DYES: &[Shade] = &[
    shade("indigo", 0x33496f, "Blue"),
    shade("madder red", 0xa8432f, "Red"),
    shade("cream", 0xeee4d1, "Cream"),
    shade("walnut", 0x7b563b, "Brown"),
    shade("weld yellow", 0xd9ab45, "Yellow"),
    shade("sage", 0x96a386, "Green"),
    shade("charcoal", 0x45413f, "Grey"),
    shade("dusty rose", 0xcf978c, "Pink"),
    shade("sea blue", 0x6f97ab, "Blue"),
    shade("terracotta", 0xbd6b48, "Orange"),
    shade("plum", 0x6a435a, "Purple"),
    shade("pine", 0x41604f, "Green"),
    shade("silver grey", 0xb9b5ad, "Grey"),
];

pub(super) const WOVEN: &[Deco] = &[
    PLAIN,
    deco(Decor::Stripes, "with {ink} stripes", "stripes"),
    deco(Decor::Checks, "with {ink} checks", "checks"),
    deco(Decor::Herringbone, "with {ink} herringbone", "herringbone"),
    deco(Decor::Kilim, "with {ink} diamonds", "diamonds"),
    deco(Decor::Waves, "with {ink} waves", "waves"),
    deco(Decor::Dots, "with {ink} dots", "dots"),
    deco(Decor::Blossoms, "with {ink} blossoms", "blossoms"),
];

const CLOTH: &[Finish] = &[Finish::Matte];

const WEAVING: Class = Class {
    shade_key: "dye",
    ink_key: Some("second_colour"),
    techniques: &[
        "handwoven",
        "woven on a shuttle loom",
        "block-printed",
        "jacquard-woven",
    ],
    making: &[
        "It is woven on a wooden shuttle loom that has worked in {town} since 1921 and still sets the pace of the day.",
        "The warp is tied by hand, some eight hundred threads, before the first pass of the shuttle.",
        "The yarn is spun for us by a small mill, dyed in the skein with plants and rinsed in cold water until it runs clear.",
        "After weaving, the cloth is washed, brushed and dried in the open air, which gives it its softness.",
        "Hems and fringes are finished by hand at the long table by the window.",
        "One weaver makes each piece from beginning to end and signs the label.",
    ],
    details: &[
        "The {shade} comes from plant dyes, so it ages gracefully instead of fading.",
        "It is heavier than it looks and softens with every wash.",
        "The selvedge is woven in, so nothing frays.",
        "A little unevenness in the yarn is how you know it was not made in a hurry.",
        "It is warm without weight and does not itch.",
    ],
    care: &[
        "Wash by hand in cool water with wool soap and dry flat in the shade.",
        "Machine wash at 30 degrees on a gentle cycle; do not tumble dry.",
        "Air it rather than wash it; once or twice a year is enough.",
        "Iron while still a little damp.",
    ],
    tags: &[
        "handwoven",
        "natural fibres",
        "plant-dyed",
        "textile",
        "slow fashion",
        "gift",
        "home",
    ],
};

const HOUSEHOLD: Class = Class {
    details: &[
        "It softens with every wash and lasts longer than any pattern in fashion.",
        "The selvedge is woven in, so nothing frays.",
        "A little unevenness in the yarn is how you know it was not made in a hurry.",
        "The {shade} is dyed in the yarn, not printed on top, so both sides are right.",
    ],
    care: &[
        "Machine wash at 40 degrees; iron while still a little damp.",
        "Machine wash at 30 degrees and dry on the line.",
    ],
    tags: &[
        "handwoven",
        "natural fibres",
        "kitchen",
        "linen",
        "everyday",
        "gift",
        "home",
    ],
    ..WEAVING
};

const RUGMAKING: Class = Class {
    techniques: &["handwoven", "flat-woven", "woven on a high loom"],
    making: &[
        "The loom is as wide as the room and older than anyone in it; the pattern is counted aloud.",
        "The wool is spun thick, dyed in small pots, and beaten so close that the rug stands on its edge.",
        "It grows by a hand's breadth a day and comes off the loom in one piece.",
        "Ends are knotted by hand, and the back is as neat as the front.",
    ],
    details: &[
        "Small shifts of tone show where one skein ended and the next began.",
        "It lies flat from the first day and does not shed.",
        "It can be ordered in other sizes; ask us.",
        "An underlay keeps it from travelling on polished floors.",
    ],
    care: &[
        "Vacuum without the brush, air it in the shade, and turn it twice a year.",
        "For spills, blot with cold water; for the rest, a professional cleaner.",
    ],
    tags: &["rug", "handwoven", "wool", "floor", "interior", "natural fibres"],
    ..WEAVING
};

const TITLES: &[&str] = &[
    "{series} {noun} in {shade} {deco}",
    "{material} {noun}, {shade} {deco}",
    "{noun} in {shade} {material} {deco}",
];

pub(crate) const SCARF: Line = Line {
    subject: Subject::Scarf,
    category: "textiles/scarves",
    class: &WEAVING,
    nouns: &[
        noun("scarf", 1, 100),
        noun("wool shawl", 2, 130),
        noun("neck scarf", 2, 70),
        noun("square scarf", 3, 85),
        noun("stole", 1, 120),
    ],
    shades: DYES,
    inks: DYES,
    decors: WOVEN,
    finishes: CLOTH,
    materials: &["merino wool", "linen", "silk", "alpaca", "organic cotton"],
    painted: Painted::Over,
    price: (3900, 8900),
    weight_g: (110, 260),
    dims: &[
        dim("length_cm", "cm", "long", 160, 190),
        fixed("width_cm", "cm", "wide", 35, 70),
    ],
    choice: Choice::Shades,
    titles: &[
        "{series} {noun} in {shade} {deco}",
        "{noun} in {shade} {deco}",
        "{shade} {noun} {deco}",
    ],
    openings: &[
        "A(n) {phrase} in {material}, light enough for a spring evening and warm enough for a winter platform.",
        "A(n) {phrase} in {shade}, long enough to wrap twice and forget about.",
        "This {phrase} is woven in {material} with a drape that falls by itself.",
        "A(n) {phrase} you will still be wearing in ten years.",
    ],
    facts: &[],
};

pub(crate) const BLANKET: Line = Line {
    subject: Subject::Blanket,
    category: "textiles/blankets-and-throws",
    nouns: &[
        noun("blanket", 0, 130),
        noun("throw", 0, 100),
        noun("baby blanket", 0, 60),
        noun("bedspread", 0, 170),
    ],
    materials: &[
        "merino wool",
        "recycled wool",
        "organic cotton",
        "mohair and wool",
    ],
    price: (6900, 14500),
    weight_g: (800, 1500),
    dims: &[
        dim("length_cm", "cm", "long", 150, 180),
        dim("width_cm", "cm", "wide", 115, 140),
    ],
    titles: TITLES,
    openings: &[
        "A(n) {phrase} in {material} for the end of the bed, the arm of the sofa, and the drive home.",
        "A(n) {phrase} in {shade}, woven double so that it is warm on both sides.",
        "This {phrase} is woven as shepherds' blankets in {region} always were: dense, soft, and made to outlive fashions.",
    ],
    ..SCARF
};

pub(crate) const CUSHION: Line = Line {
    subject: Subject::Cushion,
    category: "textiles/cushions",
    nouns: &[
        noun("cushion", 0, 100),
        noun("cushion cover", 0, 75),
        noun("lumbar cushion", 0, 105),
    ],
    materials: &["linen", "recycled wool", "organic cotton", "cotton and jute"],
    price: (2900, 5400),
    weight_g: (350, 700),
    dims: &[],
    choice: Choice::Options(
        "Size",
        &[
            ("40 × 40 cm", 88, 85),
            ("45 × 45 cm", 100, 100),
            ("50 × 50 cm", 118, 120),
            ("30 × 50 cm", 94, 90),
        ],
    ),
    titles: TITLES,
    openings: &[
        "A(n) {phrase} in {shade} {material} that makes any chair the good chair.",
        "A(n) {phrase} with piped edges and a hidden zip, cut so that the pattern meets at the seams.",
        "This {phrase} started as the end of a bolt and became the most asked-for thing in the shop.",
    ],
    facts: &[Fact::Flag("removable_cover", 85)],
    ..SCARF
};

pub(crate) const RUG: Line = Line {
    subject: Subject::Rug,
    category: "textiles/rugs",
    class: &RUGMAKING,
    nouns: &[
        noun("rug", 0, 130),
        noun("runner", 0, 110),
        noun("flat-woven rug", 0, 140),
        noun("bath mat", 0, 40),
    ],
    decors: &[
        deco(Decor::Kilim, "with {ink} diamonds", "diamonds"),
        deco(Decor::Bands, "with {ink} bands", "bands"),
        deco(Decor::Waves, "with {ink} zigzags", "zigzags"),
        deco(Decor::Stripes, "with {ink} stripes", "stripes"),
        deco(Decor::Checks, "with {ink} checks", "checks"),
        deco(Decor::Stars, "with {ink} steps", "steps"),
        deco(Decor::Herringbone, "with {ink} herringbone", "herringbone"),
    ],
    materials: &["wool", "recycled cotton", "wool and cotton", "jute and wool"],
    price: (9800, 24000),
    weight_g: (1800, 4200),
    dims: &[fixed("pile_mm", "mm", "thick", 5, 9)],
    choice: Choice::Options(
        "Size",
        &[
            ("60 × 110 cm", 60, 55),
            ("80 × 150 cm", 100, 100),
            ("140 × 200 cm", 205, 230),
            ("170 × 240 cm", 290, 330),
        ],
    ),
    titles: TITLES,
    openings: &[
        "A(n) {phrase} woven flat in {material}, so it lies still and can be turned over.",
        "A(n) {phrase} in {shade}, with the bands and diamonds that every weaver here learns from her aunt.",
        "This {phrase} takes a weaver four days, most of them to the sound of the radio.",
    ],
    facts: &[Fact::Flag("reversible", 80)],
    ..SCARF
};

pub(crate) const TEA_TOWEL: Line = Line {
    subject: Subject::TeaTowel,
    category: "textiles/kitchen-linen",
    class: &HOUSEHOLD,
    nouns: &[
        noun("tea towel", 0, 100),
        noun("hand towel", 0, 130),
        noun("kitchen cloth", 0, 85),
    ],
    materials: &["linen", "organic cotton", "linen and cotton"],
    price: (1300, 2400),
    weight_g: (90, 160),
    dims: &[
        fixed("length_cm", "cm", "long", 65, 75),
        fixed("width_cm", "cm", "wide", 45, 52),
    ],
    choice: Choice::Options(
        "Set",
        &[
            ("Single", 100, 100),
            ("Pair", 188, 200),
            ("Set of three", 270, 300),
        ],
    ),
    titles: TITLES,
    openings: &[
        "A(n) {phrase} in {material} that dries glasses without leaving a thread behind.",
        "A(n) {phrase} in {shade} with a loop to hang it by, as every good one has.",
        "This {phrase} is stiff for the first week and wonderful for the next twenty years.",
    ],
    ..SCARF
};

pub(crate) const TOTE: Line = Line {
    subject: Subject::Tote,
    category: "leather-and-bags/bags",
    class: &HOUSEHOLD,
    nouns: &[
        noun("tote bag", 0, 100),
        noun("market bag", 0, 110),
        noun("book bag", 0, 85),
    ],
    decors: &[
        deco(Decor::Sprigs, "with a(n) {ink} print", "printed"),
        deco(Decor::Plain, "with a(n) {ink} block print", "block print"),
        deco(Decor::Stripes, "with {ink} stripes", "stripes"),
        deco(Decor::Checks, "with {ink} checks", "checks"),
        deco(Decor::Waves, "with {ink} waves", "waves"),
        deco(Decor::Dipped, "dipped in {ink}", "dipped"),
    ],
    materials: &["organic cotton canvas", "linen", "recycled cotton"],
    price: (1900, 4200),
    weight_g: (180, 340),
    dims: &[
        fixed("width_cm", "cm", "wide", 36, 42),
        fixed("height_cm", "cm", "tall", 38, 44),
    ],
    choice: Choice::One,
    titles: TITLES,
    openings: &[
        "A(n) {phrase} in {material} for bread, books and a bunch of leeks.",
        "A(n) {phrase} in {shade}, sewn with double seams and handles long enough for the shoulder.",
        "This {phrase} folds to the size of a letter and carries ten kilos home.",
    ],
    facts: &[Fact::Flag("inside_pocket", 60)],
    ..SCARF
};
